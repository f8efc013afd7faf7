"""Facts → one series an analyte over the stay."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from emr_rerank.facts.kidney import kidney_injury
from emr_rerank.facts.labs import DIMENSIONLESS
from emr_rerank.facts.measurements import Measurement, contradictions, in_time_order, merged
from emr_rerank.facts.notes import IMPLAUSIBLE, OTHER_PERSON, OTHER_STAY, PLANNED, RETOLD, UNIT_MISSING, UNIT_UNEXPECTED
from emr_rerank.findings import ApartReason, ApartValue, Fact, Trend, TrendPoint
from emr_rerank.rules.analytes import Analyte, catalogue

_LEFT_OUT: dict[str, ApartReason] = {
    OTHER_PERSON: "other_person",
    OTHER_STAY: "other_stay",
    PLANNED: "planned",
    IMPLAUSIBLE: "implausible",
    UNIT_UNEXPECTED: "other_unit",
}


def build_trends(facts: Sequence[Fact], analytes: Sequence[str], rules_dir: Path | None = None) -> tuple[Trend, ...]:
    """The series of each analyte asked for that has at least two measurements, in the order asked.

    A series holds the patient's own values of this stay in one unit: the one that most of them are in. The quotation
    of a measurement is no measurement: prose that repeats a table's value is merged with it and cited beside it.
    `direction` compares last with first by the analyte's meaningful-change threshold (percent). What does not belong to
    the series (another stay, person or unit, a goal, an implausible value, no number) is listed in `apart`.
    """
    trends = []
    for name in dict.fromkeys(analytes):
        analyte = catalogue(rules_dir).get(name)
        named = [fact for fact in facts if fact.kind == "lab" and fact.name == name]
        unit = _unit(analyte, [fact for fact in named if _own(fact)])
        counted = [fact for fact in named if _own(fact) and _in_unit(fact, unit)]
        measured = _measurements(counted)
        if len(measured) >= 2:
            told = _with_quotes(measured, [fact for fact in named if _own(fact) and UNIT_MISSING in fact.notes])
            trends.append(_trend(analyte, unit, told, named))
    return tuple(trends)


def _own(fact: Fact) -> bool:
    """Whether the fact is a number measured of the patient in this stay."""
    return isinstance(fact.value, float) and fact.assertion == "present" and not _LEFT_OUT.keys() & set(fact.notes)


def _in_unit(fact: Fact, unit: str | None) -> bool:
    return fact.unit == unit or (fact.unit is None and unit in DIMENSIONLESS)


def _unit(analyte: Analyte, facts: Sequence[Fact]) -> str | None:
    """The unit that most values are in; of equals the analyte's normal one."""
    counts = Counter(fact.unit for fact in facts if fact.unit is not None)
    if not counts:
        return analyte.unit
    return max(counts, key=lambda unit: (counts[unit], unit == analyte.unit))


def _measurements(facts: Sequence[Fact]) -> list[Measurement]:
    """The measurements in time order, without the values that contradict each other at one time."""
    disputed = {(fact.start, fact.end) for pair in contradictions(facts) for fact in pair}
    settled = [fact for fact in facts if (fact.start, fact.end) not in disputed]
    dated = merged([fact for fact in settled if fact.time is not None])
    everything = merged(settled)
    if len(dated) >= 2 or len(dated) == len(everything):
        quoted = _with_quotes(dated, [fact for fact in settled if fact.time is None])
        order = in_time_order([each.fact for each in quoted])
        return [next(each for each in quoted if each.fact is fact) for fact in order]
    return _in_page_order(settled)


def _in_page_order(facts: Sequence[Fact]) -> list[Measurement]:
    """Values of which at most one is dated, in page order; retold ones only beside others of their sentence."""
    told = merged([fact for fact in facts if RETOLD not in fact.notes])
    if len(told) < 2:
        sentences = [[other for other in facts if other.sentence == fact.sentence] for fact in facts]
        told = max(map(merged, sentences), key=len, default=[])
    return sorted(told, key=lambda each: each.fact.start)


def _with_quotes(measured: Sequence[Measurement], quotes: Sequence[Fact]) -> list[Measurement]:
    """The measurements with the undated or unitless quotations of their values as further citations."""
    told = list(measured)
    for quote in quotes:
        place = next((place for place, each in enumerate(told) if each.quoted_by(quote)), None)
        if place is not None and quote.start not in {fact.start for fact in told[place].told_by}:
            told[place] = told[place].cited(quote)
    return told


def _trend(analyte: Analyte, unit: str | None, measured: Sequence[Measurement], named: Sequence[Fact]) -> Trend:
    points = tuple(_point(each) for each in measured)
    first, last = points[0].value, points[-1].value
    percent = None if first == 0 else round((last - first) / abs(first) * 100, 1)
    threshold = analyte.change_threshold if last > first else analyte.fall_threshold
    moved = abs(percent) >= threshold if percent is not None else last != first
    latest = measured[-1].fact
    return Trend(
        name=analyte.id,
        display=latest.display,
        unit=latest.unit,
        points=points,
        first=first,
        last=last,
        change=round(last - first, 6),
        change_pct=percent,
        direction=("up" if last > first else "down") if moved else "stable",
        reference=next((each.fact.reference for each in reversed(measured) if each.fact.reference), None),
        threshold=round(threshold, 1),
        threshold_source=analyte.change_source,
        apart=tuple(_apart(measured, unit, named)),
        kidney_injury=kidney_injury(points) if (analyte.id, unit) == ("creatinine", "umol/L") else None,
    )


def _point(measured: Measurement) -> TrendPoint:
    fact = measured.fact
    return TrendPoint(
        time=fact.time,
        value=float(fact.value),
        page=fact.page,
        flag=fact.flag,
        start=fact.start,
        end=fact.end,
        citations=measured.citations,
    )


def _apart(measured: Sequence[Measurement], unit: str | None, named: Sequence[Fact]) -> Iterator[ApartValue]:
    """The values that no measurement of the series tells, with the reason, in page order."""
    inside = {fact.start for each in measured for fact in each.told_by}
    for fact in sorted(named, key=lambda each: each.start):
        if fact.start not in inside:
            yield ApartValue(
                reason=_reason(fact, unit),
                value=fact.value,
                unit=fact.unit,
                time=fact.time,
                page=fact.page,
                start=fact.start,
                end=fact.end,
                text=fact.text,
            )


def _reason(fact: Fact, unit: str | None) -> ApartReason:
    if fact.assertion == "family":
        return "other_person"
    if fact.assertion == "conditional":
        return "planned"
    for note, reason in _LEFT_OUT.items():
        if note in fact.notes and not (note == IMPLAUSIBLE and fact.unit is None):  # 2.6 may be mg/dL
            return reason
    if isinstance(fact.value, str):
        return "not_a_number"
    if not _in_unit(fact, unit):
        return "unit_missing" if fact.unit is None else "other_unit"
    return "disputed"
