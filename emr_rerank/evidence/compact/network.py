"""Runs a shipped ONNX file: OpenVINO where it is installed, ONNX Runtime elsewhere."""

import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from emr_rerank.errors import ModelError

FOLDER = Path(__file__).resolve().parent
RUNTIMES = ("openvino", "onnxruntime")
TOKEN_STEP = 8
"""Token counts are filled up to a multiple of it: each new shape costs a runtime some preparation."""
CALL_TOKENS = 64
"""What one more call costs, in tokens: texts of several lengths go together where filling them up costs less."""
MOST_TOKENS = 2048
"""Tokens that go through the network at once."""
GROUP = 384
"""Numbers of a layer's input that share a scale where it is rounded to 8 bits: the width of the networks."""
PAD = 1

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]
Run = Callable[[Ids, Ids], Floats]
Multiplies = Literal["float32", "bfloat16", "int8"]


class Network:
    """A network from token ids to one row of numbers a text. A row depends on its own text alone.

    Args:
        file: ONNX with the inputs `ids` and `mask`, both of shape (texts, tokens), and one output.
        runtime: one of RUNTIMES; by default the first that is installed.
        rounded: compute with as few bits as this CPU multiplies fast, bfloat16 or 8; OpenVINO only.

    Raises:
        ModelError: no runtime is installed, or it can't load the file.
    """

    def __init__(self, file: Path, runtime: str | None = None, rounded: bool = False) -> None:
        self.runtime = runtime or next((name for name in RUNTIMES if find_spec(name)), "")
        self.multiplies: Multiplies = "float32"
        try:
            if rounded:
                self._run, self.multiplies = _rounded(file)
            else:
                self._run = _LOADERS[self.runtime](file)
        except Exception as error:  # each runtime has errors of its own
            raise ModelError(
                f"The embedded model {file.name} can't be loaded ({type(error).__name__}).",
                "Install emr-rerank again, with OpenVINO or ONNX Runtime: pip install onnxruntime",
            ) from None

    def run(self, texts: Sequence[Sequence[int]]) -> Floats:
        """The rows of these token ids, in their order; shape (texts,) or (texts, width). At least one text."""
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        rows = np.concatenate([self._run(*_padded([texts[place] for place in part])) for part in _parts(texts, order)])
        back = np.empty(len(order), dtype=np.int64)
        back[order] = np.arange(len(order))
        return rows[back]


def _parts(texts: Sequence[Sequence[int]], order: Sequence[int]) -> list[list[int]]:
    """Places of texts that go together: of like length, as many as fit."""
    parts: list[list[int]] = []
    width = 0
    for place in order:
        own = _filled(len(texts[place]))
        if not parts or len(parts[-1]) * (own - width) > CALL_TOKENS or (len(parts[-1]) + 1) * own > MOST_TOKENS:
            parts.append([])
        parts[-1].append(place)
        width = own
    return parts


def _filled(tokens: int) -> int:
    return -(-max(tokens, 1) // TOKEN_STEP) * TOKEN_STEP


def _padded(texts: Sequence[Sequence[int]]) -> tuple[Ids, Ids]:
    ids = np.full((len(texts), max(_filled(len(text)) for text in texts)), PAD, dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return ids, mask


def _threads() -> int:
    """Threads that OMP_NUM_THREADS allows; 0: as many as there are cores."""
    given = os.environ.get("OMP_NUM_THREADS", "")
    return int(given) if given.isdigit() else 0


@lru_cache(maxsize=1)
def _core() -> Any:
    """OpenVINO's one object for all networks of the process, as its documentation advises.

    With a Core of its own, each network that is let go of takes the CPU plug-in with it, whose threads may still run.
    """
    import openvino

    return openvino.Core()


def _openvino(file: Path) -> Run:
    # float32 where the file does not say 8 bits: rounding differs between CPUs and runtimes, and a score with it
    return _compiled(str(file), {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0})


def _rounded(file: Path) -> tuple[Run, Multiplies]:
    from openvino.passes import ConstantFolding, Manager

    core = _core()
    if "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        options = {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": GROUP}
        return _compiled(str(file), options), "int8"
    model = core.read_model(str(file))
    unpack = Manager()
    unpack.register_pass(ConstantFolding())  # else weights are unpacked from 8 bits at every call
    unpack.run_passes(model)
    return _compiled(model, {"INFERENCE_PRECISION_HINT": "bf16"}), "bfloat16"


def _compiled(model: Any, options: dict[str, Any]) -> Run:
    options = {"PERFORMANCE_HINT": "LATENCY", **options}
    if threads := _threads():
        options["INFERENCE_NUM_THREADS"] = threads
    request = _core().compile_model(model, "CPU", options).create_infer_request()

    def run(ids: Ids, mask: Ids) -> Floats:
        made: Floats = np.array(request.infer([ids, mask])[0], dtype=np.float32)
        return made

    return run


def _onnxruntime(file: Path) -> Run:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _threads()
    options.log_severity_level = 3
    options.add_session_config_entry("session.disable_quant_qdq", "1")  # weights are unpacked once, not at every call
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])

    def run(ids: Ids, mask: Ids) -> Floats:
        made: Floats = session.run(None, {"ids": ids, "mask": mask})[0]
        return made

    return run


_LOADERS: dict[str, Callable[[Path], Run]] = {"openvino": _openvino, "onnxruntime": _onnxruntime}
