"""Times, rates, padding, utilisation and memory of one engine."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from benchmarks.gpu.engines import Logits, Pair
from emr_rerank.evidence.flag_embedding import BATCH
from emr_rerank.evidence.packed.engine import CHUNK
from emr_rerank.evidence.packed.graphs import graph_key
from emr_rerank.evidence.packed.load import PackedCrossEncoder


def percentiles(times: Sequence[float]) -> dict[str, float]:
    """Seconds → p50, p95, p99 in milliseconds."""
    return {f"p{share}": round(float(np.percentile(times, share)) * 1000, 3) for share in (50, 95, 99)}


def latencies(engines: Mapping[str, Logits], draws: Sequence[Sequence[Pair]], warm: int) -> dict[str, dict[str, float]]:
    """End to end, texts to numbers on the host, the engines in turn on each draw; so many draws are run once before."""
    times: dict[str, list[float]] = {name: [] for name in engines}
    for engine in engines.values():
        for pairs in draws[:warm]:
            engine(pairs)
    for pairs in draws:
        for name, engine in engines.items():
            times[name].append(_timed(lambda engine=engine, pairs=pairs: engine(pairs)))
    return {name: percentiles(spent) for name, spent in times.items()}


def stages(encoder: PackedCrossEncoder, draws: Sequence[Sequence[Pair]]) -> dict[str, dict[str, float]]:
    """Our engine's stages, already warm, with the device made to finish after each: tokenise and pack; copy; compute.

    Compute is the whole run on the device (with its graph) less the copy that is measured beside it.
    """
    engine, replica = encoder.engine, encoder.engine.replicas[0]
    times: dict[str, list[float]] = {"tokenise": [], "copy": [], "compute": []}
    for pairs in draws:
        began = time.perf_counter()
        batches = engine.prepare(list(dict.fromkeys(pairs)), encoder.tokenizer.pairs)
        times["tokenise"].append(time.perf_counter() - began)
        copy = _timed(lambda batches=batches: [replica.move(batch) for batch in batches])
        whole = _timed(lambda batches=batches: [replica.run(batch) for batch in batches])
        times["copy"].append(copy)
        times["compute"].append(max(whole - copy, 0.0))
    return {stage: percentiles(values) for stage, values in times.items()}


def rate(engine: Logits, pairs: Sequence[Pair], tokens: int) -> dict[str, float]:
    """Of a large job: seconds, pairs a second, real tokens (no padding) a second."""
    spent = _timed(lambda: engine(pairs))
    return {"pairs": len(pairs), "s": spent, "pairs_per_s": len(pairs) / spent, "tokens_per_s": tokens / spent}


def padding(encoder: PackedCrossEncoder, pairs: Sequence[Pair]) -> dict[str, float]:
    """Share of computed tokens that is padding: ours (a CUDA graph's fill), and of batches of 64 sorted by length."""
    batches = encoder.engine.prepare(pairs, encoder.tokenizer.pairs)
    real = sum(batch.tokens for batch in batches)
    graphed = encoder.engine.replicas[0].varlen
    keys = [graph_key(batch) if graphed else None for batch in batches]
    ours = sum(batch.tokens if key is None else key[0] for batch, key in zip(batches, keys, strict=True))
    lengths = sorted((len(ids) for ids in encoder.tokenizer.pairs(pairs)), reverse=True)
    blocks = [lengths[start : start + BATCH] for start in range(0, len(lengths), BATCH)]
    theirs = sum(block[0] * len(block) for block in blocks)
    return {"ours": 1 - real / ours, "batches of 64": 1 - real / theirs}


def lengths(encoder: PackedCrossEncoder, pairs: Sequence[Pair]) -> dict[Pair, int]:
    """Tokens of each distinct pair."""
    distinct = list(dict.fromkeys(pairs))
    chunks = [distinct[start : start + CHUNK] for start in range(0, len(distinct), CHUNK)]
    counted = (len(ids) for chunk in chunks for ids in encoder.tokenizer.pairs(chunk))
    return dict(zip(distinct, counted, strict=True))


def flops(encoder: PackedCrossEncoder, tokens: Iterable[int]) -> float:
    """Floating-point operations of the model's forward pass over pairs of so many tokens: 2 a weight and token, and
    attention's two products of 2 · length² · hidden a layer. Embeddings and head are left out, the last layer counts as
    a whole."""
    model = encoder.engine.replicas[0].encoder
    weights = sum(
        part.weight.numel() for layer in model.layers for part in (layer.joint, layer.out, layer.up, layer.down)
    )
    squared = 4 * len(model.layers) * model.hidden
    return float(sum(2 * weights * length + squared * length**2 for length in tokens))


def matrix_product(device: str, dtype: torch.dtype) -> float:
    """FLOP/s of one large square product in this precision: the best of ten, after warming up."""
    size = 8192 if device != "cpu" else 1536
    a, b = (torch.randn(size, size, device=device).to(dtype) for _ in range(2))
    times = [_timed(lambda: a @ b) for _ in range(13)]
    return 2 * size**3 / min(times[3:])


def memory(device: str, work: Callable[[], Any]) -> dict[str, float]:
    """Peak MiB on the card while it works, weights included: allocated by tensors, reserved from the card."""
    if device == "cpu":
        return {}
    torch.cuda.reset_peak_memory_stats()
    work()
    peaks = torch.cuda.max_memory_allocated(), torch.cuda.max_memory_reserved()
    return dict(zip(("allocated", "reserved"), (peak / 2**20 for peak in peaks), strict=True))


def _timed(work: Callable[[], Any]) -> float:
    _finish()
    began = time.perf_counter()
    work()
    _finish()
    return time.perf_counter() - began


def _finish() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
