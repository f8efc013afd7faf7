"""Where a bge model's files are: a local folder, or the hub's cache, filled from the hub only when that is allowed."""

import re
from functools import lru_cache
from pathlib import Path

from emr_rerank.errors import ModelError
from emr_rerank.evidence.embedder import file_hash

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
_SKIPPED = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "imgs/*", "*.jpg", "*.png"]
INSTALL = "Install it: pip install 'emr-rerank[bge]'"


def model_folder(model: str, offline: bool) -> Path:
    """The folder that holds a model's config, tokenizer and weights.

    Args:
        model: a hub name (`BAAI/bge-reranker-v2-m3`) or a local folder.
        offline: never ask the hub.

    Raises:
        ModelError: no such folder, no such model, or the hub can't be reached.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise ModelError(f"The folder {model} holds no model (config.json is missing).", "Give the model's folder.")
        return folder
    if not _HUB_NAME.fullmatch(model):
        raise ModelError(
            f"The model folder {model} does not exist.",
            "Give 'embedded', a folder, or a hub name such as BAAI/bge-reranker-v2-m3.",
        )
    return _from_hub(model, offline)


def _from_hub(model: str, offline: bool) -> Path:
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import LocalEntryNotFoundError, RepositoryNotFoundError
    except ImportError:
        raise ModelError("huggingface_hub is not installed.", INSTALL) from None
    try:
        return Path(snapshot_download(model, local_files_only=offline, ignore_patterns=_SKIPPED))
    except LocalEntryNotFoundError:
        state = "offline mode is set" if offline else "the model hub can't be reached"
        raise ModelError(f"{model} is not on this machine and {state}.", _get(model)) from None
    except RepositoryNotFoundError:
        raise ModelError(f"The model hub knows no model {model}.", "Check the name, or give a local folder.") from None
    except Exception as error:  # network stacks raise many kinds; each means that the hub gave no model
        kind = type(error).__name__
        raise ModelError(f"{model} can't be fetched from the model hub ({kind}).", _get(model)) from None


def _get(model: str) -> str:
    return f"Download it where there is a network (hf download {model}), copy the folder here and give its path."


def folder_hash(folder: Path) -> str:
    """`sha256:…` over the weight files of a folder and its calibration; read once a process.

    Raises:
        ModelError: the folder holds no weights.
    """
    files = sorted([*folder.glob("*.safetensors"), *folder.glob("*.bin")]) + sorted(folder.glob("calibration.json"))
    if not any(file.suffix in (".safetensors", ".bin") for file in files):
        raise ModelError(f"The folder {folder} holds no weights.", "It needs model.safetensors or pytorch_model.bin.")
    return _hash(tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files))


@lru_cache(maxsize=16)
def _hash(files: tuple[tuple[Path, int, int], ...]) -> str:
    return file_hash([file for file, _, _ in files])
