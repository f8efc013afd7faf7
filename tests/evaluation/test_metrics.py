"""Figures of outcomes made by hand, reckoned on paper."""

from typing import Any

import pytest

from emr_rerank.evaluation.comparators import FLAT_ENCODER
from emr_rerank.evaluation.metrics import METRICS, OURS, estimate, hit, hit_ratio, latency, reciprocal_rank, shortlisted
from emr_rerank.evaluation.outcome import Outcome
from tests.evaluation.made_outcomes import outcome, refused

# ranks 1, 2, 4, none (wrongly refused) of four answerable; two that are not, one of them refused
SIX = [
    outcome(page_right=True, section_right=True, facts_right=True, trend_right=True),
    outcome(hit_rank=2, page_right=True, section_right=False, facts_right=False),
    outcome(hit_rank=4, page_right=False, section_right=False, expected_status="conflicting"),
    refused("conflicting", page_right=False, section_right=False),
    refused(),
    outcome(expected_status="insufficient_evidence", answerable=False, hit_rank=None),
]


@pytest.mark.parametrize(
    ("name", "value", "of"),
    [
        ("hit_at_1", 1 / 4, 4),
        ("hit_at_3", 2 / 4, 4),
        ("mrr_at_10", (1 + 1 / 2 + 1 / 4) / 4, 4),
        ("page", 2 / 4, 4),
        ("section", 1 / 4, 4),
        ("refusal_precision", 1 / 2, 2),
        ("refusal_recall", 1 / 2, 2),
        ("refusal_f1", 1 / 2, 3),
        ("conflict_recall", 0.0, 2),
        ("facts", 1 / 2, 2),
        ("trends", 1.0, 1),
    ],
)
def test_known_figures(name: str, value: float, of: int) -> None:
    figure = estimate(SIX, METRICS[name])
    assert figure.value == pytest.approx(value)
    assert figure.of == of
    assert figure.low is not None and figure.high is not None
    assert figure.low <= value <= figure.high


def test_f1_is_the_harmonic_mean() -> None:
    outcomes = [refused(), refused(), refused("answered"), *(outcome(expected_status="insufficient_evidence"),) * 3]
    precision, recall, f1 = (
        estimate(outcomes, METRICS[f"refusal_{name}"]).value for name in ("precision", "recall", "f1")
    )
    assert (precision, recall) == (pytest.approx(2 / 3), pytest.approx(2 / 5))
    assert f1 == pytest.approx(2 * (2 / 3) * (2 / 5) / (2 / 3 + 2 / 5))


@pytest.mark.parametrize("outcomes", [[], [refused()]])
def test_what_nothing_counts_towards_is_no_figure(outcomes: list[Outcome]) -> None:
    figure = estimate(outcomes, METRICS["hit_at_1"])
    assert (figure.value, figure.low, figure.high, figure.of) == (None, None, None, 0)


def test_a_contradiction_found_counts_and_one_claimed_falsely_does_not() -> None:
    found = outcome(status="conflicting", expected_status="conflicting")
    figure = estimate([found, outcome(status="conflicting")], METRICS["conflict_recall"])
    assert (figure.value, figure.of) == (1.0, 1)


def ranked(ours: int | None, theirs: int | None) -> Outcome:
    return outcome(hit_rank=ours, ranks={FLAT_ENCODER: theirs})


def test_a_comparator_is_judged_by_its_own_ranks() -> None:
    outcomes = [ranked(1, 3), ranked(1, None), ranked(None, 1), ranked(1, 1)]
    assert estimate(outcomes, hit(1, FLAT_ENCODER)).value == 2 / 4
    assert estimate(outcomes, hit(3, FLAT_ENCODER)).value == 3 / 4
    assert estimate(outcomes, reciprocal_rank(FLAT_ENCODER)).value == pytest.approx((1 / 3 + 2) / 4)
    assert estimate(outcomes, hit(1)).value == 3 / 4
    assert estimate(outcomes, hit_ratio(OURS, FLAT_ENCODER)).value == pytest.approx(3 / 2)


def test_the_ratio_is_paired() -> None:
    # Both methods fail on the same half: their ratio is 1 in every resample, however wide each interval is.
    outcomes = [ranked(1, 1), ranked(None, None)] * 10
    figure = estimate(outcomes, hit_ratio(OURS, FLAT_ENCODER))
    assert (figure.value, figure.low, figure.high) == (1.0, 1.0, 1.0)
    alone = estimate(outcomes, hit(1))
    assert alone.low is not None and alone.high is not None and alone.low < 0.4 and alone.high > 0.6


def test_a_ratio_over_nothing_is_no_figure() -> None:
    assert estimate([ranked(1, None)], hit_ratio(OURS, FLAT_ENCODER)).value is None


@pytest.mark.parametrize(("size", "value"), [("16", 1 / 2), ("48", 1.0), ("32", 1.0)])
def test_shortlist_recall(size: str, value: float) -> None:
    there: dict[str, Any] = {"16": True, "32": True, "48": True}
    outcomes = [outcome(shortlisted=there), outcome(shortlisted={**there, "16": False}), refused()]
    assert estimate(outcomes, shortlisted(size)).value == value


def test_latency_quantiles() -> None:
    outcomes = [outcome(ms=float(ms)) for ms in range(101)]
    assert latency(outcomes, 0.5).value == 50
    assert latency(outcomes, 0.95).value == 95
    assert latency([], 0.5).value is None
