"""The searches that the program is compared with, over a small invented record and without weights."""

from collections.abc import Mapping, Sequence

import pytest

from emr_rerank.evaluation.comparators import (
    COMPARATORS,
    FLAT_BM25,
    FLAT_CROSS_ENCODER,
    FLAT_ENCODER,
    SECTION_ENCODER,
    Search,
    searches,
)
from emr_rerank.evaluation.metrics import DEEPEST
from emr_rerank.settings import Settings
from tests.evidence.conftest import HashedWords, build_record


class Longest:
    """Takes the longest sentence for the best."""

    name = "longest"
    weights_hash = "sha256:0"
    device = "cpu"

    def __init__(self) -> None:
        self.shown: list[str] = []

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        self.shown = list(passages)
        return [len(passage) / 1000 for passage in passages]

    skim_error = 0.0
    skim = score


RECORD = build_record()
SETTINGS = Settings(journal=None)


def made(embedder: HashedWords | None = None, reranker: Longest | None = None) -> Mapping[str, Search]:
    return searches(RECORD, embedder or HashedWords(), reranker or Longest(), SETTINGS)


@pytest.mark.parametrize(
    ("name", "question", "first"),
    [
        (FLAT_BM25, "高血压病史多少年", "高血压病史10年。"),
        (FLAT_BM25, "aspirin or 阿司匹林", "阿司匹林肠溶片 100mg qd"),
        (FLAT_ENCODER, "否认糖尿病史。", "否认糖尿病史。"),
        (FLAT_CROSS_ENCODER, "?", max((s.text for s in RECORD.sentences), key=len)),
        (SECTION_ENCODER, "入院记录 › 既往史 高血压病史10年。 否认糖尿病史。", "高血压病史10年。"),
    ],
)
def test_the_first_sentence(name: str, question: str, first: str) -> None:
    assert made()[name](question)[0].text == first


def test_only_the_best_section_is_searched() -> None:
    found = made()[SECTION_ENCODER]("入院记录 › 既往史 高血压病史10年。 否认糖尿病史。")
    assert {sentence.section_code for sentence in found} == {"past_history"}
    assert len(found) == 2


def test_bm25_lists_nothing_without_a_common_word() -> None:
    assert made()[FLAT_BM25]("xyz") == ()


def test_no_more_than_ten_are_listed_and_each_once() -> None:
    found = made()[FLAT_ENCODER]("药物")
    assert len(found) == len({sentence.index for sentence in found}) == DEEPEST < len(RECORD.sentences)


def test_the_cross_encoder_sees_every_sentence_without_its_section() -> None:
    reranker = Longest()
    made(reranker=reranker)[FLAT_CROSS_ENCODER]("?")
    assert reranker.shown == [" ".join(sentence.text.split()) for sentence in RECORD.sentences]


def test_sentences_are_embedded_once_for_all_questions() -> None:
    embedder = HashedWords()
    search = made(embedder)
    before = len(embedder.embedded)
    for question in ("肌酐", "药物过敏", "血压"):
        search[FLAT_ENCODER](question)
        search[SECTION_ENCODER](question)
    assert len(embedder.embedded) == before == len(RECORD.sentences) + len(list(RECORD.leaves()))


def test_a_record_without_sentences_gives_nothing() -> None:
    empty = RECORD.model_copy(update={"sentences": ()})
    found = searches(empty, HashedWords(), Longest(), SETTINGS)
    assert {name: list(found[name]("?")) for name in COMPARATORS} == {name: [] for name in COMPARATORS}
