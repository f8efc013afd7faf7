"""Diagnoses, operations, transfusions, blood types, conclusions and habits: traps that the gold does not hold."""

import pytest

from emr_rerank.findings import Diagnosis, Fact, Habit, Procedure
from tests.facts.one_sentence import facts_of, record_of, table_of


def of(text: str, section: str = "progress_note", kind: str = "diagnosis", language: str = "zh") -> list[Fact]:
    return [fact for fact in facts_of(record_of([text], section=section, language=language)) if fact.kind == kind]


def test_a_list_goes_on_in_the_next_sentences() -> None:
    record = record_of(["初步诊断：肺炎；", "高血压病3级；", "低钾血症。"], section="admission_diagnosis")
    made = [fact.details for fact in facts_of(record) if fact.kind == "diagnosis"]
    assert [each.rank for each in made if isinstance(each, Diagnosis)] == [1, 2, 3]


def test_a_list_left_open_in_a_note() -> None:
    record = record_of(["目前诊断：慢性肾脏病4期；", "高血压病3级；", "患者无不适。"], section="stage_summary")
    assert [fact.display for fact in facts_of(record) if fact.kind == "diagnosis"] == ["慢性肾脏病4期", "高血压病3级"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1.2型糖尿病 2.T12椎体压缩性骨折", ["2型糖尿病", "T12椎体压缩性骨折"]),
        ("抑郁发作，重度，不伴精神病性症状", ["抑郁发作，重度，不伴精神病性症状"]),
        ("社区获得性肺炎、Ⅰ型呼吸衰竭", ["社区获得性肺炎", "Ⅰ型呼吸衰竭"]),
        ("医院病历专用章 医师签名：甲", []),
        ("胸椎压缩性骨折 T12", ["胸椎压缩性骨折 T12"]),
    ],
)
def test_items(text: str, names: list[str]) -> None:
    assert [fact.display for fact in of(text, "admission_diagnosis")] == names


@pytest.mark.parametrize(
    "text",
    ["以优质蛋白为主，热量30kcal/kg。", "起病以来精神差。", "今日为明确诊治来我院。", "需与肺结核鉴别。"],
)
def test_told_nothing(text: str) -> None:
    assert not of(text, "present_illness")


def test_an_icd_code_names_the_diagnosis() -> None:
    (fact,) = of("1.急性前壁心肌梗死 I21.0", "discharge_diagnosis")
    assert (fact.name, fact.display) == ("I21.0", "急性前壁心肌梗死")


@pytest.mark.parametrize(
    ("text", "section", "status", "assertion"),
    [
        ("完善术前准备后于2026年3月4日行左侧人工股骨头置换术。", "hospital_course", "done", "present"),
        ("择期行腹腔镜胆囊切除术。", "ward_round", "planned", "present"),
        ("既往剖宫产术1次。", "past_history", "done", "historical"),
        ("未行血液透析。", "hospital_course", "done", "absent"),
    ],
)
def test_operations(text: str, section: str, status: str, assertion: str) -> None:
    (fact,) = of(text, section, "procedure")
    assert isinstance(fact.details, Procedure)
    assert (fact.details.status, fact.assertion) == (status, assertion)


def test_a_form_tells_date_anaesthesia_and_healing_in_other_rows() -> None:
    rows = [
        ["手术名称", "左侧人工股骨头置换术", "麻醉方式", "腰硬联合麻醉"],
        ["手术日期", "2026-03-04", "切口愈合", "Ⅰ/甲"],
    ]
    record = table_of(["姓名", "甲", "性别", "女"], rows)
    sentences = [each.model_copy(update={"section_code": "operation_note"}) for each in record.sentences]
    facts = facts_of(record.model_copy(update={"sentences": tuple(sentences)}))
    (fact,) = [fact for fact in facts if fact.kind == "procedure"]
    assert fact.time == "2026-03-04"
    assert fact.value == "左侧人工股骨头置换术; 腰硬联合麻醉; Ⅰ/甲"


@pytest.mark.parametrize("text", ["B型利钠肽升高。", "乙型肝炎，2型糖尿病。", "A型流感。", "Rh阳性菌落。"])
def test_no_blood_type(text: str) -> None:
    assert not [fact for fact in of(text, kind="lab") if fact.name == "abo_group"]


def test_a_transfusion_list_tells_product_amount_and_day() -> None:
    header = ["输血日期", "血液成分", "血型", "数量", "输血反应"]
    rows = [["2026-03-04", "悬浮红细胞", "B型Rh(+)", "2U", "无"], ["2026-03-05", "新鲜冰冻血浆", "B型", "400ml", "无"]]
    record = table_of(header, rows)
    sentences = [each.model_copy(update={"section_code": "blood_transfusion"}) for each in record.sentences]
    facts = facts_of(record.model_copy(update={"sentences": tuple(sentences)}))
    given = [(fact.value, fact.time) for fact in facts if fact.name == "transfusion"]
    assert given == [("red_cells 2 U", "2026-03-04"), ("plasma 400 mL", "2026-03-05")]
    assert {(fact.name, fact.value, fact.time) for fact in facts if fact.kind == "lab"} == {
        ("abo_group", "B", "2026-03-04"), ("rh_d", "positive", "2026-03-04")
    }  # fmt: skip


def test_a_relative_has_a_blood_type_too() -> None:
    (fact,) = [fact for fact in of("母亲血型O型。", "family_history", "lab") if fact.name == "abo_group"]
    assert (fact.assertion, fact.time) == ("family", None)


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("输血前四项阴性。", "progress_note"),
        ("输血可能发生过敏反应。", "informed_consent"),
        ("血小板267×10^9/L。", "progress_note"),
    ],
)
def test_no_transfusion(text: str, section: str) -> None:
    assert not [fact for fact in of(text, section, "procedure") if fact.name == "transfusion"]


@pytest.mark.parametrize(
    ("text", "section", "conclusion"),
    [
        ("急诊ECG示V1-V4 ST段抬高，hs-cTnI 0.86ng/mL，BP 98/60mmHg。", "present_illness", "V1-V4 ST段抬高"),
        ("心电图：窦性心律，心率98次/分，右束支阻滞。", "progress_note", "窦性心律，心率98次/分，右束支阻滞"),
        ("CT showed a left stone, and he underwent stenting.", "hospital_course", "a left stone"),
        ("胸部CT：右肺下叶结节，大小约12mm。", "progress_note", "右肺下叶结节，大小约12mm"),
        ("诊断意见：1.乙状结肠占位，考虑癌。", "imaging_report", "乙状结肠占位，考虑癌"),
        ("诊断意见：1.5cm结节。", "imaging_report", "1.5cm结节"),
    ],
)  # fmt: skip
def test_a_conclusion_ends_where_another_matter_begins(text: str, section: str, conclusion: str) -> None:
    facts = of(text, section, "procedure")
    assert [fact.value for fact in facts if fact.details and fact.details.type == "examination"] == [conclusion]


@pytest.mark.parametrize("text", ["完善胸部CT、心电图检查。", "CT检查结果暂未回报。", "拟行胃镜检查。", "报告医师：甲"])
def test_no_conclusion(text: str) -> None:
    facts = of(text, "auxiliary_exam", "procedure")
    assert not [fact for fact in facts if isinstance(fact.details, Procedure) and fact.details.type == "examination"]


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("饮酒后呕吐。", "present_illness"),
        ("嘱戒烟酒。", "discharge_orders"),
        ("酒精擦浴降温。", "nursing_record"),
        ("He is eating and drinking well.", "progress_note"),
        ("Unknown history of tobacco use.", "personal_history"),
    ],
)
def test_no_habit(text: str, section: str) -> None:
    assert not [fact for fact in of(text, section) if isinstance(fact.details, Habit)]


@pytest.mark.parametrize(
    ("text", "habit"),
    [
        ("吸烟二三十年，戒烟三四年。", Habit(years=20, quit="3-4 years")),
        ("吸烟三十年，戒烟十五六年。", Habit(years=30, quit="15-16 years")),
        ("饮酒十年，每日白酒二三两。", Habit(amount="100-150 mL/day", years=10)),
        ("吸烟三十年，每日一半包。", Habit(years=30)),
    ],
)
def test_a_range_in_words(text: str, habit: Habit) -> None:
    assert [fact.details for fact in of(text, "personal_history")] == [habit]


def test_typed_habit() -> None:
    (fact,) = of("吸烟30年，20支/日，已戒5年。", "personal_history")
    assert fact.details == Habit(amount="20/day", years=30, quit="5 years")


@pytest.mark.parametrize(
    ("text", "section", "language"),
    [
        ("否认输血史。", "past_history", "zh"),
        ("术中未输血。", "operation_note", "zh"),
        ("否认高血压、糖尿病史。", "past_history", "zh"),
        ("拒绝行肾穿刺活检术。", "progress_note", "zh"),
        ("否认服用阿司匹林。", "past_history", "zh"),
        ("No transfusion was required.", "hospital_course", "en"),
        ("无烟酒嗜好。", "personal_history", "zh"),
        ("No hypertension.", "past_history", "en"),
    ],
)
def test_a_value_read_alone_never_claims_what_is_denied(text: str, section: str, language: str) -> None:
    facts = facts_of(record_of([text], section=section, language=language))
    assert facts
    assert {fact.value for fact in facts} <= {"absent", "none"}


def test_a_value_read_alone_never_claims_what_is_only_possible_or_planned() -> None:
    (possible,) = of("肺栓塞？", "admission_diagnosis")
    (planned,) = of("拟施手术：左侧人工股骨头置换术。", "preoperative_summary", "procedure")
    (avoided,) = of("禁用布洛芬0.3g。", "discharge_orders", "medication")
    assert (possible.value, planned.value, avoided.value) == ("肺栓塞？", "左侧人工股骨头置换术; planned", "avoided")
