"""Table rows → laboratory facts."""

import pytest

from emr_rerank.facts.printed_values import flag_by, read_reference
from tests.facts.one_sentence import facts_of, table_of

HEADER = ("序号", "项目名称", "缩写", "结果", "提示", "单位", "参考区间")
SHORT = ("项目", "结果", "单位", "参考值")
EN = ("Test", "Result", "Flag", "Units", "Reference range")
ROWS = [
    (HEADER, "2\t肌酐\tCr\t268\t↑\tμmol/L\t57～111", ("creatinine", 268.0, "umol/L", "H", (57.0, 111.0))),
    (HEADER, "3\t★钾\tK\t3.31\t↓\tmmol/L\t3.5--5.3", ("potassium", 3.31, "mmol/L", "L", (3.5, 5.3))),
    (HEADER, "4\t钠\tNa\t140\t\tmmol/L\t137-147", ("sodium", 140.0, "mmol/L", "N", (137.0, 147.0))),
    (HEADER, "5\tC反应蛋白(CRP)\t\t182.5\t\tmg/L\t<10", ("crp", 182.5, "mg/L", "H", (0.0, 10.0))),
    (HEADER, "6\t肾小球滤过率\teGFR\t42\t\tml/min/1.73m²\t≥90", ("egfr", 42.0, "mL/min/1.73m2", "L", (90.0, None))),
    (HEADER, "7\t降钙素原\tPCT\t<0.02\t\tng/mL\t0-0.05", ("procalcitonin", "<0.02", "ng/mL", None, (0.0, 0.05))),
    (HEADER, "8\t血小板压积\tPCT\t0.21\t\t%\t0.11-0.28", ("plateletcrit", 0.21, "%", "N", (0.11, 0.28))),
    (HEADER, "9\t中性粒细胞\tNEUT\t7.2\tH\t10^9/L\t1.8-6.3", ("neutrophil_count", 7.2, "10^9/L", "H", (1.8, 6.3))),
    (HEADER, "9\t中性粒细胞\tNEUT\t81.2\tH\t%\t40-75", ("neutrophil_percent", 81.2, "%", "H", (40.0, 75.0))),
    (HEADER, "10\t肌钙蛋白I\tcTnI\t>1000\t\tng/L\t0-26", ("troponin_i", ">1000", "ng/L", None, (0.0, 26.0))),
    (HEADER, "11\t乙肝表面抗原\tHBsAg\t阴性(-)\t\t\t阴性", ("hbsag", "阴性", None, None, None)),
    (HEADER, "12\t酸碱度\tpH\t7.31\t↓\t\t7.35-7.45", ("ph", 7.31, None, "L", (7.35, 7.45))),
    (HEADER, "13\t碱剩余\tBE\t-5.2\t↓\tmmol/L\t-3-3", ("base_excess", -5.2, "mmol/L", "L", (-3.0, 3.0))),
    (SHORT, "肌酐\t108↑\tμmol/L\t57-97", ("creatinine", 108.0, "umol/L", "H", (57.0, 97.0))),
    (SHORT, "肌酐(酶法)\t↑ 108\tumol/l\t57-97", ("creatinine", 108.0, "umol/L", "H", (57.0, 97.0))),
    (SHORT, "糖化血红蛋白\t6.8 % ↑\t\t4.0-6.0", ("hba1c", 6.8, "%", "H", (4.0, 6.0))),
    (SHORT, "肌酐\t108 μmol/L H\t\t57-97", ("creatinine", 108.0, "umol/L", "H", (57.0, 97.0))),
    (SHORT, "葡萄糖\t95\tmg/dL\t70-110", ("glucose", 5.273, "mmol/L", "N", (3.885, 6.106))),
    (SHORT, "抗核抗体\t1:320\t\t<1:80", ("ana", "1:320", None, None, None)),
    (SHORT, "尿蛋白\t2+\t\t阴性", ("urine_protein", "2+", None, None, None)),
    (SHORT, "尿酮体\t+-\t\t阴性", ("urine_ketone", "+-", None, None, None)),
    (SHORT, "尿管型\t未见\t\t", ("urine_casts", "未见", None, None, None)),
    (SHORT, "HIV抗体\t待确认\t\t阴性", ("hiv_antibody", "待确认", None, None, None)),
    (SHORT, "肌酐\t108\t\t57-97", ("creatinine", 108.0, None, "H", (57.0, 97.0))),
    (EN, "Creatinine\t1.4\tH\tmg/dL\t0.6-1.2", ("creatinine", 123.8, "umol/L", "H", (53.0, 106.1))),
    (EN, "WBC\t12.5\tH\tx10^3/uL\t4.0-10.0", ("wbc", 12.5, "10^9/L", "H", (4.0, 10.0))),
    (EN, "HbA1c\t10.4\tH\t%\t4-6", ("hba1c", 10.4, "%", "H", (4.0, 6.0))),
    ((), "血肌酐\t108\t↑\tμmol/L\t57-97", ("creatinine", 108.0, "umol/L", "H", (57.0, 97.0))),
]


@pytest.mark.parametrize(("header", "row", "expected"), ROWS, ids=[row[1][:24] for row in ROWS])
def test_one_result_a_row(header: tuple[str, ...], row: str, expected: tuple[object, ...]) -> None:
    (fact,) = facts_of(table_of(header, [row.split("\t")], time="2026-03-03T06:10"))
    name, value, unit, flag, reference = expected
    assert (fact.name, fact.unit, fact.flag) == (name, unit, flag)
    assert fact.value == (pytest.approx(value, rel=1e-3) if isinstance(value, float) else value)
    assert fact.reference == (pytest.approx(reference, rel=1e-2) if reference and None not in reference else reference)
    assert fact.time == "2026-03-03T06:10"


def test_the_caption_tells_the_body_fluid() -> None:
    rows = [["白细胞", "35", "/uL", "0-25"], ["红细胞", "8", "/uL", "0-17"], ["葡萄糖", "阴性", "", "阴性"]]
    facts = facts_of(table_of(SHORT, rows, caption="检验项目：尿常规 标本：中段尿"))
    assert [fact.name for fact in facts] == ["urine_wbc", "urine_rbc", "urine_glucose"]
    facts = facts_of(table_of(SHORT, rows[2:], caption="检验项目：脑脊液常规"))
    assert [fact.name for fact in facts] == ["csf_glucose"]
    assert not facts_of(table_of(SHORT, rows, caption="检验项目：关节液常规"))


def test_one_column_a_day() -> None:
    header = ("项目", "单位", "参考值", "2026-03-02", "03-05", "03-09")
    facts = facts_of(table_of(header, [["肌酐", "μmol/L", "57-97", "72", "108↑", "95"]]))
    assert [(fact.value, fact.flag, fact.time) for fact in facts] == [
        (72.0, "N", "2026-03-02"),
        (108.0, "H", "2026-03-05"),
        (95.0, "N", "2026-03-09"),
    ]


def test_columns_dated_month_first_where_the_record_tells() -> None:
    header = ("Test", "03/02/2026 05:00", "03/05/2026", "Units")
    record = table_of(header, [["Creatinine", "2.9", "3.4", "mg/dL"]])
    printed = record.model_copy(update={"text": record.text + "\t".join(header)})
    assert [fact.time for fact in facts_of(printed)] == [None, None]
    dated = printed.model_copy(update={"text": printed.text + "\nAdmission date: 2026-03-02"})
    assert [fact.time for fact in facts_of(dated)] == ["2026-03-02T05:00", "2026-03-05"]


def test_one_column_an_analyte() -> None:
    header = ("日期", "肌酐(μmol/L)", "血钾(mmol/L)")
    facts = facts_of(table_of(header, [["2026-03-03", "108", "3.4"], ["2026-03-04", "", "3.9"]]))
    assert [(fact.name, fact.value, fact.unit, fact.time) for fact in facts] == [
        ("creatinine", 108.0, "umol/L", "2026-03-03"),
        ("potassium", 3.4, "mmol/L", "2026-03-03"),
        ("potassium", 3.9, "mmol/L", "2026-03-04"),
    ]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (("药品名称", "剂量", "频次"), "氯化钾缓释片\t1.0g\ttid"),
        (("药品名称", "剂量", "频次"), "人血白蛋白\t10g\tqd"),
        (SHORT, "备注\t标本溶血\t\t"),
        (SHORT, "肌酐\t\tμmol/L\t57-97"),
    ],
)
def test_rows_without_a_result(header: tuple[str, ...], row: str) -> None:
    assert not [fact for fact in facts_of(table_of(header, [row.split("\t")])) if fact.kind == "lab"]


def test_a_report_from_before_the_stay() -> None:
    (fact,) = facts_of(table_of(SHORT, [["肌酐", "88", "μmol/L", "57-97"]], time="2025-11-20T08:00"))
    assert fact.notes == ("other_stay",)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("57-97", (57.0, 97.0)),
        ("57～97", (57.0, 97.0)),
        ("57--97", (57.0, 97.0)),
        ("57—97", (57.0, 97.0)),
        ("57.0 - 97.0 μmol/L", (57.0, 97.0)),
        ("（3.5～5.3）", (3.5, 5.3)),
        ("-3--+3".replace("+", ""), (-3.0, 3.0)),
        ("-3～3", (-3.0, 3.0)),
        ("<5.2", (0.0, 5.2)),
        ("＜0.05", (0.0, 0.05)),
        ("≤5.2", (None, 5.2)),
        ("≥60", (60.0, None)),
        (">90", (90.0, None)),
        ("1,000-2,000", (1000.0, 2000.0)),
        ("阴性", None),
        ("", None),
        ("男57-97 女41-73", None),
    ],
)
def test_reference_ranges(text: str, reference: tuple[float | None, float | None] | None) -> None:
    assert read_reference(text) == reference


@pytest.mark.parametrize(
    ("value", "reference", "flag"),
    [
        (97.0, (57.0, 97.0), "N"),
        (97.1, (57.0, 97.0), "H"),
        (56.9, (57.0, 97.0), "L"),
        (59.0, (60.0, None), "L"),
        (5.3, (None, 5.2), "H"),
    ],
)
def test_flag_from_the_reference(value: float, reference: tuple[float | None, float | None], flag: str) -> None:
    assert flag_by(value, reference) == flag
