"""The fit of the order: what it learns from choices made by hand."""

import json
from pathlib import Path

import numpy as np
import pytest

from emr_rerank.evidence.ordering import SIGNS
from training import fit_ordering
from training.fit_ordering import BY_HAND, Choice, first_hits, fit


def choices(helps: str, misleads: str) -> list[Choice]:
    """The proof has one sign, what scores higher and proves nothing another."""
    signs = np.zeros((2, len(SIGNS)))
    signs[0, SIGNS.index(helps)] = 1.0
    signs[1, SIGNS.index(misleads)] = 1.0
    return [Choice(str(number), np.array([1.0, 3.0]), signs, np.array([True, False])) for number in range(60)]


def test_a_sign_of_proofs_gains_and_one_that_misleads_falls_to_nothing() -> None:
    weights = dict(zip(SIGNS, fit(choices("date", "fact")), strict=True))
    assert weights["date"] > BY_HAND["date"] + 1
    assert weights["fact"] == 0.0
    assert all(weights[sign] == pytest.approx(BY_HAND[sign]) for sign in SIGNS if sign not in ("date", "fact"))


def test_first_hits_follow_the_weights() -> None:
    made = choices("date", "fact")
    assert not any(first_hits(made, np.zeros(len(SIGNS))))
    assert all(first_hits(made, fit(made)))


def test_what_is_reported_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fit_ordering, "SHIPPED", tmp_path / "ordering.json")
    made = choices("date", "fact")
    fit_ordering.report(made)
    assert "1.000 as fitted, 0.000 by hand, 0.000 by the score" in capsys.readouterr().out
    fit_ordering.write(fit(made), len(made))
    assert json.loads((tmp_path / "ordering.json").read_text())["questions"] == 60
