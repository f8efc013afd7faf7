"""Which sentences become evidence: typed witnesses, refusals, orders."""

from collections.abc import Sequence

import pytest

from emr_rerank.evidence.choice import TYPED_FLOOR, Choice, Chooser
from emr_rerank.evidence.understand import understand
from emr_rerank.findings import Fact
from emr_rerank.record import Assertion, RowRef, Sentence
from emr_rerank.settings import Settings

SETTINGS = Settings()


def sentence(
    index: int, text: str, code: str = "progress_note", date: str | None = None, row: bool = False
) -> Sentence:
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
        row=RowRef(table=0, row=index) if row else None,
    )


def lab(
    index: int,
    value: float | str,
    time: str | None,
    name: str = "creatinine",
    notes: tuple[str, ...] = (),
    assertion: Assertion = "present",
) -> Fact:
    return Fact(
        kind="lab",
        name=name,
        display=name,
        value=value,
        time=time,
        page=1,
        start=index * 100,
        end=index * 100 + 2,
        sentence=index,
        text=str(value),
        notes=notes,
        assertion=assertion,
    )


SERIES = [
    sentence(0, "肌酐\t72", "lab_report", "2026-03-02T08:00", row=True),
    sentence(1, "肌酐\t131", "lab_report", "2026-03-04T08:00", row=True),
    sentence(2, "肌酐\t96", "lab_report", "2026-03-08T08:00", row=True),
    sentence(3, "肌酐由72升至131μmol/L。", "progress_note", "2026-03-04"),
    sentence(4, "尿素\t8.1", "lab_report", "2026-03-04T08:00", row=True),
]
FACTS = [
    lab(0, 72.0, "2026-03-02T08:00"),
    lab(1, 131.0, "2026-03-04T08:00"),
    lab(2, 96.0, "2026-03-08T08:00"),
    lab(3, 72.0, None),
    lab(3, 131.0, "2026-03-04"),
    lab(4, 8.1, "2026-03-04T08:00", name="urea"),
]


def ask(
    question: str,
    sentences: Sequence[Sentence],
    scores: Sequence[float] | None = None,
    facts: Sequence[Fact] = (),
    assertions: Sequence[Assertion] | None = None,
    settings: Settings = SETTINGS,
) -> Choice:
    chooser = Chooser(understand(question), sentences, facts, assertions or ["present"] * len(sentences), settings)
    return chooser.choose(scores or [0.8] * len(sentences), settings.min_score)


def indices(choice: Choice) -> list[int]:
    return [item.sentence for item in choice.kept]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("肌酐最高是多少", [1]),
        ("肌酐最低是多少", [0]),
        ("肌酐较入院时有何变化", [2, 0, 3]),
        ("最近一次肌酐", [2]),
        ("首次肌酐", [0]),
        ("入院时肌酐多少", [0]),
        ("出院时肌酐多少", [2]),
        ("3月8日的肌酐", [2]),
        ("2026-03-04的肌酐", [1]),
        ("尿素多少", [4]),
        ("peak creatinine", [1]),
        ("latest creatinine", [2]),
    ],
)
def test_the_evidence_that_answers_the_shape_comes_first(question: str, first: list[int]) -> None:
    assert indices(ask(question, SERIES, facts=FACTS))[: len(first)] == first


def test_only_sentences_with_the_analyte_are_kept_however_high_the_others_score() -> None:
    choice = ask("肌酐多少", SERIES, [0.1, 0.1, 0.1, 0.1, 0.99], FACTS)
    assert set(indices(choice)) == {0, 1, 2, 3}
    assert all(item.score >= TYPED_FLOOR for item in choice.kept)
    assert [item.sentence for item in choice.rejected] == [4]
    assert choice.rejected[0].score < SETTINGS.min_score


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("糖化血红蛋白多少", FACTS),
        ("3月9日的肌酐是多少", FACTS),
        ("2025-03-04的肌酐", FACTS),
        ("出院后复查的肌酐是多少", FACTS),
        ("肌酐多少", [lab(0, 165.0, "2025-11-02", notes=("other_stay",))]),
        ("肌酐多少", [lab(0, 90.0, None, notes=("planned",))]),
        ("肌酐多少", [lab(0, 90.0, None, assertion="family")]),
        ("肌酐多少", [lab(0, 90.0, None, assertion="historical")]),
    ],
)
def test_a_value_the_record_lacks_is_refused(question: str, facts: list[Fact]) -> None:
    choice = ask(question, SERIES, [0.8] * 5, facts)
    assert choice.kept == ()
    assert len(choice.rejected) == SETTINGS.rejected
    assert all(item.score < SETTINGS.min_score for item in choice.rejected)


@pytest.mark.parametrize(("score", "kept"), [(0.8, []), (0.99, [0])])
def test_a_value_that_no_rule_can_read_is_doubted(score: float, kept: list[int]) -> None:
    told = sentence(0, "She had a CRP that was off the scale.", "progress_note")
    assert indices(ask("CRP?", [told], [score])) == kept


def test_an_earlier_stay_is_kept_when_asked_for() -> None:
    facts = [lab(0, 165.0, "2025-11-02", notes=("other_stay",))]
    assert indices(ask("上次住院肌酐多少", SERIES, facts=facts)) == [0]


def test_a_retold_value_has_no_time_of_its_own() -> None:
    told = sentence(5, "入院时肌酐72μmol/L。", "admission_condition", "2026-03-10")
    choice = ask("最近一次肌酐", [*SERIES, told], facts=[*FACTS, lab(5, 72.0, "2026-03-10")])
    assert indices(choice)[0] == 2


def test_several_analytes_each_come_early() -> None:
    rows = [sentence(i, f"钾\t{i}", "lab_report", f"2026-03-0{i + 1}", row=True) for i in range(6)]
    rows.append(sentence(6, "钠\t138", "lab_report", "2026-03-01", row=True))
    facts = [lab(i, float(i), f"2026-03-0{i + 1}", "potassium") for i in range(6)]
    choice = ask("血钾和血钠多少", rows, facts=[*facts, lab(6, 138.0, "2026-03-01", "sodium")])
    assert 6 in indices(choice)[:2]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("做过骨髓移植吗", "10年前行阑尾切除术。"),
        ("用过华法林吗", "阿司匹林 100mg qd"),
        ("有没有用过维莫非尼", "予头孢曲松抗感染。"),
        ("Was a colonoscopy done?", "胃镜示慢性胃炎。"),
    ],
)
def test_what_does_not_name_the_matter_needs_a_very_high_score(question: str, text: str) -> None:
    choice = ask(question, [sentence(0, text)], [0.8])
    assert choice.kept == () and len(choice.rejected) == 1


def test_a_denial_answers_a_yes_no_question() -> None:
    choice = ask("有胸痛吗", [sentence(0, "患者无胸痛。")], [0.8], assertions=["absent"])
    assert [item.assertion for item in choice.kept] == ["absent"]


@pytest.mark.parametrize("question", ["患者对什么药物过敏", "有没有药物过敏", "输了几个单位红细胞"])
def test_a_finding_comes_before_a_denial_where_it_answers_better(question: str) -> None:
    texts = ["无食物过敏，无输血史。", "磺胺类药物过敏，输血2U后。"]
    lines = [sentence(i, text, "past_history") for i, text in enumerate(texts)]
    assert indices(ask(question, lines, [0.95, 0.9], assertions=["absent", "present"])) == [1, 0]


def test_a_relative_is_not_the_patient() -> None:
    lines = [sentence(0, "父亲患2型糖尿病。", "family_history"), sentence(1, "否认糖尿病史。", "past_history")]
    assert indices(ask("有糖尿病吗", lines, [0.9, 0.8], assertions=["family", "absent"])) == [1]
    assert indices(ask("父亲有糖尿病吗", lines, [0.9, 0.8], assertions=["family", "absent"])) == [0]


def test_what_may_happen_is_no_finding() -> None:
    consent = sentence(0, "手术可能出现感染。", "informed_consent")
    plan = sentence(1, "若形成感染需切开引流。", "nursing_record")
    assert ask("有感染吗", [consent, plan], [0.99, 0.8], assertions=["conditional", "conditional"]).kept == ()


def test_a_plan_may_tell_what_was_done() -> None:
    told = sentence(0, "Intrathecal chemotherapy was given.", "treatment_plan")
    assert indices(ask("Was any chemotherapy given?", [told], [0.97])) == [0]


def test_a_day_without_the_event_is_refused() -> None:
    note = sentence(0, "今日行手术治疗。", date="2026-03-08")
    assert indices(ask("3月8日做了什么手术", [note])) == [0]
    assert ask("3月9日做了什么手术", [note]).kept == ()


def test_copies_do_not_fill_the_places() -> None:
    lines = [sentence(i, "否认药物过敏史。") for i in range(5)] + [sentence(5, "无青霉素过敏。")]
    assert indices(ask("有药物过敏吗", lines, [0.9] * 5 + [0.8])) == [0, 5]


def test_both_sides_of_a_contradiction_are_kept() -> None:
    lines = [sentence(i, f"第{i}次询问：否认药物过敏史。") for i in range(6)] + [
        sentence(6, "青霉素过敏，曾出现皮疹。")
    ]
    choice = ask("有药物过敏吗", lines, [0.95] * 6 + [0.7], assertions=["absent"] * 6 + ["present"])
    assert len(choice.kept) == SETTINGS.evidence
    assert {item.assertion for item in choice.kept} == {"absent", "present"}


def test_the_section_that_is_about_the_matter_comes_first_among_equals() -> None:
    lines = [
        sentence(0, "请如实说明药物过敏情况。", "nursing_record"),
        sentence(1, "否认药物过敏史。", "allergy_history"),
    ]
    assert indices(ask("有药物过敏吗", lines, [0.9, 0.9]))[0] == 1


@pytest.mark.parametrize("score", [0.64, 0.2, 0.01])
def test_below_the_threshold_nothing_is_kept(score: float) -> None:
    choice = ask("胸痛像针扎一样吗", [sentence(0, "患者无胸痛。")], [score])
    assert choice.kept == ()
    assert choice.rejected[0].score == pytest.approx(score)


def test_what_may_happen_is_no_finding_even_where_findings_stand() -> None:
    line = sentence(0, "若降钙素原继续升高，考虑调整治疗。", "progress_note")
    assert indices(ask("降钙素原是多少？", [line], [0.99], assertions=["conditional"])) == []


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("以前诊断过肝硬化没有", "既往肝硬化史。"),
        ("盗汗有没有好转", "患者盗汗较前明显减轻。"),
        ("医嘱里有没有甘露醇", "予甘露醇125ml q8h静滴。"),
    ],
)
def test_beside_a_thing_a_section_only_says_where(question: str, text: str) -> None:
    assert indices(ask(question, [sentence(0, text, "progress_note")], [0.9])) == [0]


@pytest.mark.parametrize("question", ["以前诊断过肝硬化没有", "医嘱里有没有甘露醇"])
def test_the_thing_itself_must_be_named(question: str) -> None:
    assert indices(ask(question, [sentence(0, "诊断明确，遵医嘱治疗。", "progress_note")], [0.8])) == []


def test_discharge_drugs_are_no_mere_place() -> None:
    assert indices(ask("出院带药有阿司匹林吗", [sentence(0, "予阿司匹林口服。", "progress_note")], [0.9])) == []


def test_sizes_ranks_and_offsets() -> None:
    lines = [sentence(i, f"胸痛第{i}次。") for i in range(12)]
    settings = Settings(evidence=3, rejected=2)
    choice = ask("胸痛像针扎一样吗", lines, [0.9] * 6 + [0.3] * 6, settings=settings)
    assert [item.rank for item in choice.kept] == [1, 2, 3]
    assert [item.rank for item in choice.rejected] == [1, 2]
    assert all(item.end - item.start == len(item.text) for item in choice.kept)


def test_no_candidates_no_evidence() -> None:
    assert ask("有胸痛吗", []) == Choice()


def test_a_stated_allergy_comes_before_a_denial_that_is_worded_like_the_question() -> None:
    lines = [
        sentence(0, "No food allergies.", "allergy_history"),
        sentence(1, "Trimethoprim - rash in 2019.", "allergy_history"),
    ]
    choice = ask("Any allergies?", lines, [0.9999, 0.7], assertions=["absent", "present"])
    assert indices(choice) == [1, 0]


def test_an_item_of_an_unrelated_list_is_no_answer() -> None:
    lines = [sentence(0, "Acne.", "past_history"), sentence(1, "1. Mitral valve prolapse.", "past_history")]
    assert indices(ask("Did the airbag go off in the crash?", lines, [0.8, 0.8])) == []
    assert indices(ask("Any murmur or valve problem?", lines, [0.8, 0.9])) == [1]


def test_a_date_asked_for_may_be_that_of_the_document() -> None:
    undated, dated = sentence(0, "He underwent a laminectomy."), sentence(1, "Laminectomy done.", date="2026-03-04")
    assert indices(ask("When was the laminectomy?", [undated, dated], [0.9, 0.9])) == [1]


def test_a_word_of_a_value_is_no_number() -> None:
    line = sentence(0, "She had an elevated white count.")
    assert indices(ask("Actual number of the white count?", [line], [0.9])) == []
    assert indices(ask("Is the white count elevated?", [line], [0.9])) == [0]


@pytest.mark.parametrize(
    "line", ["青禾市中心医院 出院专用章 医师签名：裴俊 / 卫长庚", "医师签名：裴俊", "Signed by: A. Harlow"]
)
@pytest.mark.parametrize(("question", "shown"), [("出院时带了哪些药？", [0]), ("出院带药是谁签名的", [0, 1])])
def test_a_signature_only_answers_who(line: str, question: str, shown: list[int]) -> None:
    lines = [sentence(0, "利伐沙班 10mg qd 口服", "discharge_medication"), sentence(1, line, "discharge_medication")]
    assert set(indices(ask(question, lines))) <= set(shown)
    assert (1 in indices(ask(question, lines))) == (1 in shown)


def test_another_drug_is_no_evidence_whatever_its_score() -> None:
    lines = [sentence(0, "阿司匹林 100mg qd", "orders"), sentence(1, "华法林 2.5mg qd", "orders")]
    assert indices(ask("用过华法林吗", lines, [0.99, 0.99])) == [1]
    assert indices(ask("用过华法林吗", lines[:1], [0.99])) == []
