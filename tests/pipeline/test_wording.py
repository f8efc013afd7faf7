"""What an answer says, in the language of the question."""

import pytest

from emr_rerank.findings import Conflict, Evidence, Fact, Question, Trend, TrendPoint
from emr_rerank.pipeline.wording import word_answer


def fact(value: float | str, time: str | None, *, name: str = "creatinine", unit: str | None = "umol/L") -> Fact:
    return Fact.model_validate(
        {
            "kind": "lab",
            "name": name,
            "display": "肌酐",
            "value": value,
            "unit": unit,
            "time": time,
            "page": 4,
            "evidence": 1,
            "start": 0,
            "end": 1,
            "sentence": 0,
            "text": str(value),
        }
    )


def shown(rank: int, section: tuple[str, ...], page: int, date: str | None) -> Evidence:
    return Evidence(
        rank=rank,
        score=0.9,
        text="t",
        section=section,
        section_code="other",
        page=page,
        bbox=(0, 0, 1, 1),
        start=0,
        end=1,
        date=date,
        sentence=rank,
    )


def trend(*values: float, direction: str, change_pct: float) -> Trend:
    points = tuple(
        TrendPoint(time=f"2026-03-0{day}", value=value, page=day, start=0, end=1)
        for day, value in enumerate(values, start=2)
    )
    return Trend.model_validate(
        {
            "name": "creatinine",
            "display": "肌酐",
            "unit": "umol/L",
            "points": points,
            "first": values[0],
            "last": values[-1],
            "change": values[-1] - values[0],
            "change_pct": change_pct,
            "direction": direction,
        }
    )


ZH = Question(text="肌酐有何变化", language="zh", analytes=("creatinine",), shape="change")
EN = ZH.model_copy(update={"text": "creatinine change", "language": "en"})


def test_a_change_names_both_ends_and_what_lies_between() -> None:
    rising = trend(72, 150, 108, direction="up", change_pct=50.0)
    told = word_answer(ZH, "answered", (), (fact(108, None),), (rising,), (), None)
    assert told.startswith("肌酐由72升至108 umol/L（+50 %），2026-03-02 第2页 → 2026-03-04 第4页，共3次结果。")
    assert told.endswith("其间最低72（2026-03-02，第2页），最高150（2026-03-03，第3页）。")
    falling = trend(108, 72, direction="down", change_pct=-33.3)
    told = word_answer(EN, "answered", (), (fact(72, None),), (falling,), (), None)
    assert told == "creatinine fell from 108 to 72 umol/L (-33.3 %), 2026-03-02 page 2 → 2026-03-03 page 3, 2 results."


def test_one_result_is_no_change() -> None:
    told = word_answer(ZH, "answered", (), (fact(72, "2026-03-02T06:10"),), (), (), None)
    assert "只有一次" in told and "72 umol/L（2026-03-02 06:10，第4页）" in told


def test_a_change_without_a_series_lists_what_was_measured() -> None:
    facts = [
        fact(value, time, name="weight", unit="kg").model_copy(update={"kind": "vital", "display": "体重"})
        for value, time in ((60.0, "2026-03-09"), (68.0, "2026-03-02"))
    ]
    told = word_answer(ZH, "answered", (), facts, (), (), None)
    assert told == "体重 68 kg（2026-03-02，第4页）。体重 60 kg（2026-03-09，第4页）。"


def test_at_admission_only_the_vital_signs_of_one_examination_are_told() -> None:
    question = ZH.model_copy(update={"shape": "value", "window": "admission"})
    signs = [
        fact(value, time, name=name, unit="/min").model_copy(update={"kind": "vital", "display": display})
        for value, time, name, display in (
            (108.0, "2026-03-02", "heart_rate", "心率"),
            (90.0, "2026-03-04T14:00", "pulse", "脉搏"),
        )
    ]
    assert word_answer(question, "answered", (), signs, (), (), None) == "心率 108 /min（2026-03-02，第4页）。"


def test_names_and_signs_are_told_in_the_language_of_the_question() -> None:
    positive = fact("positive", "2026-03-02", name="rh_d", unit=None)
    value = ZH.model_copy(update={"shape": "value"})
    assert "阳性（" in word_answer(value, "answered", (), (positive,), (), (), None)
    told = word_answer(value.model_copy(update={"language": "en"}), "answered", (), (positive,), (), (), None)
    assert "positive (2026-03-02" in told


def test_a_day_lists_all_its_values_in_order_of_time() -> None:
    question = ZH.model_copy(update={"shape": "value", "day": "2026-03-02"})
    facts = (fact(4.6, "2026-03-02T18:00"), fact(5.8, "2026-03-02T06:00"), fact(4.6, "2026-03-02T18:00"))
    told = word_answer(question, "answered", (), facts, (), (), None)
    assert told.index("5.8") < told.index("4.6") and told.count("4.6") == 1


def test_a_value_without_a_unit_leaves_no_gap() -> None:
    question = EN.model_copy(update={"shape": "value"})
    told = word_answer(question, "answered", (), (fact(7.08, None, unit=None),), (), (), None)
    assert told == "creatinine 7.08 (undated, page 4)."


@pytest.mark.parametrize(("question", "word"), [(ZH, "主管医师"), (EN, "treating physician")])
def test_nothing_found_sends_to_the_physician(question: Question, word: str) -> None:
    assert word in word_answer(question, "insufficient_evidence", (), (), (), (), None)


def test_a_contradiction_names_pages_sections_and_dates_of_both_sides() -> None:
    evidence = (
        shown(1, ("入院记录", "既往史"), 2, "2026-04-07"),
        shown(2, ("护理评估",), 5, None),
        shown(3, (), 9, None),
    )
    conflict = Conflict(about="allergy:penicillin", evidence=(1, 2))
    told = word_answer(ZH, "conflicting", evidence, (), (), (conflict,), None)
    assert "第2页（入院记录 › 既往史，2026-04-07）、第5页（护理评估）" in told
    assert "第9页" not in told


def test_what_changed_during_the_stay_is_told_behind_the_answer() -> None:
    changes = (("过敏史：头孢呋辛", "2026-06-05"),)
    told = word_answer(ZH, "answered", (shown(1, ("病程记录",), 4, "2026-06-08"),), (), (), (), None, changes)
    assert told.startswith("病历中的依据见第4页") and "过敏史：头孢呋辛在住院期间有改变：2026-06-05" in told
    assert "矛盾：" not in told
