"""One analyte with two values at one time, and a value quoted of a day against that day's only report."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from emr_rerank.facts.conflicts.ground import Contradiction, Ground, contradiction
from emr_rerank.facts.measurements import contradictions, same_value
from emr_rerank.facts.notes import (
    IMPLAUSIBLE,
    OTHER_PERSON,
    OTHER_STAY,
    PLANNED,
    PREVIOUS,
    RETOLD,
    UNIT_MISSING,
    UNIT_UNEXPECTED,
)
from emr_rerank.findings import Fact
from emr_rerank.rules.conflicts import repeatable_analytes

_NOT_MEASURED = frozenset({OTHER_STAY, OTHER_PERSON, PLANNED, PREVIOUS, IMPLAUSIBLE, UNIT_MISSING, UNIT_UNEXPECTED})


def value_contradictions(ground: Ground) -> Iterator[Contradiction]:
    """Two values of one analyte for one moment, or a quotation that differs from the day's only printed report."""
    measured = [fact for fact in ground.facts if fact.kind == "lab" and not _NOT_MEASURED & set(fact.notes)]
    told: dict[tuple[str, str | None, str], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for fact, other in (*contradictions(measured), *_misquoted(ground, measured)):
        for each in (fact, other):
            told[fact.name, fact.time, fact.display][each.text].add(each.sentence)
    for (name, _, shown), values in told.items():
        yield contradiction(f"lab:{name}", values.items(), shown)


def _misquoted(ground: Ground, measured: Sequence[Fact]) -> Iterator[tuple[Fact, Fact]]:
    """(report, quotation) pairs of one day and analyte that disagree.

    The report is the only one of that analyte and day, and the quotation names the day in figures. Analytes that are
    also measured at the bedside several times a day (rules/conflicts.yaml: `repeatable`) are left out.
    """
    reports: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in measured:
        if fact.time and ground.record.sentences[fact.sentence].row is not None:
            reports[fact.name, fact.time[:10]].append(fact)
    repeatable = repeatable_analytes(ground.rules_dir)
    for fact in measured:
        if fact.name not in repeatable and isinstance(fact.value, float) and _names_its_day(fact, ground):
            same_day = reports.get((fact.name, (fact.time or "")[:10]), [])
            if len(same_day) == 1 and same_day[0].unit == fact.unit and not same_value(same_day[0], fact):
                yield same_day[0], fact


def _names_its_day(fact: Fact, ground: Ground) -> bool:
    """Whether it stands in running text that names its day in figures, and no other day."""
    sentence = ground.record.sentences[fact.sentence]
    if sentence.row is not None or fact.time is None or RETOLD in fact.notes:
        return False
    dates = ground.passage(sentence).dates
    return any(when.numeric for when in dates) and {(when.iso or "")[:10] for when in dates} == {fact.time[:10]}
