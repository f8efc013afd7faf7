"""How far probabilities can be trusted: calibration error, Brier score, reliability curve, intervals of shares."""

import numpy as np
from pydantic import Field

from emr_rerank.evidence.calibration_fit import Floats
from emr_rerank.record import Noun

BINS = 10
Z_95 = 1.959964
"""Standard normal quantile of a two-sided 95 % interval."""


class Share(Noun):
    """A share of so many, with its 95 % interval; share and interval are null where there are none."""

    count: int = Field(description="of how many")
    share: float | None
    low: float | None = Field(description="lower end of the 95 % interval")
    high: float | None = Field(description="upper end of the 95 % interval")


class ReliabilityBin(Noun):
    """Pairs whose probability lies in one tenth of the scale."""

    mean: float = Field(description="their mean probability")
    right: Share = Field(description="the share of them that is right")


class Reliability(Noun):
    """Reliability of probabilities against labels."""

    ece: float = Field(description="expected calibration error, 10 bins of equal mass")
    brier: float = Field(description="mean squared distance to the labels")
    curve: tuple[ReliabilityBin, ...] = Field(description="10 bins of equal width, empty ones left out")


def reliability(probabilities: Floats, labels: Floats) -> Reliability:
    """Everything told of the reliability of probabilities; both have shape (pairs,), labels are 0 or 1."""
    return Reliability(
        ece=calibration_error(probabilities, labels),
        brier=float(np.mean((probabilities - labels) ** 2)),
        curve=reliability_curve(probabilities, labels),
    )


def calibration_error(probabilities: Floats, labels: Floats, bins: int = BINS) -> float:
    """Expected calibration error: Σ bins share · |mean probability - share right|, bins of equal mass.

    Naeini, Cooper and Hauskrecht, AAAI 2015. Pairs of one probability count with their common share of right ones, so
    that the order in which they come makes no difference.
    """
    _, group, counts = np.unique(probabilities, return_inverse=True, return_counts=True)
    shared = (np.bincount(group, weights=labels) / counts)[group]
    parts = np.array_split(np.argsort(probabilities, kind="stable"), bins)
    return float(sum(abs((probabilities[part] - shared[part]).sum()) for part in parts) / len(labels))


def reliability_curve(probabilities: Floats, labels: Floats, bins: int = BINS) -> tuple[ReliabilityBin, ...]:
    """The reliability diagram in bins of equal width (Niculescu-Mizil and Caruana, ICML 2005)."""
    place = np.minimum((probabilities * bins).astype(int), bins - 1)
    return tuple(
        ReliabilityBin(mean=float(probabilities[inside].mean()), right=share_of(labels[inside]))
        for inside in (place == number for number in range(bins))
        if inside.any()
    )


def share_of(labels: Floats) -> Share:
    """The share of ones with Wilson's 95 % interval (JASA 22:209, 1927), which takes the pairs as independent."""
    count = len(labels)
    if count == 0:
        return Share(count=0, share=None, low=None, high=None)
    share = float(labels.mean())
    middle = (share + Z_95**2 / (2 * count)) / (1 + Z_95**2 / count)
    half = Z_95 * float(np.sqrt(share * (1 - share) / count + Z_95**2 / (4 * count**2))) / (1 + Z_95**2 / count)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Share(count=count, share=share, low=min(low, share), high=max(high, share))  # rounding aside
