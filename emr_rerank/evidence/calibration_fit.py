"""Fits a calibration to scored and labelled pairs: Platt's sigmoid or an isotonic curve."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from emr_rerank.errors import UsageError
from emr_rerank.evidence.calibration import NEAREST, Calibration

Method = Literal["platt", "isotonic"]
Floats = npt.NDArray[np.float64]
ENOUGH_PAIRS = 1000
ENOUGH_RIGHT = 200
"""From so many pairs, so many of them right, isotonic regression is chosen: with fewer it overfits and Platt's two
parameters do better (Niculescu-Mizil and Caruana, ICML 2005, place the crossing near 1000 cases). Right pairs are few,
and the upper part of the curve rests on them alone."""
STEPS = 100
TOP_PAIRS = 20
"""So many of the highest scores share one value, so that a few lucky ones do not claim certainty."""
TILT = 0.01
"""Beyond its outermost centres the isotonic curve goes this part of the way to 0 and 1, which keeps scores in order."""


def method_for(labels: Floats) -> Method:
    """The method that the amount of labelled pairs allows; labels are 0 or 1, shape (pairs,)."""
    return "isotonic" if len(labels) >= ENOUGH_PAIRS and labels.sum() >= ENOUGH_RIGHT else "platt"


def fit_calibration(scores: Floats, labels: Floats, method: Method) -> Calibration:
    """The calibration of a model's scores.

    Args:
        scores: probabilities as the model gives them, shape (pairs,).
        labels: 1 where the passage proves the answer, else 0; both occur.
        method: platt or isotonic.

    Raises:
        UsageError: higher scores are not more often right, so that no rising curve fits.
    """
    fitted = fit_platt(scores, labels) if method == "platt" else fit_isotonic(scores, labels)
    if fitted is None:
        raise UsageError(
            "Passages labelled 1 do not score higher than those labelled 0.",
            "Check the labels: 1 proves the answer, 0 does not. If they are right, this model can't be calibrated.",
        )
    return fitted


def smoothed_targets(labels: Floats) -> tuple[float, float]:
    """Platt's targets of (wrong, right) pairs, 1 / (N₋ + 2) and (N₊ + 1) / (N₊ + 2): no sample proves certainty."""
    right = float(labels.sum())
    wrong = len(labels) - right
    return 1 / (wrong + 2), (right + 1) / (right + 2)


def fit_platt(scores: Floats, labels: Floats) -> Calibration | None:
    """sigmoid(a · logit + b) of greatest likelihood under smoothed targets; None where a is not above 0.

    Platt, Probabilistic outputs for support vector machines (1999), by Newton's method with halved steps (Lin, Lin and
    Weng, Machine Learning 68:267, 2007).
    """
    low, high = smoothed_targets(labels)
    targets = np.where(labels == 1, high, low)
    kept = np.clip(scores, NEAREST, 1 - NEAREST)
    columns = np.column_stack([np.log(kept / (1 - kept)), np.ones_like(kept)])
    odds = (labels.sum() + 1) / (len(labels) - labels.sum() + 1)
    theta = np.array([0.0, np.log(odds)])
    for _ in range(STEPS):
        step = _newton_step(theta, columns, targets)
        size = 1.0
        while size > 1e-10 and _loss(theta - size * step, columns, targets) > _loss(theta, columns, targets):
            size /= 2
        theta = theta - size * step
        if np.abs(size * step).max() < 1e-9:
            break
    a, b = float(theta[0]), float(theta[1])
    return Calibration(kind="platt", a=a, b=b) if a > 0 else None


def _newton_step(theta: Floats, columns: Floats, targets: Floats) -> Floats:
    likely = np.exp(-np.logaddexp(0, -(columns @ theta)))
    gradient = columns.T @ (likely - targets)
    curvature = (columns * (likely * (1 - likely))[:, None]).T @ columns + 1e-9 * np.eye(2)
    return np.asarray(np.linalg.solve(curvature, gradient), dtype=np.float64)


def _loss(theta: Floats, columns: Floats, targets: Floats) -> float:
    logits = columns @ theta
    return float((np.logaddexp(0, logits) - targets * logits).sum())


def fit_isotonic(scores: Floats, labels: Floats) -> Calibration | None:
    """The rising curve nearest to the labels; None where it is flat.

    Isotonic regression by pooling adjacent violators (Zadrozny and Elkan, KDD 2002), read between the centres of its
    blocks (centred isotonic regression: Oron and Flournoy, Stat Biopharm Res 9:258, 2017), because a block of one
    value would put every sentence in it level. No curve ends in certainty: the uppermost block holds `TOP_PAIRS` and n
    right ones of n count as (n + 1) / (n + 2) (rule of succession), the lowest value is Platt's target of wrong pairs.
    """
    places, group, counts = np.unique(np.round(scores, 9), return_inverse=True, return_counts=True)
    weights = counts.astype(np.float64)
    values = np.bincount(group, weights=labels) / weights
    top = np.cumsum(weights[::-1])[::-1] - weights < TOP_PAIRS
    values[top] = np.average(values[top], weights=weights[top])
    fitted = pool_adjacent_violators(values, weights)
    blocks = np.cumsum(np.diff(fitted, prepend=fitted[0]) > 0)
    if blocks[-1] == 0:
        return None
    held = np.bincount(blocks, weights=weights)
    x = np.bincount(blocks, weights=weights * places) / held
    y = np.maximum(fitted[np.searchsorted(blocks, np.arange(len(held)))], smoothed_targets(labels)[0])
    y[-1] = min(y[-1], (held[-1] + 1) / (held[-1] + 2))
    return _curve(x, np.maximum.accumulate(y))


def _curve(x: Floats, y: Floats) -> Calibration:
    """The curve through the centres, tilted a little beyond the outermost ones."""
    if x[0] > 0:
        x, y = np.r_[0.0, x], np.r_[y[0] * (1 - TILT), y]
    if x[-1] < 1:
        x, y = np.r_[x, 1.0], np.r_[y, y[-1] + TILT * (1 - y[-1])]
    return Calibration(kind="isotonic", x=tuple(map(float, x)), y=tuple(map(float, y)))


def pool_adjacent_violators(values: Floats, weights: Floats) -> Floats:
    """The non-falling sequence with the least weighted squared distance to `values`; shape (values,)."""
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights, strict=True):
        mean, mass, length = float(value), float(weight), 1
        while blocks and blocks[-1][0] >= mean:
            before, more, long = blocks.pop()
            mean = (before * more + mean * mass) / (more + mass)
            mass, length = mass + more, length + long
        blocks.append((mean, mass, length))
    return np.repeat([mean for mean, _, _ in blocks], [length for _, _, length in blocks])
