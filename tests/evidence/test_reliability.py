"""Calibration error, Brier score, curve and interval against values worked out by hand."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binomtest

from emr_rerank.evidence.reliability import calibration_error, reliability, reliability_curve, share_of


def test_calibration_error_by_hand() -> None:
    # bins of two: |0.15 - 0.5| · 1/3 + |0.5 - 0.5| · 1/3 + |0.85 - 1| · 1/3
    probabilities = np.array([0.9, 0.1, 0.4, 0.2, 0.6, 0.8])
    labels = np.array([1.0, 0.0, 1.0, 1.0, 0.0, 1.0])
    assert calibration_error(probabilities, labels, bins=3) == pytest.approx((0.35 + 0.0 + 0.15) / 3)


def test_level_scores_count_alike_in_whatever_order_they_come() -> None:
    probabilities = np.full(20, 0.5)
    labels = np.array([1.0] * 10 + [0.0] * 10)
    assert calibration_error(probabilities, labels) == pytest.approx(0.0)


@given(st.integers(1, 200), st.integers(0, 2**32 - 1))
def test_error_and_brier_stay_in_range(count: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    told = reliability(chance.random(count), chance.integers(0, 2, count).astype(np.float64))
    assert 0 <= told.ece <= 1 and 0 <= told.brier <= 1
    assert sum(each.right.count for each in told.curve) == count


def test_brier_by_hand() -> None:
    told = reliability(np.array([0.8, 0.4]), np.array([1.0, 0.0]))
    assert told.brier == pytest.approx((0.04 + 0.16) / 2)


def test_curve_has_bins_of_equal_width_and_the_end_belongs_to_the_last() -> None:
    curve = reliability_curve(np.array([0.05, 0.95, 1.0]), np.array([0.0, 1.0, 1.0]))
    assert [(each.mean, each.right.count, each.right.share) for each in curve] == [
        (pytest.approx(0.05), 1, 0.0),
        (pytest.approx(0.975), 2, 1.0),
    ]


@given(st.integers(0, 80), st.integers(0, 80))
def test_the_interval_is_wilsons(right: int, wrong: int) -> None:
    assume(right + wrong > 0)
    share = share_of(np.array([1.0] * right + [0.0] * wrong))
    expected = binomtest(right, right + wrong).proportion_ci(method="wilson")
    assert (share.low, share.high) == pytest.approx((expected.low, expected.high), abs=1e-6)


@given(st.integers(0, 50), st.integers(0, 50))
def test_the_interval_holds_the_share(right: int, wrong: int) -> None:
    share = share_of(np.array([1.0] * right + [0.0] * wrong))
    if right + wrong == 0:
        assert (share.count, share.share, share.low, share.high) == (0, None, None, None)
    else:
        assert share.low is not None and share.share is not None and share.high is not None
        assert 0 <= share.low <= share.share <= share.high <= 1
