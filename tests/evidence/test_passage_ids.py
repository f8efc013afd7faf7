"""Stored token ids change what is tokenised and never a score."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.gpu.xlmr import save_tokenizer
from emr_rerank.errors import ModelError
from emr_rerank.evidence import passage_ids as passage_ids_module
from emr_rerank.evidence.bge import BgeReranker
from emr_rerank.evidence.calibrated import CalibratedReranker
from emr_rerank.evidence.calibration import Calibration
from emr_rerank.evidence.passage import passage
from emr_rerank.evidence.passage_ids import PassageIds, passage_ids, with_passage_ids
from emr_rerank.record import Record, Sentence
from emr_rerank.settings import Settings
from tests.evidence.tiny_bge import CORPUS, QUESTION, options, tiny_reranker

LONG = " ".join(CORPUS * 60)
SAME = 1e-6


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_reranker(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def reranker(folder: Path) -> BgeReranker:
    return BgeReranker(str(folder), options())


@pytest.fixture(autouse=True)
def fresh() -> None:
    passage_ids_module._tokenizer.cache_clear()


def record_of(texts: list[str]) -> Record:
    sentences, start = [], 0
    for index, text in enumerate(texts):
        sentences.append(
            Sentence(index=index, start=start, end=start + len(text), text=text, section_code="other",
                     section_path=("入院记录", "主诉") if index % 2 else (), page=1, bbox=(0, 0, 1, 1))
        )  # fmt: skip
        start += len(text)
    text = "".join(texts)
    return Record(record_id="r", language="zh", sha256="0", page_count=1, text=text, sentences=tuple(sentences))


def settings_of(folder: Path, **changed: str) -> Settings:
    return Settings(**{"reranker": str(folder), "device": "cpu", "offline": True, **changed})


RECORD = record_of([*CORPUS, LONG, "肌", CORPUS[0]])
PASSAGES = [passage(sentence) for sentence in RECORD.sentences]


def tokenised_by(reranker: BgeReranker, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that it hands to its tokenizer from now on."""
    seen: list[str] = []
    tokenizer = reranker.model.tokenizer
    own: Callable[..., object] = tokenizer._distinct
    monkeypatch.setattr(tokenizer, "_distinct", lambda texts, most: (seen.extend(texts), own(texts, most))[1])
    return seen


def test_a_question_tokenises_only_itself_and_scores_the_same(
    folder: Path, reranker: BgeReranker, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = reranker.score(QUESTION, PASSAGES)
    quick = with_passage_ids(reranker, passage_ids(RECORD, settings_of(folder)))
    seen = tokenised_by(reranker, monkeypatch)
    assert quick.score(QUESTION, PASSAGES) == pytest.approx(expected, abs=SAME)
    assert set(seen) == {QUESTION}
    assert len({round(score, 3) for score in expected}) > 4, "equal scores would prove nothing"
    assert (quick.name, quick.device, quick.weights_hash) == (reranker.name, reranker.device, reranker.weights_hash)


def test_behind_a_calibration_the_ids_are_used_too(
    folder: Path, reranker: BgeReranker, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind = CalibratedReranker(reranker, Calibration(a=0.5, b=-1.0))
    expected = behind.score(QUESTION, PASSAGES)
    quick = with_passage_ids(behind, passage_ids(RECORD, settings_of(folder)))
    seen = tokenised_by(reranker, monkeypatch)
    assert quick.score(QUESTION, PASSAGES) == pytest.approx(expected, abs=SAME)
    assert set(seen) == {QUESTION}
    assert quick.weights_hash == behind.weights_hash


def test_a_passage_that_is_not_stored_is_tokenised(
    folder: Path, reranker: BgeReranker, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = with_passage_ids(reranker, passage_ids(record_of(CORPUS[:3]), settings_of(folder)))
    asked = [*CORPUS[:1], CORPUS[4], "病史 | " + CORPUS[0]]
    expected = reranker.score(QUESTION, asked)
    seen = tokenised_by(reranker, monkeypatch)
    assert quick.score(QUESTION, asked) == pytest.approx(expected, abs=SAME)
    assert set(seen) == {QUESTION, *asked[1:]}


def test_a_long_question_cuts_a_stored_passage_as_any_other(folder: Path, reranker: BgeReranker) -> None:
    quick = with_passage_ids(reranker, passage_ids(RECORD, settings_of(folder)))
    assert quick.score(LONG, PASSAGES) == pytest.approx(reranker.score(LONG, PASSAGES), abs=SAME)


def test_ids_of_another_tokenizer_are_never_used(reranker: BgeReranker, tmp_path: Path) -> None:
    save_tokenizer(tmp_path, ["其他 文字", *CORPUS[3:]], 90)
    (tmp_path / "config.json").write_text("{}")
    others = passage_ids(RECORD, settings_of(tmp_path))
    assert others is not None and others.ids is not None
    assert with_passage_ids(reranker, others) is reranker


@pytest.mark.parametrize("damage", [lambda ids: b"", lambda ids: ids[:-1], lambda ids: ids[:40] + b"\xff" + ids[41:]])
def test_damaged_ids_are_tokenised_anew_and_told_once(
    damage: Callable[[bytes], bytes], folder: Path, reranker: BgeReranker, caplog: pytest.LogCaptureFixture
) -> None:
    good = passage_ids(RECORD, settings_of(folder))
    assert good is not None
    stored = PassageIds(good.tokenizer, damage(good.content))
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            scores = with_passage_ids(reranker, stored).score(QUESTION, PASSAGES)
            assert scores == pytest.approx(reranker.score(QUESTION, PASSAGES), abs=SAME)
    assert caplog.messages == ["The archived token ids of a record are damaged; its sentences are tokenised instead."]


def test_without_ids_nothing_changes(reranker: BgeReranker) -> None:
    assert with_passage_ids(reranker, None) is reranker


def test_the_reference_engine_makes_and_takes_none(folder: Path) -> None:
    reference = BgeReranker(str(folder), options("flagembedding"))
    assert with_passage_ids(reference, passage_ids(RECORD, settings_of(folder))) is reference
    assert passage_ids(RECORD, settings_of(folder, engine="flagembedding")) is None


def test_the_embedded_reranker_loads_no_tokenizer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passage_ids_module, "_tokenizer", None)
    assert passage_ids(RECORD, Settings()) is None


def test_only_the_tokenizer_is_loaded(folder: Path, tmp_path: Path) -> None:
    for file in folder.iterdir():
        if file.suffix != ".safetensors":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    with_weights, without = (passage_ids(RECORD, settings_of(place)) for place in (folder, tmp_path))
    assert with_weights == without


def test_a_record_without_sentences_has_no_ids_to_find(folder: Path) -> None:
    stored = passage_ids(record_of([]), settings_of(folder))
    assert stored is not None and stored.ids is not None and stored.ids.find(["a"]) == {}


def test_a_tokenizer_that_does_not_load_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="can't be loaded"):
        passage_ids(RECORD, settings_of(tmp_path))
