"""The bootstrap: the same at every call, near the textbook interval, and right about as often as it says."""

import math

import numpy as np
import pytest

from emr_rerank.evaluation.bootstrap import Values, percentile_interval, quantile, ratio


def interval(hits: Values) -> tuple[float, float]:
    found = percentile_interval(ratio, hits, np.ones_like(hits))
    assert found is not None
    return found


def test_the_same_answers_give_the_same_interval() -> None:
    hits = np.array([1.0, 0.0, 1.0, 1.0, 0.0, 1.0] * 5)
    assert interval(hits) == interval(hits.copy())


def test_a_share_has_about_the_normal_interval() -> None:
    hits = np.array([1.0] * 300 + [0.0] * 100)
    margin = 1.96 * math.sqrt(0.75 * 0.25 / 400)
    low, high = interval(hits)
    assert low == pytest.approx(0.75 - margin, abs=0.01)
    assert high == pytest.approx(0.75 + margin, abs=0.01)


def test_it_covers_the_truth_about_as_often_as_it_says() -> None:
    draw = np.random.default_rng(6)
    samples = [(draw.random(120) < 0.7).astype(np.float64) for _ in range(200)]
    covered = [low <= 0.7 <= high for low, high in map(interval, samples)]
    assert 0.90 <= np.mean(covered) <= 0.99


def test_more_questions_narrow_it() -> None:
    few, many = (np.array([1.0, 0.0] * count) for count in (20, 500))
    width = [high - low for low, high in map(interval, (few, many))]
    assert width[0] > 3 * width[1]


def test_a_median_lies_in_its_interval() -> None:
    times = np.random.default_rng(1).lognormal(4, 0.5, 200)
    found = percentile_interval(quantile(0.5), times)
    assert found is not None and found[0] < float(np.median(times)) < found[1]


def test_resamples_that_do_not_define_the_ratio_are_left_out() -> None:
    # In one resample of four both rows are the second one, whose denominator is 0.
    assert percentile_interval(ratio, np.array([1.0, 0.0]), np.array([1.0, 0.0])) == (1.0, 1.0)
    assert percentile_interval(ratio, np.array([0.0]), np.array([0.0])) is None
    assert percentile_interval(ratio, np.array([]), np.array([])) is None
