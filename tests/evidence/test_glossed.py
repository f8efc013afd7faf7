"""A question names in the record's language what it names in its own."""

import numpy as np
import pytest

from emr_rerank.evidence.compact.cross_encoder import CompactCrossEncoder
from emr_rerank.evidence.embedded import EmbeddedReranker
from emr_rerank.evidence.glossed import glossed


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Vomiting after the fall?", "Vomiting (呕吐) after the fall (跌倒)?"),
        ("Was the laceration sutured?", "Was the laceration (裂伤) sutured (缝合)?"),
        ("Serum potassium?", "Serum potassium (钾)?"),
        ("Hepatitis C?", "Hepatitis C (丙型肝炎)?"),
        ("丙肝？", "丙肝 (hepatitis c)？"),
        ("CT做了吗", "CT做了吗"),
        ("When?", "When?"),
        ("", ""),
    ],
)
def test_names_are_followed_by_those_of_the_other_language(question: str, told: str) -> None:
    assert glossed(question) == told


def test_only_passages_in_the_other_language_are_read_with_the_gloss() -> None:
    network = CompactCrossEncoder()
    reranker = EmbeddedReranker(network)
    question, crossing, own = "Was the laceration sutured?", "体格检查 | 裂伤已缝合。", "EXAM | The wound was closed."
    logits = reranker.features(question, [own, crossing])[:, -1]
    asked = network.logits(question, [own, crossing])
    told = network.logits(glossed(question), [crossing])
    np.testing.assert_allclose(logits, [asked[0], (asked[1] + told[0]) / 2], atol=1e-3)
