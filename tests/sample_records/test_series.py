"""On every sample record the series of each analyte is the one that the generator printed."""

import json
from functools import cache
from pathlib import Path

import pytest

from emr_rerank import Record, read_record
from emr_rerank.facts.extract import extract_facts
from emr_rerank.facts.trends import build_trends
from emr_rerank.findings import Fact

SAMPLES = Path(__file__).resolve().parents[2] / "sample_records"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.json"))
TOLD_IN_WORDS_ONLY = {
    ("ketoacidosis-en", "glucose", "2026-02-09", 13.2, 3),
    ("pancreatitis-scan-zh", "calcium", "2026-04-21", 2.06, 2),
    ("pneumonia-zh", "glucose", "2026-01-16", 3.4, 4),
}
"""The patient's own results of this stay that a note tells and no report prints; the truth lists what reports print."""

Point = tuple[str | None, float | str, str | None, int]


@cache
def record(name: str) -> Record:
    return read_record(SAMPLES / f"{name}.pdf")


@cache
def facts(name: str) -> tuple[Fact, ...]:
    return extract_facts(record(name), record(name).sentences)


def truth(name: str) -> dict[str, list[Point]]:
    series = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))["series"]
    return {
        analyte: [(each["time"], each["value"], each["unit"], each["page"]) for each in points]
        for analyte, points in series.items()
    }


def found(name: str, analyte: str) -> list[Point]:
    """The points of the series, or the one result where there is no series."""
    trends = build_trends(facts(name), [analyte])
    if trends:
        unit = trends[0].unit
        return [(point.time, point.value, unit, point.page) for point in trends[0].points]
    results = [fact for fact in facts(name) if fact.kind == "lab" and fact.name == analyte and not fact.notes]
    return [(fact.time, fact.value, fact.unit, fact.page) for fact in results if "T" in (fact.time or "")]


@pytest.mark.slow
def test_the_series_are_those_that_were_printed() -> None:
    expected = {
        (name, analyte, *point) for name in NAMES for analyte, points in truth(name).items() for point in points
    }
    told = {(name, analyte, *point) for name in NAMES for analyte in truth(name) for point in found(name, analyte)}
    assert len(expected) > 700
    assert len(expected & told) / len(expected) >= 0.99, sorted(expected - told, key=str)
    beside = {(name, analyte, time, value, page) for name, analyte, time, value, _, page in told - expected}
    assert beside <= TOLD_IN_WORDS_ONLY, "a point that is not the patient's own of this stay"


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_place_that_tells_a_value_is_cited(name: str) -> None:
    for trend in build_trends(facts(name), list(truth(name))):
        cited = {citation.start for point in trend.points for citation in point.citations}
        apart = {each.start for each in trend.apart}
        everything = {fact.start for fact in facts(name) if fact.kind == "lab" and fact.name == trend.name}
        assert cited | apart == everything and not cited & apart
        for point in trend.points:
            assert point.citations[0].start == point.start
            for citation in point.citations:
                assert record(name).text[citation.start : citation.end] == citation.text
