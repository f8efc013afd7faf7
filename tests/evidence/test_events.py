"""Times told by events and operations: which value belongs to before, during and after."""

import pytest

from emr_rerank.evidence.events import EventTime, mentions, moments_of
from emr_rerank.evidence.operation_time import OperationTime, operation_day
from emr_rerank.evidence.understand import understand
from tests.evidence.test_times import ask, fact, sentence

TRANSFUSED = ("输血", "红细胞悬液")


@pytest.mark.parametrize(
    ("relation", "text", "value", "holds"),
    [
        ("after", "输血后血红蛋白94g/L。", "94", True),
        ("before", "输血后血红蛋白94g/L。", "94", False),
        ("before", "输血前血红蛋白62g/L。", "62", True),
        ("after", "输血前血红蛋白62g/L。", "62", False),
        ("before", "因血红蛋白78g/L，予输血。", "78", True),
        ("after", "因血红蛋白78g/L，予输血。", "78", False),
        ("after", "血红蛋白78g/L，输红细胞悬液2U后升至94g/L。", "94", True),
        ("after", "血红蛋白78g/L，输红细胞悬液2U后升至94g/L。", "78", False),
        ("during", "输血过程中血压96/60mmHg。", "96", True),
    ],
)
def test_what_the_sentence_itself_tells(relation: str, text: str, value: str, holds: bool) -> None:
    told = EventTime(TRANSFUSED, relation)  # type: ignore[arg-type]
    assert told.holds(sentence(0, text), None, text.index(value)) is holds


@pytest.mark.parametrize(
    ("relation", "when", "holds"),
    [
        ("after", "2026-03-05T15:00", True),
        ("after", "2026-03-05T06:00", False),
        ("after", "2026-03-05", True),
        ("after", "2026-03-04", False),
        ("before", "2026-03-05T06:00", True),
        ("before", "2026-03-06", False),
        ("during", "2026-03-05T23:00", True),
        ("during", "2026-03-06", False),
        ("around", "2026-03-01", True),
    ],
)
def test_what_the_clock_tells(relation: str, when: str, holds: bool) -> None:
    told = EventTime(TRANSFUSED, relation, ("2026-03-05T13:40",))  # type: ignore[arg-type]
    assert told.holds(sentence(0, "血红蛋白94g/L。"), when, 4) is holds


def test_the_surer_value_is_nearer() -> None:
    told = EventTime(TRANSFUSED, "after", ("2026-03-05T13:40",))
    row = sentence(0, "血红蛋白94g/L。")
    later, same_day, next_day = (
        told.distance(row, when, 4) for when in ("2026-03-08", "2026-03-05", "2026-03-06T06:00")
    )
    assert next_day < same_day < later


def test_where_an_event_did_not_happen() -> None:
    texts = {
        0: ("予输血2U。", "progress_note"),
        1: ("未输血。", "progress_note"),
        2: ("查输血前四项。", "progress_note"),
        3: ("可能需要输血。", "informed_consent"),
        4: ("否认输血史。", "past_history"),
        5: ("输血 2U", "orders"),
    }
    lines = [sentence(index, *told) for index, told in texts.items()]
    assert [line.index for line in mentions(lines, TRANSFUSED)] == [0]


def test_a_clock_time_says_more_than_its_day() -> None:
    lines = [
        sentence(i, "输血。", date=date) for i, date in enumerate(["2026-03-05", "2026-03-05T13:40", "2025-01-01"])
    ]
    assert moments_of(lines, "2026-03-02") == ("2026-03-05T13:40",)


def test_the_value_after_the_event_leads() -> None:
    lines = [
        sentence(0, "血红蛋白62g/L。", date="2026-03-04"),
        sentence(1, "予输血2U。", date="2026-03-05"),
        sentence(2, "输血后血红蛋白78g/L。", date="2026-03-06"),
        sentence(3, "血红蛋白90g/L。", date="2026-03-09"),
    ]
    facts = [
        fact(i, value, f"2026-03-0{day}", "hemoglobin") for i, value, day in [(0, 62.0, 4), (2, 78.0, 6), (3, 90.0, 9)]
    ]
    assert [item.value for item in ask("输血后血红蛋白多少", lines, facts).facts] == [78.0]


@pytest.mark.parametrize(
    ("asked", "text", "when", "holds"),
    [
        ("before", "血红蛋白108g/L。", "2026-03-04", True),
        ("before", "血红蛋白108g/L。", "2026-03-05", False),
        ("before", "术前血红蛋白108g/L。", None, True),
        ("after", "血红蛋白78g/L。", "2026-03-06", True),
        ("P1D", "血红蛋白78g/L。", "2026-03-06T06:00", True),
        ("P2D", "血红蛋白78g/L。", "2026-03-06T06:00", False),
        ("P1D", "术后第一天血红蛋白78g/L。", None, True),
        ("P0D", "手术当日血压132/74mmHg。", None, True),
        ("P0D", "血压132/74mmHg。", "2026-03-05", True),
        ("during", "术中出血约300ml。", None, True),
        ("during", "血压132/74mmHg。", "2026-03-05", False),
    ],
)
def test_round_an_operation(asked: str, text: str, when: str | None, holds: bool) -> None:
    assert OperationTime(asked, "2026-03-05").holds(sentence(0, text), when) is holds


def test_the_day_of_the_operation() -> None:
    told = sentence(0, "于2026-03-05在全麻下行胆囊切除术。", "hospital_course", "2026-03-05").model_copy(
        update={"date_rule": "dates.any.year_month_day"}
    )
    earlier = told.model_copy(update={"date": "2019-06-01"})
    assert operation_day([told, earlier], admission="2026-03-02") == "2026-03-05"
    note = sentence(1, "手术经过顺利。", "operation_note", "2026-03-06")
    assert operation_day([told, note], admission="2026-03-02") == "2026-03-06"
    assert operation_day([sentence(2, "择期手术。")]) is None


@pytest.mark.parametrize(
    ("question", "event", "relation"),
    [
        ("输血后血红蛋白多少", "输血", "after"),
        ("肌酐前后变化", None, None),
        ("术后第1天血钾", None, None),
        ("中风后落下什么毛病", "中风", "after"),
        ("BP during the stay", None, None),
    ],
)
def test_what_is_an_event(question: str, event: str | None, relation: str | None) -> None:
    asked = understand(question)
    assert (asked.event[0] if asked.event else None) == event
    assert asked.relation == relation
