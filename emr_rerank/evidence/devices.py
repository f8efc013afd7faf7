"""Where torch models run, and in which precision."""

from collections.abc import Mapping

from emr_rerank.errors import ModelError
from emr_rerank.evidence.weights import INSTALL


def resolve_devices(wanted: str, gpus: int = 1) -> list[str]:
    """`["cpu"]`, or `["cuda:0", …]`: at most so many cards.

    Args:
        wanted: auto (CUDA if it is there), cpu or cuda.
        gpus: cards to use.

    Raises:
        ModelError: CUDA is asked for and not there, or torch is not installed.
    """
    try:
        import torch
    except ImportError:
        raise ModelError("The bge models need torch, which is not installed.", INSTALL) from None
    if wanted == "cpu" or (wanted == "auto" and not torch.cuda.is_available()):
        return ["cpu"]
    if not torch.cuda.is_available():
        raise ModelError("No CUDA device is available.", "Set device to 'auto' or 'cpu', or install the CUDA torch.")
    return [f"cuda:{card}" for card in range(min(gpus, torch.cuda.device_count()))]


def resolve_precision(wanted: str, device: str) -> str:
    """fp32, fp16 or bf16. `auto` is fp32 on CPU and fp16 on CUDA: as fast there as bf16, and eight times as fine.

    Raises:
        ModelError: the device does not compute in this precision.
    """
    if wanted == "auto":
        return "fp32" if device == "cpu" else "fp16"
    if wanted == "fp16" and device == "cpu":
        raise ModelError("fp16 needs a CUDA device.", "Set precision to 'auto', 'fp32' or 'bf16'.")
    if wanted == "bf16" and not _has_bf16(device):
        raise ModelError(f"This machine does not compute in bf16 on {device}.", "Set precision to 'auto'.")
    return wanted


def _has_bf16(device: str) -> bool:
    import torch

    if device != "cpu":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    capabilities: Mapping[str, object] = getattr(torch.cpu, "get_capabilities", dict)()  # not in older torch
    return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))
