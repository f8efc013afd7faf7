"""Which devices and precisions a machine offers; the machine's answers are replaced, the choice is not."""

import pytest
import torch

from emr_rerank.errors import ModelError
from emr_rerank.evidence.devices import resolve_devices, resolve_precision


@pytest.mark.parametrize(
    ("wanted", "gpus", "cards", "devices"),
    [
        ("auto", 1, 0, ["cpu"]),
        ("auto", 1, 2, ["cuda:0"]),
        ("auto", 4, 2, ["cuda:0", "cuda:1"]),
        ("cuda", 2, 2, ["cuda:0", "cuda:1"]),
        ("cpu", 2, 2, ["cpu"]),
    ],
)
def test_devices(wanted: str, gpus: int, cards: int, devices: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cards > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: cards)
    assert resolve_devices(wanted, gpus) == devices


@pytest.mark.parametrize(
    ("wanted", "device", "capabilities", "precision"),
    [
        ("auto", "cpu", {"avx512_bf16": True}, "fp32"),
        ("auto", "cuda:0", {}, "fp16"),
        ("fp32", "cuda:0", {}, "fp32"),
        ("fp16", "cuda:0", {}, "fp16"),
        ("bf16", "cpu", {"avx512_bf16": True}, "bf16"),
        ("bf16", "cpu", {"avx512_bf16": False, "amx_bf16": True}, "bf16"),
    ],
)
def test_precision(
    wanted: str, device: str, capabilities: dict[str, bool], precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities, raising=False)
    assert resolve_precision(wanted, device) == precision


@pytest.mark.parametrize(("wanted", "what"), [("fp16", "needs a CUDA"), ("bf16", "does not compute in bf16")])
def test_a_precision_that_the_cpu_lacks(wanted: str, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True}, raising=False)
    with pytest.raises(ModelError, match=what):
        resolve_precision(wanted, "cpu")
