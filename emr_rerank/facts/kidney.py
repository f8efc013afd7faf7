"""The creatinine criterion of acute kidney injury and its stage, computed from a series."""

import datetime
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Literal

from emr_rerank.findings import KidneyInjury, TrendPoint

SOURCE = "KDIGO Clinical Practice Guideline for Acute Kidney Injury, Kidney Int Suppl 2012;2:1-138, 2.1.1 and Table 2"
_RISE = 26.5
"""umol/L within 48 hours (0.3 mg/dL)."""
_STAGE_3 = 353.6
"""umol/L (4.0 mg/dL), where the criterion is met."""
_RATIOS: tuple[tuple[float, Literal[1, 2, 3]], ...] = ((3.0, 3), (2.0, 2), (1.5, 1))
_TWO_DAYS = datetime.timedelta(hours=48)
_SEVEN_DAYS = datetime.timedelta(days=7)

Stage = Literal[1, 2, 3]


def kidney_injury(points: Sequence[TrendPoint]) -> KidneyInjury | None:
    """The criterion over creatinine in umol/L, in time order; None where no two dated values lie within seven days.

    Met by a rise of at least 26.5 umol/L within 48 hours, or to at least 1.5 times an earlier value of the seven days
    before. Stage by the ratio (1.5, 2.0, 3.0), or 3 from 353.6 umol/L on. Days without a clock time are taken as whole
    days apart. Urine output, dialysis and age, which the guideline counts too, are not looked at, nor is a rise before
    the first value.
    """
    pairs = list(_pairs(points))
    if not pairs:
        return None
    rises = [after.value - before.value for before, after, apart in pairs if apart <= _TWO_DAYS]
    ratios = [after.value / before.value for before, after, _ in pairs if before.value > 0]
    staged = [(stage, before, after) for before, after, apart in pairs if (stage := _stage(before, after, apart))]
    if staged:
        stage, before, after = max(staged, key=lambda each: (each[0], each[2].value - each[1].value))
    else:
        stage = None
        before, after, _ = max(pairs, key=lambda pair: pair[1].value - pair[0].value)
    return KidneyInjury(
        stage=stage,
        before=before,
        after=after,
        rise=round(max(rises), 1) if rises else None,
        ratio=round(max(ratios), 2) if ratios else None,
        source=SOURCE,
    )


def _stage(before: TrendPoint, after: TrendPoint, apart: datetime.timedelta) -> Stage | None:
    """The stage that two measurements prove; None where they do not meet the criterion."""
    # six decimals, so that 1.5 times a value is met when it is exactly that
    ratio = round(after.value / before.value, 6) if before.value > 0 else 0.0
    met = next((stage for limit, stage in _RATIOS if ratio >= limit), None)
    if met is None and apart <= _TWO_DAYS and round(after.value - before.value, 6) >= _RISE:
        met = 1
    return 3 if met and after.value >= _STAGE_3 else met


def _pairs(points: Sequence[TrendPoint]) -> Iterator[tuple[TrendPoint, TrendPoint, datetime.timedelta]]:
    """Two dated measurements, the later one up to seven days after the earlier."""
    dated = [point for point in points if point.time]
    for before, after in combinations(dated, 2):
        apart = _apart(before.time or "", after.time or "")
        if datetime.timedelta(0) <= apart <= _SEVEN_DAYS:
            yield before, after, apart


def _apart(earlier: str, later: str) -> datetime.timedelta:
    """Time between two ISO times; whole days where one has no clock time."""
    if "T" in earlier and "T" in later:
        return datetime.datetime.fromisoformat(later) - datetime.datetime.fromisoformat(earlier)
    return datetime.date.fromisoformat(later[:10]) - datetime.date.fromisoformat(earlier[:10])
