"""Confidence intervals by the percentile bootstrap.

B. Efron: Bootstrap methods: another look at the jackknife. Annals of Statistics 7(1), 1979. The percentile interval is
that of Efron and Tibshirani: An Introduction to the Bootstrap, 1993, chapter 13.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

SEED = 1979
RESAMPLES = 2000
LEVEL = 0.95
_BLOCK = 250
"""Resamples drawn at a time, to bound the memory."""

Values = npt.NDArray[np.float64]
Statistic = Callable[..., Values]
"""Takes arrays of shape (resamples, n), one a column; gives shape (resamples,), NaN where it is not defined."""


def percentile_interval(statistic: Statistic, *columns: Values) -> tuple[float, float] | None:
    """The middle 95 % of the statistic over resamples of the rows, drawn with replacement; the same at every call.

    Several columns are resampled together, so that a ratio of two methods is one of paired answers.

    Args:
        statistic: computed over each resample.
        columns: arrays of shape (n,), one value a question.

    Returns:
        Lower and upper bound; None where no resample defines the statistic.
    """
    size = len(columns[0])
    if not size:
        return None
    draw = np.random.default_rng(SEED)
    seen: list[Values] = []
    for _ in range(RESAMPLES // _BLOCK):
        rows = draw.integers(0, size, size=(_BLOCK, size))
        seen.append(statistic(*(column[rows] for column in columns)))
    values = np.concatenate(seen)
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def ratio(numerators: Values, denominators: Values) -> Values:
    """Σ numerators / Σ denominators along the last axis; NaN where the denominators add up to 0."""
    below = denominators.sum(axis=-1)
    quotient: Values = np.where(below > 0, numerators.sum(axis=-1) / np.where(below > 0, below, 1.0), np.nan)
    return quotient


def quantile(share: float) -> Statistic:
    """The quantile along the last axis, interpolated linearly."""
    return lambda values: np.quantile(values, share, axis=-1)
