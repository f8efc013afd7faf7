"""Figures of a model on held-out groups, by hand."""

import json
from pathlib import Path

import pytest

from training.cross_encoder import CrossEncoder, load_tokenizer
from training.measure import Ranked, best_f1, ranked, summary


def test_the_summary_by_hand() -> None:
    found = [(3.0, 0), (1.0, 2), (-2.0, 5), (0.0, None), (-3.0, None)]
    line = summary([Ranked("zh", best, place) for best, place in found])
    assert "3 with an answer, 2 without" in line
    assert "Hit@1 0.333" in line and "Hit@3 0.667" in line
    assert "AUC 0.833" in line  # five of six pairs are in order
    assert "F1 0.800" in line  # refusing the lowest three: two right, one wrong


def test_refusing_at_the_best_threshold() -> None:
    assert best_f1([2.0, 1.0], [0.0, -1.0]) == 1.0
    assert best_f1([0.0], [1.0]) == pytest.approx(2 / 3)


def test_the_place_of_the_first_proof_among_all_sentences(work: Path) -> None:
    model, tokens = CrossEncoder(work / "backbone", 6).eval(), load_tokenizer(work / "backbone")
    texts = ["肌酐108", "尿素8", "钾4", "钠138", "无过敏史"]
    groups = [
        {"question": "肌酐多少", "positives": [text], "negatives": [other for other in texts if other != text]}
        for text in texts
    ]
    found = [*ranked(model, tokens, [*groups, {"question": "qt", "positives": [], "negatives": texts}], "cpu")]
    assert sorted(each.place for each in found[:-1] if each.place is not None) == [0, 1, 2, 3, 4]
    assert (found[-1].place, found[-1].language, found[0].language) == (None, "en", "zh")
    assert json.dumps(found[0].best)
