"""The shortlist: what must never be lost, and how the signals are joined."""

from typing import Any

import numpy as np
import pytest

from emr_rerank.evidence.shortlist import SectionVectors, embed_sections, fuse, shortlist, spread
from emr_rerank.evidence.understand import understand
from emr_rerank.record import Record
from emr_rerank.settings import Settings

CASES = [
    ("肌酐较入院时有何变化？", "肌酐\t72\tμmol/L"),
    ("What was the last creatinine?", "肌酐\t96\tμmol/L"),
    ("对青霉素过敏吗", "患者对青霉素过敏，床头已挂标识。"),
    ("Any drug allergy?", "否认药物过敏史。"),
    ("患者为什么住院", "主诉：反复胸闷气促3年，加重1周。"),
    ("出院诊断是什么", "2.高血压病3级"),
    ("discharge medications", "阿司匹林肠溶片 100mg qd"),
    ("父亲有糖尿病吗", "父亲患2型糖尿病。"),
    ("睡眠怎么样", "患者今日无胸痛，夜间睡眠可。"),
]


@pytest.mark.parametrize(("question", "wanted"), CASES)
def test_the_answer_is_among_few(record: Record, embedder: Any, question: str, wanted: str) -> None:
    settings = Settings(candidates=5, sections=3)
    found = shortlist(record, understand(question), embed_sections(record, embedder), embedder, settings)
    assert wanted in [sentence.text for sentence in found]
    assert len(found) <= 5


def test_a_wrong_section_guess_does_not_lose_the_answer(record: Record, embedder: Any) -> None:
    asked = understand("睡眠怎么样").model_copy(update={"sections": ("discharge_diagnosis",)})
    found = shortlist(record, asked, None, embedder, Settings(candidates=4, sections=1))
    assert "患者今日无胸痛，夜间睡眠可。" in [sentence.text for sentence in found]


def test_sentences_come_once_and_from_the_record(record: Record, embedder: Any) -> None:
    found = shortlist(record, understand("肌酐"), embed_sections(record, embedder), embedder, Settings())
    assert len({sentence.index for sentence in found}) == len(found)
    assert all(record.text[s.start : s.end] == s.text for s in found)


def test_the_day_asked_for_comes_first(record: Record, embedder: Any) -> None:
    found = shortlist(record, understand("3月8日的肌酐"), None, embedder, Settings(candidates=1))
    assert [sentence.text for sentence in found] == ["肌酐\t96\tμmol/L"]


def test_an_empty_record_has_no_candidates(record: Record, embedder: Any) -> None:
    empty = record.model_copy(update={"sentences": (), "sections": (), "text": "", "sha256": "1" * 64})
    assert shortlist(empty, understand("肌酐"), None, embedder, Settings()) == ()


def test_one_vector_a_leaf(record: Record, embedder: Any) -> None:
    vectors = embed_sections(record, embedder)
    leaves = list(record.leaves())
    assert vectors.vectors.shape == (len(leaves), embedder.dim)
    assert vectors.embedder == embedder.name
    assert all(" ".join(leaf.path[-1:]) in text for leaf, text in zip(leaves, embedder.embedded, strict=True))
    assert max(len(text) for text in embedder.embedded) < 100


def test_vectors_of_another_embedder_are_left_out(record: Record, embedder: Any) -> None:
    foreign = SectionVectors("another", np.ones((3, 2), dtype=np.float32))
    asked = understand("睡眠怎么样")
    assert shortlist(record, asked, foreign, embedder, Settings()) == shortlist(
        record, asked, None, embedder, Settings()
    )


def test_reciprocal_rank_fusion() -> None:
    fused = fuse([np.array([3.0, 1.0, 0.0]), np.array([0.0, 2.0, 2.0])])
    assert fused == pytest.approx([1 / 61, 1 / 62 + 1 / 61, 1 / 61])
    assert fuse([]).shape == (0,)


@pytest.mark.parametrize("most", [2, 3, 7, 50])
def test_spread_keeps_both_ends(most: int) -> None:
    taken = spread(list(range(20)), most)
    assert taken[0] == 0 and taken[-1] == 19
    assert len(taken) == min(most, 20) and taken == sorted(set(taken))
