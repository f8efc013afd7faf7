"""Facts → one series an analyte over the stay."""

from collections.abc import Sequence
from pathlib import Path

from emr_rerank.facts.labs import DIMENSIONLESS
from emr_rerank.facts.measurements import contradictions, in_time_order, same_value
from emr_rerank.facts.notes import IMPLAUSIBLE, OTHER_PERSON, OTHER_STAY, PLANNED, RETOLD, UNIT_UNEXPECTED
from emr_rerank.facts.timeline import days_between
from emr_rerank.findings import Fact, Trend, TrendPoint
from emr_rerank.rules.analytes import catalogue

_LEFT_OUT = frozenset({OTHER_STAY, OTHER_PERSON, PLANNED, IMPLAUSIBLE, UNIT_UNEXPECTED})


def build_trends(facts: Sequence[Fact], analytes: Sequence[str], rules_dir: Path | None = None) -> tuple[Trend, ...]:
    """The series of each analyte asked for that has at least two measurements, in the order asked.

    A series holds the patient's own values of this stay in the analyte's normal unit. The quotation of a measurement
    is no measurement: prose that repeats a table's value is merged with it. `direction` compares last with first by
    the analyte's meaningful-change threshold (percent).
    """
    trends = []
    for name in dict.fromkeys(analytes):
        measured = _measurements([fact for fact in facts if _counts(fact, name, rules_dir)])
        if len(measured) >= 2:
            trends.append(_trend(name, measured, rules_dir))
    return tuple(trends)


def _counts(fact: Fact, name: str, rules_dir: Path | None) -> bool:
    if fact.kind != "lab" or fact.name != name or not isinstance(fact.value, float) or fact.assertion != "present":
        return False
    analyte = catalogue(rules_dir).get(name)
    if fact.unit != analyte.unit and not (fact.unit is None and analyte.unit in DIMENSIONLESS):
        return False
    return not _LEFT_OUT & set(fact.notes)


def _measurements(facts: Sequence[Fact]) -> list[Fact]:
    """One fact a measurement, in time order; without the values that contradict each other at one time."""
    disputed = {(fact.start, fact.end) for pair in contradictions(facts) for fact in pair}
    settled = [fact for fact in facts if (fact.start, fact.end) not in disputed]
    dated = _merged([fact for fact in settled if fact.time is not None])
    if len(dated) >= 2 or len(dated) == len(_merged(settled)):
        return in_time_order(dated)
    return _in_page_order(settled)


def _in_page_order(facts: Sequence[Fact]) -> list[Fact]:
    """Values of which at most one is dated, in page order; retold ones only beside others of their sentence."""
    told = _merged([fact for fact in facts if RETOLD not in fact.notes])
    if len(told) < 2:
        sentences = [[other for other in facts if other.sentence == fact.sentence] for fact in facts]
        told = max(map(_merged, sentences), key=len, default=[])
    return sorted(told, key=lambda fact: fact.start)


def _merged(facts: Sequence[Fact]) -> list[Fact]:
    kept: list[Fact] = []
    for fact in sorted(facts, key=_precision):
        if not any(_same_measurement(fact, other) for other in kept):
            kept.append(fact)
    return kept


def _precision(fact: Fact) -> tuple[bool, bool, str, int]:
    """Results printed with their reference range first (tables), then those with a clock time."""
    return (fact.reference is None, not (fact.time and "T" in fact.time), fact.time or "", fact.start)


def _same_measurement(fact: Fact, other: Fact) -> bool:
    """Whether one quotes the other: the same value (to the digits printed) at the same time, or later in words."""
    if not same_value(fact, other):
        return False
    if fact.time is None or other.time is None:
        return True
    if "T" in fact.time and "T" in other.time:
        return fact.time == other.time
    days = days_between(other.time, fact.time)
    return days is not None and (days == 0 or ("T" in other.time and days >= -1))


def _trend(name: str, measured: Sequence[Fact], rules_dir: Path | None) -> Trend:
    analyte = catalogue(rules_dir).get(name)
    points = tuple(
        TrendPoint(
            time=fact.time, value=float(fact.value), page=fact.page, flag=fact.flag, start=fact.start, end=fact.end
        )
        for fact in measured
    )
    first, last = points[0].value, points[-1].value
    percent = None if first == 0 else round((last - first) / abs(first) * 100, 1)
    threshold = analyte.change_threshold if last > first else analyte.fall_threshold
    moved = abs(percent) >= threshold if percent is not None else last != first
    return Trend(
        name=name,
        display=measured[-1].display,
        unit=measured[-1].unit,
        points=points,
        first=first,
        last=last,
        change=round(last - first, 6),
        change_pct=percent,
        direction=("up" if last > first else "down") if moved else "stable",
        reference=next((fact.reference for fact in reversed(measured) if fact.reference), None),
    )
