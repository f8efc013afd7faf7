"""The engines that are compared, each from (question, passage) pairs to logits."""

import gc
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import torch

from emr_rerank.errors import ModelError
from emr_rerank.evidence.bge import MAX_TOKENS, BgeOptions
from emr_rerank.evidence.devices import resolve_precision
from emr_rerank.evidence.flag_embedding import BATCH, FlagCrossEncoder
from emr_rerank.evidence.packed.load import PackedCrossEncoder

Pair = tuple[str, str]
Logits = Callable[[Sequence[Pair]], list[float]]
OURS = "emr-rerank"


def packed(folder: Path, device: str, precision: str) -> PackedCrossEncoder:
    """Our engine as production builds it."""
    return PackedCrossEncoder(folder, [device], precision, BgeOptions().batch_tokens, MAX_TOKENS)


def makers(folder: Path, device: str) -> dict[str, Callable[[], Logits]]:
    """Name → what loads the engine. Half precision only where the device has it, others' engines where installed."""
    precisions = ["fp16", "bf16", "fp32"] if device != "cpu" else ["fp32", *_bf16()]
    half = "fp16" if device != "cpu" else "fp32"
    engines: dict[str, Callable[[], Logits]] = {
        f"{OURS} {precision}": lambda precision=precision: packed(folder, device, precision).logits
        for precision in precisions
    }
    for precision in dict.fromkeys((half, "fp32")) if find_spec("FlagEmbedding") else ():
        engines[f"FlagEmbedding {precision}"] = lambda precision=precision: (
            FlagCrossEncoder(folder, device, precision, MAX_TOKENS).logits
        )
    if find_spec("sentence_transformers"):
        engines[f"CrossEncoder {half}"] = lambda: cross_encoder(folder, device, half)
    return engines


def cross_encoder(folder: Path, device: str, precision: str) -> Logits:
    """sentence-transformers' CrossEncoder with the batch size that FlagEmbedding is given."""
    from sentence_transformers import CrossEncoder

    dtype = torch.float16 if precision == "fp16" else torch.float32
    model = CrossEncoder(str(folder), device=device, max_length=MAX_TOKENS, model_kwargs={"dtype": dtype})

    def logits(pairs: Sequence[Pair]) -> list[float]:
        scores = model.predict(
            list(pairs), batch_size=BATCH, show_progress_bar=False, activation_fn=torch.nn.Identity()
        )
        return [float(score) for score in scores]

    return logits


def forget() -> None:
    """Gives a dropped engine's memory back, so that the next one starts alike."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _bf16() -> list[str]:
    try:
        return [resolve_precision("bf16", "cpu")]
    except ModelError:  # this CPU has no bf16
        return []
