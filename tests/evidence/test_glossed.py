"""A question names in the record's language what it names in its own."""

import numpy as np
import pytest

from emr_rerank.evidence.compact.cross_encoder import CompactCrossEncoder
from emr_rerank.evidence.embedded import EmbeddedReranker
from emr_rerank.evidence.glossed import glossed


@pytest.mark.parametrize(
    ("question", "chinese", "told"),
    [
        ("Vomiting after the fall?", True, "Vomiting (呕吐) after the fall (跌倒)?"),
        ("Was the laceration sutured?", True, "Was the laceration (裂伤) sutured (缝合)?"),
        ("Was the laceration sutured?", False, "Was the laceration sutured?"),
        ("Serum potassium?", True, "Serum potassium (钾)?"),
        ("Hepatitis C?", True, "Hepatitis C (丙型肝炎)?"),
        ("丙肝？", False, "丙肝 (hepatitis c)？"),
        ("丙肝？", True, "丙肝？"),
        ("入院时SLR多少度", True, "入院时SLR (直腿抬高试验)多少度"),
        ("CRP高不高", False, "CRP高不高"),
        ("CRP高不高", True, "CRP (C反应蛋白)高不高"),
        ("PCT高不高", True, "PCT高不高"),
        ("When?", True, "When?"),
        ("", True, ""),
    ],
)
def test_words_foreign_to_the_record_are_followed_by_its_own(question: str, chinese: bool, told: str) -> None:
    assert glossed(question, chinese=chinese) == told


def test_only_passages_in_the_other_language_are_read_with_the_gloss() -> None:
    network = CompactCrossEncoder()
    reranker = EmbeddedReranker(network)
    question, crossing, own = "Was the laceration sutured?", "体格检查 | 裂伤已缝合。", "EXAM | The wound was closed."
    logits = reranker.features(question, [own, crossing])[:, -1]
    asked = network.logits(question, [own, crossing])
    told = network.logits(glossed(question, chinese=True), [crossing])
    np.testing.assert_allclose(logits, [asked[0], (asked[1] + told[0]) / 2], atol=1e-3)
