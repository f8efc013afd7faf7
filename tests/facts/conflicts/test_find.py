"""Sentences that can't all be true, and those that can."""

import pytest

from emr_rerank.facts.conflicts.find import check_record, find_changes, find_conflicts
from tests.facts.one_sentence import evidence_of, record_of, table_of

CONFLICTS = [
    (["否认药物过敏史。", "青霉素过敏。"], [("allergy:penicillin", (1, 2))]),
    (["过敏史：无。", "患者对头孢过敏。"], [("allergy:cephalosporin", (1, 2))]),
    (["否认药物及食物过敏史。", "有海鲜过敏史。"], [("allergy:seafood", (1, 2))]),
    (["否认青霉素过敏。", "青霉素皮试阳性。"], [("allergy:penicillin", (1, 2))]),
    (["No known drug allergies.", "Allergic to penicillin."], [("allergy:penicillin", (1, 2))]),
    (["否认头孢类药物过敏。", "对头孢曲松过敏。"], [("allergy:ceftriaxone", (1, 2))]),
    (["否认阿莫西林过敏。", "青霉素过敏。"], [("allergy:penicillin", (1, 2))]),
    (["否认药物过敏史。", "对奥硝唑过敏。"], [("allergy:奥硝唑", (1, 2))]),
    (["血型：A型 RhD阳性。", "血型鉴定：B型。"], [("blood_type", (1, 2))]),
    (["Blood type: A positive.", "Blood group O."], [("blood_type", (1, 2))]),
    (["否认吸烟史。", "吸烟30年，每日20支。"], [("smoking", (1, 2))]),
    (["2026-03-03 06:10血钾3.1mmol/L", "2026-03-03 06:10血钾5.1mmol/L"], [("lab:potassium", (1, 2))]),
    (["今晨肌酐180μmol/L", "今晨肌酐108μmol/L"], [("lab:creatinine", (1, 2))]),
    (["This morning creatinine 180 umol/L", "This morning creatinine 108 umol/L"], [("lab:creatinine", (1, 2))]),
    (["药物过敏： 无 血型： B型", "青霉素过敏（皮疹）。"], [("allergy:penicillin", (1, 2))]),
    (["药物过敏： 无 血型： B型", "ABO血型：A型"], [("blood_type", (1, 2))]),
]
AGREEMENTS = [
    ["否认药物过敏史。", "无药物过敏史。"],
    ["青霉素过敏。", "对青霉素过敏。"],
    ["否认食物过敏史。", "青霉素过敏。"],
    ["否认青霉素过敏。", "对头孢曲松过敏。"],
    ["否认药物过敏史。", "对紫外线过敏。"],
    ["有青霉素过敏史，否认其他药物过敏史。", "对青霉素过敏。"],
    ["否认药物过敏史。", "青霉素皮试阴性。"],
    ["否认药物过敏史。", "其父对青霉素过敏。"],
    ["血型：A型。", "血型A型，RhD阳性。"],
    ["输注B型悬浮红细胞2单位。", "血型：AB型。"],
    ["右肺结节。", "左肺结节。"],
    ["双侧腹股沟疝修补术。", "右侧腹股沟疝修补术。"],
    ["3月3日血钾3.1mmol/L", "3月5日血钾5.1mmol/L"],
    ["3月3日血糖7.1mmol/L", "3月3日血糖11.1mmol/L"],
    ["2026-03-03 06:10血钾3.1mmol/L", "2026-03-03 06:10血钾3.10mmol/L"],
    ["肌酐由72升至108μmol/L"],
    ["今晨肌酐180μmol/L", "今晨复查肌酐108μmol/L"],
    ["今晨空腹血糖7.1mmol/L", "今晨血糖11.1mmol/L"],
    ["今日肌酐180μmol/L", "今日肌酐108μmol/L"],
    ["今晨肌酐180μmol/L", "今日肌酐108μmol/L"],
    ["今晨肌酐180μmol/L", "2026-03-05 06:10肌酐108μmol/L"],
    ["今晨肌酐108μmol/L", "今晨肌酐108.3μmol/L"],
    ["其母今晨肌酐180μmol/L", "今晨肌酐108μmol/L"],
    ["否认吸烟史。", "其父吸烟30年。"],
    ["吸烟30年。", "每日20支，已戒烟。"],
]


@pytest.mark.parametrize(("sentences", "expected"), CONFLICTS, ids=[row[0][0][:20] for row in CONFLICTS])
def test_contradictions(sentences: list[str], expected: list[tuple[str, tuple[int, ...]]]) -> None:
    record = record_of(sentences, section="past_history")
    assert [(each.about, each.evidence) for each in find_conflicts(record, evidence_of(record))] == expected


@pytest.mark.parametrize("sentences", AGREEMENTS, ids=[row[0][:20] for row in AGREEMENTS])
def test_no_contradiction(sentences: list[str]) -> None:
    record = record_of(sentences)
    assert find_conflicts(record, evidence_of(record)) == ()


def test_one_morning_of_two_days_is_no_contradiction() -> None:
    record = record_of(["今晨肌酐180μmol/L", "今晨肌酐108μmol/L"], dates=["2026-03-05", "2026-03-06"])
    assert find_conflicts(record, evidence_of(record)) == ()


def test_a_copied_sentence_is_no_second_witness() -> None:
    record = record_of(["否认药物过敏史。", "否认药物过敏史。", "青霉素过敏。"])
    assert [each.evidence for each in find_conflicts(record, evidence_of(record))] == [(1, 3)]


def test_a_series_in_a_table_is_no_contradiction() -> None:
    header = ("采集时间", "项目", "结果", "单位")
    record = table_of(
        header, [["2026-03-02 08:00", "肌酐", "72", "μmol/L"], ["2026-03-05 06:10", "肌酐", "108", "μmol/L"]]
    )
    assert find_conflicts(record, evidence_of(record)) == ()


REACTION = "今日静滴头孢曲松后出现皮疹，考虑头孢曲松过敏，予停用。"
STATEMENT = "患者对头孢曲松过敏。"
DENIAL = "否认药物过敏史。"
CHANGES = [
    ([DENIAL, REACTION, STATEMENT], ["2026-03-02", "2026-03-05", "2026-03-06"], []),
    ([DENIAL, "今日静滴头孢曲松后出现皮疹，诊断头孢曲松过敏。"], ["2026-03-02", "2026-03-05"], []),
    ([DENIAL, REACTION, STATEMENT], ["2026-03-02", "2026-03-05", "2026-03-02"], [(1, 3)]),
    ([STATEMENT, REACTION, DENIAL], ["2026-03-06", "2026-03-05", "2026-03-08"], [(1, 2, 3)]),
    ([DENIAL, REACTION, STATEMENT], [None, "2026-03-05", "2026-03-06"], [(1, 2, 3)]),
    ([DENIAL, f"既往{REACTION[2:]}", STATEMENT], ["2026-03-02", "2026-03-05", "2026-03-06"], [(1, 2, 3)]),
    ([DENIAL, REACTION.replace("头孢曲松", "青霉素"), STATEMENT], ["2026-03-02", "2026-03-05", "2026-03-06"], [(1, 3)]),
    ([DENIAL, STATEMENT], ["2026-03-02", "2026-03-06"], [(1, 2)]),
]


@pytest.mark.parametrize(("sentences", "days", "expected"), CHANGES)
def test_an_allergy_found_during_the_stay_is_a_change_only_when_dates_prove_it(
    sentences: list[str], days: list[str | None], expected: list[tuple[int, int]]
) -> None:
    record = record_of(sentences, dates=days)
    assert [each.evidence for each in find_conflicts(record, evidence_of(record))] == expected


def test_a_change_is_told_by_its_day_with_what_was_said_before_and_since() -> None:
    record = record_of([DENIAL, REACTION, STATEMENT], dates=["2026-03-02", "2026-03-05", "2026-03-06"])
    check = check_record(record)
    assert check.conflicts == ()
    assert [(each.about, each.date) for each in check.changes] == [("allergy:ceftriaxone", "2026-03-05")]
    sides = {side.value: [piece.text for piece in side.evidence] for side in check.changes[0].sides}
    assert sides == {"present": [REACTION, STATEMENT], "absent": [DENIAL]}


def test_a_change_within_the_evidence_of_an_answer_has_a_name_and_a_day() -> None:
    record = record_of([DENIAL, REACTION, STATEMENT], dates=["2026-03-02", "2026-03-05", "2026-03-06"])
    evidence = evidence_of(record)
    assert find_changes(record, evidence, "zh") == (("过敏史：头孢曲松", "2026-03-05"),)
    assert find_changes(record, evidence[1:], "zh") == ()


def test_an_allergy_known_all_along_is_a_contradiction_and_no_change() -> None:
    check = check_record(record_of([DENIAL, STATEMENT], dates=["2026-03-02", "2026-03-06"]))
    assert [each.about for each in check.conflicts] == ["allergy:ceftriaxone"]
    assert check.changes == ()


def test_citations_are_slices_of_the_record() -> None:
    record = record_of([DENIAL, STATEMENT])
    pieces = [piece for each in check_record(record).conflicts for side in each.sides for piece in side.evidence]
    assert len(pieces) == 2
    assert all(record.text[piece.start : piece.end] == piece.text for piece in pieces)


QUOTED = [
    ("2026-03-05查肌酐180μmol/L。", True),
    ("3月5日肌酐180μmol/L，较前升高。", True),
    ("2026-03-05查肌酐108μmol/L。", False),
    ("2026-03-06查肌酐180μmol/L。", False),
    ("今日肌酐180μmol/L。", False),
    ("3月4日肌酐72μmol/L，3月5日肌酐180μmol/L。", False),
    ("2026-03-05外院查肌酐180μmol/L。", False),
]


@pytest.mark.parametrize(("quotation", "opposed"), QUOTED, ids=[row[0] for row in QUOTED])
def test_a_value_quoted_of_a_day_against_its_only_report(quotation: str, opposed: bool) -> None:
    header = ("采集时间", "项目", "结果", "单位")
    table = table_of(header, [["2026-03-05 06:10", "肌酐", "108", "μmol/L"]])
    prose = record_of([table.sentences[0].text, quotation])
    sentences = (table.sentences[0], prose.sentences[1])
    record = prose.model_copy(update={"tables": table.tables, "sentences": sentences})
    assert [each.about for each in check_record(record).conflicts] == (["lab:creatinine"] if opposed else [])


def test_a_contradiction_is_called_by_its_name_in_the_records_language() -> None:
    for sentences, language, label in (
        (["否认药物过敏史。", "青霉素过敏。"], "zh", "过敏史：青霉素"),
        (["Blood type: A positive.", "Blood group O."], "en", "ABO blood type"),
    ):
        record = record_of(sentences, language=language)
        (conflict,) = find_conflicts(record, evidence_of(record))
        assert conflict.label == label
        assert set(conflict.model_dump()) == {"about", "evidence"}
