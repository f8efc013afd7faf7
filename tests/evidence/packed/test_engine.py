"""The packed engine against transformers' forward pass: any lengths, company, order, precision, devices."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.gpu.agreement import LIMITS
from benchmarks.gpu.plain import PlainReranker
from emr_rerank.errors import ModelError
from emr_rerank.evidence.bge import BgeReranker
from emr_rerank.evidence.calibration import sigmoid
from emr_rerank.evidence.packed import engine as engine_module
from emr_rerank.evidence.packed.load import PackedCrossEncoder
from emr_rerank.evidence.packed.replica import Replica
from tests.evidence.tiny_bge import CHARACTERS, CORPUS, DEVICES, QUESTION, options, tiny_reranker

PASSAGE = st.builds(
    lambda text, times: text * times, st.text(CHARACTERS, min_size=0, max_size=40), st.sampled_from([1, 1, 1, 3, 60])
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_reranker(tmp_path_factory.mktemp("engine"))


@pytest.fixture(scope="module")
def plain(folder: Path) -> PlainReranker:
    return PlainReranker(folder)


@pytest.fixture(scope="module", params=DEVICES)
def cross_encoder(request: pytest.FixtureRequest, folder: Path) -> PackedCrossEncoder:
    return PackedCrossEncoder(folder, [request.param], "fp32", 700, 512)


def logits(encoder: PackedCrossEncoder, texts: list[str], question: str = QUESTION) -> list[float]:
    return encoder.logits([(question, text) for text in texts])


def agree(made: Sequence[float], expected: Sequence[float]) -> bool:
    """Within the bound that holds for float32 (docs/gpu.md), which is one of probabilities."""
    return [*map(sigmoid, made)] == pytest.approx([*map(sigmoid, expected)], abs=LIMITS["fp32"])


@settings(max_examples=25)
@given(data=st.data())
def test_scores_equal_the_reference_in_any_company_and_order(
    data: st.DataObject, cross_encoder: PackedCrossEncoder, plain: PlainReranker
) -> None:
    texts = data.draw(st.lists(PASSAGE, min_size=1, max_size=8))
    question = data.draw(PASSAGE)
    scores = logits(cross_encoder, texts, question)
    assert agree(scores, [plain.logit(question, text) for text in texts])
    order = data.draw(st.permutations(range(len(texts))))
    shuffled = logits(cross_encoder, [texts[place] for place in order], question)
    assert agree(shuffled, [scores[place] for place in order])


def test_a_passage_of_one_token_and_none(cross_encoder: PackedCrossEncoder, plain: PlainReranker) -> None:
    texts = ["肌", "", CORPUS[0]]
    assert agree(logits(cross_encoder, texts), [plain.logit(QUESTION, text) for text in texts])


def test_questions_may_differ_from_pair_to_pair(cross_encoder: PackedCrossEncoder, plain: PlainReranker) -> None:
    pairs = [(question, text) for question in CORPUS[:3] for text in CORPUS]
    assert agree(cross_encoder.logits(pairs), plain.logits(pairs))


@pytest.mark.parametrize("precision", ["bf16", *(["fp16"] if "cuda" in DEVICES else [])])
@pytest.mark.parametrize("device", DEVICES)
def test_half_precision_stays_within_a_hundredth(precision: str, device: str, tmp_path: Path) -> None:
    folder = tiny_reranker(tmp_path, initializer_range=0.2)
    reference = PlainReranker(folder)
    expected = [sigmoid(reference.logit(QUESTION, text)) for text in CORPUS]
    made = logits(PackedCrossEncoder(folder, [device], precision if device != "cpu" else "bf16", 700, 512), CORPUS)
    assert [sigmoid(logit) for logit in made] == pytest.approx(expected, abs=1e-2)
    assert max(expected) - min(expected) > 0.05


def test_equal_pairs_are_computed_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = PackedCrossEncoder(folder, ["cpu"], "fp32", 16384, 512)
    seen: list[int] = []
    run = Replica.run
    monkeypatch.setattr(Replica, "run", lambda self, batch: (seen.append(len(batch.rows)), run(self, batch))[1])
    texts = [CORPUS[0], CORPUS[1], CORPUS[0], CORPUS[0]]
    made = logits(encoder, texts)
    assert seen == [2] and made[0] == made[2] == made[3] != made[1]


def test_many_chunks_are_tokenised_ahead_in_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = PackedCrossEncoder(folder, ["cpu"], "fp32", 700, 512)
    texts = [text[:length] for text in CORPUS for length in range(1, 12)]
    expected = logits(encoder, texts)
    monkeypatch.setattr(engine_module, "CHUNK", 9)
    assert agree(logits(encoder, texts), expected)


def test_a_failure_while_tokenising_ahead_reaches_the_caller(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = PackedCrossEncoder(folder, ["cpu"], "fp32", 700, 512)
    monkeypatch.setattr(engine_module, "CHUNK", 2)

    def fail(texts: Any) -> Any:
        if CORPUS[5] in texts:
            raise ValueError("no ids")
        return encoder.tokenizer.singles(texts)

    with pytest.raises(ValueError, match="no ids"):
        encoder.engine.results(CORPUS, fail)


def test_several_devices_share_the_batches(folder: Path, cross_encoder: PackedCrossEncoder) -> None:
    encoder = PackedCrossEncoder(folder, ["cpu", "cpu", "cpu"], "fp32", 64, 512)
    texts = [text[:length] for text in CORPUS for length in (3, 9, 14)]
    assert agree(logits(encoder, texts), logits(cross_encoder, texts))


@pytest.mark.parametrize("kind", [RuntimeError, IndexError])
def test_a_device_that_fails_ends_the_call(
    kind: type[Exception], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = PackedCrossEncoder(folder, ["cpu", "cpu"], "fp32", 64, 512)

    def fail(batch: Any) -> Any:
        raise kind("device lost")

    monkeypatch.setattr(encoder.engine.replicas[0], "run", fail)
    with pytest.raises(kind, match="device lost"):
        logits(encoder, CORPUS * 3 + [text[:5] for text in CORPUS])


class Memory:
    """Stands for a device that runs out of memory on more than so many tokens."""

    def __init__(self, replica: Replica, room: int) -> None:
        self.replica, self.room, self.sizes = replica, room, list[int]()
        self.compute = replica.compute
        replica.compute = self  # type: ignore[method-assign]

    def __call__(self, batch: Any, moved: Any) -> Any:
        self.sizes.append(batch.tokens)
        if batch.tokens > self.room:
            raise torch.OutOfMemoryError("out of memory")
        return self.compute(batch, moved)


def test_out_of_memory_halves_the_budget_once_and_says_so(
    folder: Path, cross_encoder: PackedCrossEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    encoder = PackedCrossEncoder(folder, ["cpu"], "fp32", 400, 512)
    memory = Memory(encoder.engine.replicas[0], 200)
    texts = [text[:length] for text in CORPUS for length in (3, 9, 14)]
    with caplog.at_level(logging.WARNING):
        assert agree(logits(encoder, texts), logits(cross_encoder, texts))
    assert [size > 200 for size in memory.sizes].count(True) == 1
    assert caplog.messages == ["Out of memory on cpu: batches of 200 tokens from now on."]


def test_out_of_memory_again_is_an_error_that_says_what_to_do(folder: Path) -> None:
    reranker = BgeReranker(str(folder), options(batch_tokens=512))
    memory = Memory(reranker.model.engine.replicas[0], 1)
    with pytest.raises(ModelError, match="Lower batch_tokens"):
        reranker.score(QUESTION, [text[:length] for text in CORPUS for length in (3, 9, 14)])
    assert len(memory.sizes) == 2, "one failure, one try with half of the budget"
    with pytest.raises(ModelError, match="Lower batch_tokens"):
        reranker.score(QUESTION, CORPUS)
    assert len(memory.sizes) == 3 and reranker.model.engine.replicas[0].budget == 256, "halved once for good"


def test_another_runtime_error_is_not_taken_for_out_of_memory(folder: Path) -> None:
    encoder = PackedCrossEncoder(folder, ["cpu"], "fp32", 400, 512)
    replica = encoder.engine.replicas[0]

    def fail(batch: Any, moved: Any) -> Any:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    replica.compute = fail  # type: ignore[method-assign]
    with pytest.raises(RuntimeError, match="mat1"):
        logits(encoder, CORPUS)
    assert not replica.halved and replica.budget == 400


def test_results_are_plain_numbers(cross_encoder: PackedCrossEncoder) -> None:
    made = logits(cross_encoder, CORPUS)
    assert all(type(logit) is float for logit in made) and np.isfinite(made).all()
