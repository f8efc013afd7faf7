"""What a report says of scored questions."""

from collections.abc import Sequence

import numpy as np
import pytest

from emr_rerank.errors import UsageError
from emr_rerank.evidence.calibration_report import (
    THRESHOLDS,
    CalibrationReport,
    ScoredQuestion,
    Tradeoff,
    calibration_report,
)


class Named:
    name = "named"
    weights_hash = "sha256:1"
    device = "cpu"

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        raise AssertionError("everything is scored already")

    skim_error = 0.0
    skim = score


def report(scored: Sequence[ScoredQuestion], min_score: float = 0.65) -> CalibrationReport:
    return calibration_report(scored, Named(), "auto", min_score)


def overconfident(count: int, seed: int = 1) -> list[ScoredQuestion]:
    """Every fifth question has no answer; one passage in ten is right; scores are twice too sure."""
    chance, made = np.random.default_rng(seed), []
    for number in range(count):
        answerable = number % 5 > 0
        labels = [int(answerable and place == 0) for place in range(10)]
        logits = [2 * (chance.normal(2.5 if label else -2.0, 1.2) + 1) for label in labels]
        made.append(
            ScoredQuestion(f"q{number}", tuple(1 / (1 + np.exp(-x)) for x in logits), tuple(labels), answerable)
        )
    return made


def test_an_overconfident_model_is_mended() -> None:
    told = report(overconfident(400))
    assert (told.questions, told.answerable, told.pairs, told.right, told.method) == (400, 320, 4000, 320, "isotonic")
    assert told.prior == pytest.approx(0.08)
    assert told.after.ece < 0.01 < 0.05 < told.before.ece
    assert told.after.brier < told.before.brier
    assert told.at_min_score.share is not None and told.at_min_score_before.share is not None
    assert told.at_min_score.share > told.at_min_score_before.share
    assert (told.calibration.reranker, told.calibration.weights_hash) == ("named", "sha256:1")


def test_refusal_rises_with_the_threshold_and_shares_add_up() -> None:
    told = report(overconfident(100))
    assert [each.threshold for each in told.tradeoff] == list(THRESHOLDS)
    assert (THRESHOLDS[0], THRESHOLDS[-1], len(THRESHOLDS)) == (0.05, 0.95, 19)
    refused = [each.unanswerable_refused or 0.0 for each in told.tradeoff]
    assert refused == sorted(refused)
    for each in told.tradeoff:
        assert (each.answerable_right or 0) + (each.answerable_wrong or 0) + (
            each.answerable_refused or 0
        ) == pytest.approx(1)


def at(told: CalibrationReport, threshold: float) -> Tradeoff:
    return next(each for each in told.tradeoff if each.threshold == threshold)


def test_the_tradeoff_by_hand() -> None:
    right = [ScoredQuestion(f"r{i}", (0.95, 0.05), (1, 0), True) for i in range(30)]
    wrong = [ScoredQuestion(f"w{i}", (0.05, 0.95), (1, 0), True) for i in range(10)]
    unlocated = [ScoredQuestion(f"u{i}", (0.05,), (0,), True) for i in range(10)]
    empty = [ScoredQuestion("nothing to score", (), (), True)]
    none = [ScoredQuestion(f"n{i}", (0.05, 0.05), (0, 0), False) for i in range(50)]
    told = report([*right, *wrong, *unlocated, *empty, *none])
    # at 0.95 three of four pairs are right, at 0.05 one in sixteen: between them every threshold does the same
    middle = at(told, 0.5)
    assert middle.unanswerable_refused == 1.0
    assert middle.answerable_right == pytest.approx(30 / 51)
    assert middle.answerable_wrong == pytest.approx(10 / 51)
    assert middle.answerable_refused == pytest.approx(11 / 51)
    assert told.unlocated == 11
    assert (told.at_min_score.count, told.at_min_score.share) == (40, 0.75)
    assert at(told, 0.95).answerable_refused == 1.0


def test_without_unanswerable_questions_their_share_is_null() -> None:
    told = report([each for each in overconfident(100) if each.answerable])
    assert {each.unanswerable_refused for each in told.tradeoff} == {None}


def test_a_question_is_scored_by_fits_that_never_saw_it() -> None:
    """Were it scored by a fit to all, one repeated question with labels of its own would look calibrated."""
    plain = [ScoredQuestion(f"q{i}", (0.8, 0.2), (1, 0), True) for i in range(50)]
    odd = [ScoredQuestion("odd", (0.8,), (0,), False) for _ in range(200)]
    told = report([*plain, *odd])
    sure = [each.right for each in told.after.curve if each.mean > 0.9]
    # its fold holds it and ten of the others; the four other folds teach that 0.8 is right
    assert [(each.count, each.share) for each in sure] == [(210, pytest.approx(10 / 210))]


@pytest.mark.parametrize(
    "scored",
    [
        [],
        [ScoredQuestion(f"q{i}", (0.9, 0.1), (1, 0), True) for i in range(4)],
        [ScoredQuestion(f"q{i}", (0.9, 0.8), (1, 1), True) for i in range(40)],
        [ScoredQuestion("one text", (0.9, 0.1), (1, 0), True) for _ in range(40)],
    ],
)
def test_too_few_questions_are_refused(scored: list[ScoredQuestion]) -> None:
    with pytest.raises(UsageError, match="Too few labelled questions"):
        report(scored)
