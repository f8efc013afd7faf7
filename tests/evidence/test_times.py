"""Years, months, points of the stay: which values and sentences belong to the time asked for."""

from collections.abc import Collection

import pytest

from emr_rerank.evidence.choice import Choice, Chooser
from emr_rerank.evidence.periods import fits, periods_in, resolved
from emr_rerank.evidence.times import AskedTime
from emr_rerank.evidence.understand import understand
from emr_rerank.findings import Fact, FactKind
from emr_rerank.record import Assertion, Sentence
from emr_rerank.settings import Settings

MIN_SCORE = Settings().min_score
STAY = ("2026-03-02T09:00", "2026-03-10")


def sentence(index: int, text: str, code: str = "progress_note", date: str | None = "2026-03-04") -> Sentence:
    return Sentence(
        index=index,
        start=index * 100,
        end=index * 100 + len(text),
        text=text,
        section_code=code,
        section_path=(code,),
        page=1,
        bbox=(0, 0, 1, 1),
        date=date,
    )


def fact(
    index: int,
    value: float | str,
    time: str | None = None,
    name: str = "creatinine",
    notes: tuple[str, ...] = (),
    kind: FactKind = "lab",
    assertion: Assertion = "present",
    offset: int = 10,
) -> Fact:
    return Fact(
        kind=kind, name=name, display=name, value=value, time=time, page=1, start=index * 100 + offset,
        end=index * 100 + offset + 2, sentence=index, text=str(value), notes=notes, assertion=assertion,
    )  # fmt: skip


def ask(question: str, sentences: list[Sentence], facts: list[Fact], denials: Collection[int] = ()) -> Choice:
    assertions: list[Assertion] = ["absent" if s.index in denials else "present" for s in sentences]
    chooser = Chooser(understand(question), sentences, facts, assertions, Settings(), STAY)
    return chooser.choose([0.8] * len(sentences), MIN_SCORE)


@pytest.mark.parametrize(
    ("question", "period"),
    [
        ("2024年血红蛋白多少", "2024"),
        ("2025年11月出院时肌酐", "2025-11"),
        ("去年白细胞多少", "-P1Y"),
        ("去年11月肌酐", "-P1Y-11"),
        ("5年前血红蛋白", "-P5Y"),
        ("三个月前肌酐", "-P3M"),
        ("What was the potassium in October 2024?", "2024-10"),
        ("creatinine in 2024", "2024"),
        ("creatinine on March 5, 2026", None),
        ("3月5日肌酐", None),
    ],
)
def test_the_period_asked(question: str, period: str | None) -> None:
    assert understand(question).period == period


@pytest.mark.parametrize("question", ["昨天肌酐多少", "2月30日的肌酐", "creatinine yesterday", "1", "？", "3天前肌酐"])
def test_what_no_record_can_tell_keeps_nothing(question: str) -> None:
    assert understand(question).unresolved
    assert ask(question, [sentence(0, "肌酐108μmol/L。")], [fact(0, 108.0, "2026-03-04")]).kept == ()


def test_periods_in_a_text_and_before_admission() -> None:
    assert periods_in("去年5月住院，2024年8月体检", "2026-03-02") == [(0, "2025-05"), (7, "2024-08")]
    assert resolved("-P3M", "2026-03-02") == "2025-12"
    assert resolved("-P3M", None) is None
    assert fits("2024-10-03", "--10") and not fits("2024-11-03", "2024-10") and not fits(None, "2024")


OLD = sentence(0, "2024年8月体检肌酐90，去年11月肌酐158。", "past_history", "2026-03-02")
NOW = sentence(1, "肌酐由108升至180μmol/L。")
PAIR = [
    fact(0, 90.0, notes=("other_stay",), offset=12),
    fact(0, 158.0, notes=("other_stay",), offset=23),
    fact(1, 108.0, notes=("previous",)),
    fact(1, 180.0, "2026-03-04"),
]


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("2024年肌酐多少", [90.0]),
        ("去年肌酐多少", [158.0]),
        ("2023年肌酐多少", []),
        ("入院前肌酐多少", [90.0, 158.0]),
        ("肌酐最高是多少", [180.0]),
        ("3月4日肌酐", [180.0]),
        ("肌酐多少", [180.0]),
        ("肌酐有何变化", [108.0, 180.0]),
        ("入院时肌酐", [180.0]),
        ("出院时肌酐", []),
        ("术前肌酐", []),
        ("父亲的肌酐", []),
    ],
)
def test_the_facts_that_answer(question: str, values: list[float]) -> None:
    choice = ask(question, [OLD, NOW], PAIR)
    assert [item.value for item in choice.facts] == values
    assert all(item.evidence == 1 for item in choice.facts)
    assert bool(choice.kept) == bool(values)


def test_values_round_an_operation() -> None:
    note = sentence(2, "手术经过顺利。", "operation_note", "2026-03-05")
    early, late = sentence(0, "肌酐90。", date="2026-03-03"), sentence(1, "肌酐120。", date="2026-03-06")
    facts = [fact(0, 90.0, "2026-03-03"), fact(1, 120.0, "2026-03-06")]
    for question, value in [("术前肌酐", 90.0), ("术后肌酐最高", 120.0), ("术后第1天肌酐", 120.0)]:
        assert [item.value for item in ask(question, [early, late, note], facts).facts] == [value]
    assert ask("术后第3天肌酐", [early, late, note], facts).kept == ()


def test_blood_pressures_compare_by_the_systolic_and_no_other_sign_is_given() -> None:
    lines = [sentence(0, "BP150/90mmHg，P80次/分。"), sentence(1, "BP98/60mmHg。"), sentence(2, "BP168/70mmHg。")]
    facts = [fact(i, value, "2026-03-04", "blood_pressure", kind="vital") for i, value in
             enumerate(["150/90", "98/60", "168/70"])]  # fmt: skip
    facts.append(fact(0, 80.0, "2026-03-04", "pulse", kind="vital"))
    assert [item.value for item in ask("血压最高多少", lines, facts).facts] == ["168/70", "150/90", "98/60"]
    assert ask("血压最低多少", lines, facts).facts[0].value == "98/60"


@pytest.mark.parametrize(
    ("question", "kept"),
    [("对青霉素过敏吗", [0]), ("对阿莫西林过敏吗", [0]), ("对头孢过敏吗", []), ("对磺胺过敏吗", [])],
)
def test_only_what_bears_on_the_allergen_is_kept(question: str, kept: list[int]) -> None:
    lines = [sentence(0, "青霉素过敏。", "allergy_history"), sentence(1, "否认食物过敏史。", "allergy_history")]
    facts = [
        fact(0, "present", name="penicillin", kind="allergy"),
        fact(1, "absent", name="food", kind="allergy", assertion="absent"),
    ]
    assert [item.sentence for item in ask(question, lines, facts, {1}).kept] == kept


def test_a_general_denial_bears_on_every_drug() -> None:
    lines = [sentence(0, "青霉素过敏。", "nursing_record"), sentence(1, "否认药物过敏史。", "allergy_history")]
    facts = [
        fact(0, "present", name="penicillin", kind="allergy"),
        fact(1, "absent", name="drug", kind="allergy", assertion="absent"),
    ]
    choice = ask("对头孢过敏吗", lines, facts, {1})
    assert [item.name for item in choice.facts] == ["drug"]


@pytest.mark.parametrize(
    ("question", "kept"),
    [("母亲有什么病", [1]), ("父亲有没有糖尿病", [0]), ("祖父有肾病吗", []), ("母亲有没有糖尿病", [])],
)
def test_the_relative_asked_for_is_named(question: str, kept: list[int]) -> None:
    lines = [sentence(0, "父亲患糖尿病。", "family_history"), sentence(1, "母亲患高血压。", "family_history")]
    assert [item.sentence for item in ask(question, lines, []).kept] == kept


def test_a_denial_for_the_whole_family_answers_for_each() -> None:
    assert ask("母亲有没有糖尿病", [sentence(0, "家族史无特殊。", "family_history")], [], {0}).kept


@pytest.mark.parametrize(
    ("question", "text", "kept"),
    [
        ("患者有双相情感障碍吗？", "抑郁发作，重度。", False),
        ("锂浓度是多少？", "体温36.5℃。", False),
        ("患者有系统性红斑狼疮吗", "患者有高血压。", False),
        ("Does she smoke?", "Never smoked.", True),
    ],
)
def test_what_must_be_named(question: str, text: str, kept: bool) -> None:
    assert bool(ask(question, [sentence(0, text)], []).kept) == kept


def test_who_leaves_has_been_operated() -> None:
    leaving = sentence(0, "诉切口无疼痛，无声音嘶哑，无饮水呛咳。", "discharge_condition")
    coming = sentence(1, "无声音嘶哑，无饮水呛咳。", "admission_condition")
    choice = ask("Croaky or gagging after surgery?", [leaving, coming], [], (0, 1))
    assert {item.sentence for item in choice.kept} == {0}


def test_an_examination_without_a_finding_may_answer_what_it_would_have_shown() -> None:
    lines = [sentence(0, "头颅、鼻骨CT：未见明显异常。", "auxiliary_exam"), sentence(1, "鼻骨压痛。", "physical_exam")]
    verdicts = Chooser(understand("鼻梁断没断"), lines, [], ["absent", "present"], Settings(), STAY).verdicts
    assert [verdict.doubts for verdict in verdicts] == [set(), {"nameless", "other_sign"}]


@pytest.mark.parametrize(
    ("question", "analyte"), [("钾最低是多少", "potassium"), ("最低血糖是多少", "glucose"), ("入院时钠", "sodium")]
)
def test_short_names_of_analytes(question: str, analyte: str) -> None:
    assert understand(question).analytes == (analyte,)


def test_a_plan_ranks_below_a_result() -> None:
    lines = [sentence(0, "拟今日行急诊胃镜。"), sentence(1, "胃镜示十二指肠球部溃疡。")]
    assert [item.sentence for item in ask("胃镜结果如何", lines, []).kept] == [1, 0]


def test_another_stay_proves_nothing_for_admission() -> None:
    time = AskedTime(understand("What were the ketones on admission?"), STAY)
    assert not time.holds_sentence(sentence(0, "October 2024 admission: ketones 5.1.", date=None))
    assert time.holds_sentence(sentence(1, "Ketones 6.4."))


TODAY_ASKED = ["Is the headache worse today?", "Any headache this morning?", "今天头痛吗", "今晨头痛吗"]


@pytest.mark.parametrize("question", TODAY_ASKED)
@pytest.mark.parametrize(
    ("dates", "kept"),
    [((None, None), True), (("2026-03-04", "2026-03-04"), True), (("2026-03-04", "2026-03-05"), False)],
)
def test_today_is_the_day_of_a_single_note(question: str, dates: tuple[str | None, str | None], kept: bool) -> None:
    lines = [sentence(0, "头痛明显，headache is bad.", date=dates[0]), sentence(1, "无咳嗽。", date=dates[1])]
    choice = Chooser(understand(question), lines, [], ["present", "absent"], Settings()).choose([0.9, 0.1], MIN_SCORE)
    assert [item.sentence for item in choice.kept] == ([0] if kept else [])


def test_a_value_of_another_day_is_none_of_today() -> None:
    lines = [sentence(0, "Potassium was 7.0 on 3/4/2008.", date=None), sentence(1, "Potassium 3.1.", date=None)]
    facts = [fact(0, 7.0, "2008-03-04", "potassium"), fact(1, 3.1, None, "potassium")]
    chooser = Chooser(understand("potassium today"), lines, facts, ["present"] * 2, Settings())
    choice = chooser.choose([0.9, 0.9], MIN_SCORE)
    assert [each.value for each in choice.facts] == [3.1]


def test_an_undated_examination_at_admission_tells_nothing_of_discharge() -> None:
    value = "体温36.7℃"
    at_admission = sentence(0, value, "physical_exam", None)
    at_discharge = at_admission.model_copy(update={"section_path": ("出院记录", "出院情况", "查体")})
    reading = fact(0, 36.7, None, "temperature", kind="vital")
    assert not ask("走的时候体温多少", [at_admission], [reading]).kept
    assert ask("走的时候体温多少", [at_discharge], [reading]).kept
    assert not ask("刚来时体温多少", [at_discharge], [reading]).kept


def test_one_value_shows_no_change() -> None:
    single = sentence(0, "血小板108×10^9/L")
    compared = sentence(0, "血小板升至108×10^9/L")
    reading = fact(0, 108.0, "2026-03-04", "platelet")
    assert not ask("血小板后来升上来没", [single], [reading]).kept
    assert ask("血小板后来升上来没", [compared], [reading]).kept
