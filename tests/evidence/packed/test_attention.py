"""Which attention runs where; that of cards is traced without values, as no card is needed for shapes and arguments."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from emr_rerank.evidence.packed import attention
from emr_rerank.evidence.packed.attention import has_varlen, uniform_attention, varlen_works
from emr_rerank.evidence.packed.batches import Batch, pack
from emr_rerank.evidence.packed.load import PackedCrossEncoder
from tests.evidence.tiny_bge import tiny_reranker

HEADS, SIZE = 2, 8


def test_uniform_attention_is_attention_within_each_sequence() -> None:
    torch.manual_seed(3)
    lengths = [4, 1, 4, 7, 2, 2]
    [batch] = pack([[5] * length for length in lengths], 1000, 1)
    joint = torch.randn(batch.tokens, 3 * HEADS * SIZE)
    made = uniform_attention(batch, HEADS)(joint)
    for start, stop in zip(batch.offsets, batch.offsets[1:], strict=False):
        query, key, value = joint[start:stop].view(-1, 3, HEADS, SIZE).permute(1, 2, 0, 3)
        expected = scaled_dot_product_attention(query, key, value).transpose(0, 1).reshape(-1, HEADS * SIZE)
        torch.testing.assert_close(made[start:stop], expected, atol=1e-6, rtol=0)


def test_the_pass_with_flash_attention_has_the_right_shapes(tmp_path: Path) -> None:
    encoder = PackedCrossEncoder(tiny_reranker(tmp_path), ["meta"], "fp16", 16384, 512)
    [batch] = encoder.engine.prepare([("q", "a b"), ("q", "c")], encoder.tokenizer.pairs)
    replica = encoder.engine.replicas[0]
    moved = [part.to("meta") for part in replica.move(batch.padded(256, 5))]
    made = replica._forward(*moved, 64)
    assert made.shape == (5, 1) and made.dtype == torch.float32 and made.device.type == "meta"


@pytest.mark.parametrize(
    ("device", "dtype", "size", "capability", "usable"),
    [
        ("cuda:0", torch.float16, 64, (9, 0), True),
        ("cuda:0", torch.bfloat16, 64, (8, 0), True),
        ("cuda:0", torch.float16, 64, (7, 5), False),
        ("cuda:0", torch.float32, 64, (9, 0), False),
        ("cuda:0", torch.float16, 60, (9, 0), False),
        ("cpu", torch.bfloat16, 64, (9, 0), False),
    ],
)
def test_where_flash_attention_runs(
    device: str,
    dtype: torch.dtype,
    size: int,
    capability: tuple[int, int],
    usable: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    assert has_varlen(torch.device(device), dtype, size) is usable


def emulated(offsets: torch.Tensor, longest: int, heads: int) -> Any:
    """Flash attention on CPU: by the offsets, with rows outside any sequence left unwritten."""
    batch = Batch((), np.zeros(0), np.zeros(0), offsets.numpy(), 1)

    def attend(joint: torch.Tensor) -> torch.Tensor:
        attended = uniform_attention(batch, heads)(joint)
        attended[batch.tokens :] = float("nan")
        return attended

    return attend


def swapped(offsets: torch.Tensor, longest: int, heads: int) -> Any:
    return lambda joint: emulated(offsets, longest, heads)(joint).flip(1)


def empty(offsets: torch.Tensor, longest: int, heads: int) -> Any:
    return lambda joint: joint.new_full((joint.shape[0], joint.shape[1] // 3), float("nan"))


@pytest.mark.parametrize(
    ("kernel", "problem"),
    [(emulated, None), (swapped, "wrong result"), (empty, "wrong result"), (None, "NotImplementedError")],
)
def test_flash_attention_is_tried_before_it_is_used(
    kernel: Any, problem: str | None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if kernel is not None:  # the real one has no kernel for a CPU, as it would have none for an unknown card
        monkeypatch.setattr(attention, "varlen_attention", kernel)
    with caplog.at_level(logging.WARNING):
        assert varlen_works(torch.device("cpu"), torch.bfloat16, HEADS, SIZE) is (problem is None)
    told = [f"Flash attention does not work on cpu ({problem}): attention runs length by length, slower."]
    assert caplog.messages == ([] if problem is None else told)


def of_torch_2_10(
    query: Any, key: Any, value: Any, q: Any, k: Any, max_q: int, max_k: int, is_causal: bool = False
) -> Any:
    return torch.full_like(query, float(is_causal))


def of_torch_2_13(query: Any, key: Any, value: Any, q: Any, k: Any, max_q: int, max_k: int, *, window_size: Any) -> Any:
    return torch.full_like(query, float(window_size == (max_q, max_k)))


@pytest.mark.parametrize(("kernel", "made"), [(of_torch_2_10, 0.0), (of_torch_2_13, 1.0)])
def test_a_window_keeps_cudnn_out_where_torch_knows_one(
    kernel: Any, made: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.nn.attention.varlen.varlen_attn", kernel)
    attend = attention.varlen_attention(torch.tensor([0, 3]), 64, HEADS)
    assert (attend(torch.ones(3, 3 * HEADS * SIZE)) == made).all()


def test_a_torch_without_it_goes_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "torch.nn.attention.varlen", None)
    monkeypatch.delattr(torch.nn.attention, "varlen", raising=False)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (9, 0))
    assert not has_varlen(torch.device("cuda:0"), torch.float16, 64)
