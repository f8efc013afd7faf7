"""The GPU benchmark's self-check notices an engine that is wrong."""

import numpy as np
import pytest

from benchmarks.gpu.agreement import LIMITS, compare, probabilities

PAIRS = [[("q", "a" * length) for length in range(1, 13)], [("r", "b" * length) for length in range(3, 15)]]


def right(pairs: list[tuple[str, str]]) -> list[float]:
    return [np.sin(len(text) * 1.7).item() for _, text in pairs]


def shifted(pairs: list[tuple[str, str]]) -> list[float]:
    return [logit + 0.1 for logit in right(pairs)]


def reversed_order(pairs: list[tuple[str, str]]) -> list[float]:
    return [-logit for logit in right(pairs)]


def by_place(pairs: list[tuple[str, str]]) -> list[float]:
    return [logit + 0.1 * place for place, logit in enumerate(right(pairs))]


@pytest.mark.parametrize(
    ("engine", "differs", "tau", "flips", "company"),
    [
        (right, False, 1.0, 0, False),
        (shifted, True, 1.0, 0, False),
        (reversed_order, True, -1.0, 2, False),
        (by_place, True, None, None, True),
    ],
)
def test_compare(engine, differs: bool, tau: float | None, flips: int | None, company: bool) -> None:
    truth = [probabilities(right, pairs) for pairs in PAIRS]
    found = compare(engine, PAIRS, truth)
    assert (found["max_difference"] > LIMITS["fp16"]) is differs
    assert (found["company"] > LIMITS["fp16"]) is company
    if tau is not None:
        assert found["kendall_tau"] == pytest.approx(tau)
    if flips is not None:
        assert found["top5_flips"] == flips
