"""Known solutions, and what holds for every fit."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import isotonic_regression, minimize

from emr_rerank.errors import UsageError
from emr_rerank.evidence.calibration import Calibration
from emr_rerank.evidence.calibration_fit import (
    TOP_PAIRS,
    Floats,
    fit_calibration,
    fit_isotonic,
    fit_platt,
    method_for,
    pool_adjacent_violators,
    smoothed_targets,
)

SIZES = st.integers(2, 60)
UNIT = st.floats(0, 1)


def drawn(a: float, b: float, count: int, seed: int = 3) -> tuple[Floats, Floats]:
    """Scores, and labels that are right with sigmoid(a · logit + b)."""
    chance = np.random.default_rng(seed)
    logits = chance.normal(0, 2.5, count)
    likely = 1 / (1 + np.exp(-(a * logits + b)))
    return 1 / (1 + np.exp(-logits)), (chance.random(count) < likely).astype(np.float64)


def applied(calibration: Calibration, scores: Floats) -> Floats:
    return np.array([calibration.apply(score) for score in scores])


@given(
    SIZES.flatmap(lambda n: st.tuples(arrays(float, n, elements=UNIT), arrays(float, n, elements=st.floats(0.5, 9))))
)
def test_pooling_solves_the_isotonic_problem(sequence: tuple[Floats, Floats]) -> None:
    values, weights = sequence
    expected = isotonic_regression(values, weights=weights).x
    assert pool_adjacent_violators(values, weights) == pytest.approx(expected, abs=1e-9)


def test_pooling_by_hand() -> None:
    pooled = pool_adjacent_violators(np.array([1.0, 0.0, 0.0, 1.0, 0.0, 1.0]), np.ones(6))
    assert pooled == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0.5, 0.5, 1.0])


def test_targets_are_platts() -> None:
    assert smoothed_targets(np.array([1.0, 1.0, 0.0])) == pytest.approx((1 / 3, 3 / 4))


@pytest.mark.parametrize(("a", "b"), [(1.0, 0.0), (0.5, -2.0), (3.0, 1.0)])
def test_platt_finds_the_minimum_that_scipy_finds(a: float, b: float) -> None:
    scores, labels = drawn(a, b, 400)
    low, high = smoothed_targets(labels)
    targets, logits = np.where(labels == 1, high, low), np.log(scores / (1 - scores))

    def loss(theta: Floats) -> float:
        z = theta[0] * logits + theta[1]
        return float((np.logaddexp(0, z) - targets * z).sum())

    expected = minimize(loss, np.zeros(2), tol=1e-12).x
    fitted = fit_platt(scores, labels)
    assert fitted is not None
    assert (fitted.a, fitted.b) == pytest.approx(tuple(expected), abs=1e-3)


def test_platt_recovers_the_curve_that_made_the_labels() -> None:
    fitted = fit_platt(*drawn(0.6, -1.5, 40_000))
    assert fitted is not None
    assert (fitted.a, fitted.b) == pytest.approx((0.6, -1.5), abs=0.05)


@pytest.mark.parametrize("scores", [[0.1, 0.2, 0.8, 0.9], [0.0, 0.0, 1.0, 1.0]])
def test_platt_stays_finite_where_the_classes_are_apart(scores: list[float]) -> None:
    fitted = fit_platt(np.array(scores), np.array([0.0, 0.0, 1.0, 1.0]))
    assert fitted is not None
    assert applied(fitted, np.array(scores)) == pytest.approx([0.25, 0.25, 0.75, 0.75], abs=0.1)


def test_isotonic_by_hand() -> None:
    scores = np.repeat([0.2, 0.4, 0.6, 0.9], [10, 10, 20, 20])
    right = [0, 4, 2, 20]  # the two in the middle are out of order: 6 of 30 right, centre (10 · 0.4 + 20 · 0.6) / 30
    labels = np.concatenate([[1.0] * k + [0.0] * (n - k) for k, n in zip(right, (10, 10, 20, 20), strict=True)])
    fitted = fit_isotonic(scores, labels)
    assert fitted is not None
    assert fitted.x == pytest.approx([0, 0.2, 16 / 30, 0.9, 1])
    lowest, highest = 1 / 36, 21 / 22
    assert fitted.y == pytest.approx([0.99 * lowest, lowest, 0.2, highest, highest + 0.01 / 22])


def test_a_few_lucky_pairs_on_top_are_not_certain() -> None:
    scores = np.linspace(0.01, 0.99, 100)
    labels = np.zeros(100)
    labels[-3:] = 1
    fitted = fit_isotonic(scores, labels)
    assert fitted is not None
    assert fitted.apply(0.99) < 3 / TOP_PAIRS + 0.02


@given(st.integers(0, 2**32 - 1), st.sampled_from(["platt", "isotonic"]), st.floats(0.2, 4), st.floats(-3, 3))
def test_every_fit_rises_and_stays_within_0_and_1(seed: int, method: str, a: float, b: float) -> None:
    scores, labels = drawn(a, b, 120, seed)
    try:
        fitted = fit_calibration(scores, labels, method)  # type: ignore[arg-type]
    except UsageError:
        assume(False)
    curve = applied(fitted, np.linspace(0, 1, 101))
    assert (np.diff(curve) >= 0).all()
    assert curve[0] >= 0 and curve[-1] <= 1 and curve[-1] > curve[0]
    inner = applied(fitted, np.sort(scores))
    assert inner.min() > 0 and inner.max() < 1


def test_isotonic_keeps_the_order_of_scores() -> None:
    scores, labels = drawn(1.0, -1.0, 2000)
    fitted = fit_isotonic(scores, labels)
    assert fitted is not None
    # between 1/(wrong + 2) and the uppermost block no two scores are level
    distinct = np.unique(np.round(scores, 6))
    assert (np.diff(applied(fitted, distinct[distinct > 0.2])) > 0).all()


@pytest.mark.parametrize("method", ["platt", "isotonic"])
def test_scores_that_fall_with_the_labels_are_refused(method: str) -> None:
    scores = np.linspace(0.1, 0.9, 60)
    with pytest.raises(UsageError, match="do not score higher"):
        fit_calibration(scores, (scores < 0.5).astype(np.float64), method)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pairs", "right", "method"), [(999, 400, "platt"), (1000, 199, "platt"), (1000, 200, "isotonic")]
)
def test_auto_takes_isotonic_where_there_is_enough(pairs: int, right: int, method: str) -> None:
    assert method_for(np.array([1.0] * right + [0.0] * (pairs - right))) == method
