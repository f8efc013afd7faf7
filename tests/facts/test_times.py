"""When a value was measured, by the section that tells it."""

import pytest

from tests.facts.one_sentence import ADMISSION, facts_of, record_of

DOCUMENT = "2026-03-12T10:00"
DAY = "2026-03-12"


@pytest.mark.parametrize(
    ("section", "text", "time"),
    [
        ("progress_note", "血红蛋白68g/L", DAY),
        ("ward_round", "今晨血红蛋白68g/L", DAY),
        ("ward_round", "患者病情稳定，明日出院，血红蛋白68g/L", DAY),
        ("discharge_condition", "血红蛋白96g/L", DAY),
        ("discharge_summary", "血红蛋白68g/L", None),
        ("hospital_course", "血红蛋白68g/L", None),
        ("hospital_course", "血红蛋白68g/L，于3月5日输血", None),
        ("hospital_course", "3月5日血红蛋白76g/L", "2026-03-05"),
        ("hospital_course", "血红蛋白76g/L（2026-03-05）", "2026-03-05"),
        ("hospital_course", "入院时血红蛋白68g/L", ADMISSION),
        ("stage_summary", "血红蛋白68g/L", None),
        ("stage_summary", "今日血红蛋白68g/L", DAY),
        ("case_features", "血红蛋白68g/L", None),
        ("consultation", "血红蛋白68g/L", None),
        ("auxiliary_exam", "血红蛋白68g/L", None),
        ("present_illness", "血红蛋白68g/L", None),
        ("admission_condition", "血红蛋白68g/L", ADMISSION),
        ("admission_condition", "3月1日血红蛋白71g/L", "2026-03-01"),
        ("ward_round", "较3月5日好转，血红蛋白96g/L", DAY),
        ("ward_round", "拟3月14日复查，今日血红蛋白96g/L", DAY),
        ("hospital_course", "P 118次/分", None),
        ("admission_condition", "P 118次/分", ADMISSION),
        ("physical_exam", "P 118次/分", DAY),
    ],
)
def test_a_retelling_section_lends_no_date(section: str, text: str, time: str | None) -> None:
    (fact,) = facts_of(record_of([text], section=section, date=DOCUMENT))
    assert fact.time == time


@pytest.mark.parametrize("text", ["其父血糖15.1mmol/L", "母亲今日血压180/100mmHg"])
def test_a_relative_has_no_time_in_this_stay(text: str) -> None:
    (fact,) = facts_of(record_of([text], date=DOCUMENT))
    assert (fact.assertion, fact.time) == ("family", None)
    assert "other_person" in fact.notes


def test_an_allergy_keeps_the_date_of_its_statement() -> None:
    (fact,) = facts_of(record_of(["青霉素过敏。"], section="present_illness", date=DOCUMENT))
    assert fact.time == DOCUMENT


def test_what_an_older_discharge_note_retells_is_of_another_stay() -> None:
    (fact,) = facts_of(record_of(["血红蛋白68g/L"], section="hospital_course", date="2025-01-07"))
    assert fact.time is None
    assert "other_stay" in fact.notes


def test_days_after_an_operation_count_from_its_note() -> None:
    record = record_of(
        ["行右半结肠切除术。", "术后第2天血红蛋白96g/L。"], section="progress_note", dates=["2026-03-09", DOCUMENT]
    )
    operation = record.sections[0].model_copy(update={"code": "operation_note"})
    facts = facts_of(record.model_copy(update={"sections": (operation, record.sections[1])}))
    (fact,) = (each for each in facts if each.kind == "lab")
    assert fact.time == "2026-03-11"


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("血红蛋白由入院时的126g/L降至89g/L", [ADMISSION, DAY]),
        ("血红蛋白由3月5日126g/L降至3月8日89g/L", ["2026-03-05", "2026-03-08"]),
        ("3月5日血红蛋白由126g/L降至89g/L", [None, "2026-03-05"]),
        ("2025年10月外院血红蛋白126g/L，入院后复查89g/L", [None, DAY]),
    ],
)
def test_a_day_inside_a_change_is_the_older_value_s(text: str, times: list[str | None]) -> None:
    facts = facts_of(record_of([text], section="progress_note", date=DOCUMENT))
    assert [fact.time for fact in facts] == times
