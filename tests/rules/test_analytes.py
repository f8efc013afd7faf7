"""The catalogue of analytes: names, look-alikes, units."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emr_rerank.errors import RuleError
from emr_rerank.rules.analytes import Analyte, catalogue
from emr_rerank.rules.units import unit_table

ALL = catalogue()
RULE = "rules:\n  - {id: house_marker, display_zh: 院内指标, display_en: house marker, aliases: [HMK], unit: UNIT}\n"
FOUND = [
    ("she got better, then got worse", []),
    ("GOT 40 U/L", ["ast"]),
    ("a fib, lap belt, do not trust her lip, Ana", []),
    ("FIB 3.2g/L", ["fibrinogen"]),
    ("L4 block at S1", []),
    ("L 25.1%", ["lymphocyte_percent"]),
    ("肌酐", ["creatinine"]),
    ("血清肌酐", ["creatinine"]),
    ("Scr 88", ["creatinine"]),
    ("CREA", ["creatinine"]),
    ("Cr(E)", ["creatinine"]),
    ("Ｃｒ", ["creatinine"]),
    ("尿肌酐", ["urine_creatinine"]),
    ("肌酐清除率", ["creatinine_clearance"]),
    ("内生肌酐清除率", ["creatinine_clearance"]),
    ("肌酸激酶", ["ck"]),
    ("肌酸激酶同工酶", ["ck_mb"]),
    ("CK-MB", ["ck_mb"]),
    ("CK", ["ck"]),
    ("糖化血红蛋白", ["hba1c"]),
    ("血红蛋白", ["hemoglobin"]),
    ("总胆红素、直接胆红素、间接胆红素", ["total_bilirubin", "direct_bilirubin", "indirect_bilirubin"]),
    ("前白蛋白", ["prealbumin"]),
    ("血清前白蛋白", ["prealbumin"]),
    ("术前白蛋白33.1g/L", ["albumin"]),
    ("治疗前白蛋白", ["albumin"]),
    ("术前前白蛋白", ["prealbumin"]),
    ("白蛋白", ["albumin"]),
    ("尿蛋白", ["urine_protein"]),
    ("24小时尿蛋白定量", ["urine_protein_24h"]),
    ("尿白细胞", ["urine_wbc"]),
    ("白细胞", ["wbc"]),
    ("CRP", ["crp"]),
    ("cr", []),
    ("hs-CRP", ["hs_crp"]),
    ("K", ["potassium"]),
    ("血钾", ["potassium"]),
    ("K+", ["potassium"]),
    ("CK-MBX", []),
    ("Na", ["sodium"]),
    ("NaCl", []),
    ("PT", ["pt"]),
    ("PTCA", []),
    ("pt", []),
    ("PTH", ["pth"]),
    ("中性粒细胞百分比", ["neutrophil_percent"]),
    ("中性粒细胞计数", ["neutrophil_count"]),
    ("中性粒细胞绝对值", ["neutrophil_count"]),
    ("凝血酶原时间", ["pt"]),
    ("凝血酶时间", ["thrombin_time"]),
    ("活化部分凝血活酶时间", ["aptt"]),
    ("NT-proBNP", ["nt_probnp"]),
    ("BNP", ["bnp"]),
    ("CA199", ["ca199"]),
    ("CA19-9", ["ca199"]),
    ("CA125 35", ["ca125"]),
    ("Ca 2.1", ["calcium"]),
    ("游离T3", ["ft3"]),
    ("FT3", ["ft3"]),
    ("T3 1.2", ["total_t3"]),
    ("T36.5", []),
    ("尿酸", ["uric_acid"]),
    ("尿酸碱度", ["urine_ph"]),
    ("尿素氮", ["urea"]),
    ("血糖", ["glucose"]),
    ("血糖仪", []),
    ("低密度脂蛋白胆固醇", ["ldl_c"]),
    ("总胆固醇", ["total_cholesterol"]),
    ("氯化钠注射液", []),
    ("碳酸氢钠", []),
    ("补钾", []),
    ("钾 3.2", ["potassium"]),
    ("钾、钠", ["potassium", "sodium"]),
    ("人血白蛋白", []),
    ("悬浮红细胞", []),
    ("抗血小板", []),
    ("白细胞介素6", ["il6"]),
    ("胸水白蛋白", ["pleural_albumin"]),
    ("关节液白蛋白", []),
    ("脑脊液葡萄糖", ["csf_glucose"]),
    ("88 mmol/L, 2", []),
    ("TB 20", ["total_bilirubin"]),
    ("有无TB病史", []),
    ("UA", ["uric_acid"]),
    ("反复UA发作", []),
    ("white blood cell count", ["wbc"]),
    ("hemoglobin A1c", ["hba1c"]),
    ("serum creatinine", ["creatinine"]),
    ("urine protein", ["urine_protein"]),
    ("potassium chloride", []),
    ("肌酐较入院时有何变化", ["creatinine"]),
    ("How did the creatinine change?", ["creatinine"]),
    ("血沉", ["esr"]),
    ("平均红细胞血红蛋白浓度", ["mchc"]),
    ("红细胞分布宽度", ["rdw_cv"]),
]


@pytest.mark.parametrize(("text", "expected"), FOUND, ids=[row[0] for row in FOUND])
def test_names_and_look_alikes(text: str, expected: list[str]) -> None:
    assert [mention.analyte_id for mention in ALL.find(text)] == expected


def test_one_name_for_two_analytes_carries_both() -> None:
    (mention,) = ALL.find("PCT")
    assert {mention.analyte_id, *mention.others} == {"procalcitonin", "plateletcrit"}


@given(st.text(alphabet="肌酐尿素白细胞血红蛋CcRrKk+NnAa-MmBbPpTt 1.2/（）(）：，\tμ", max_size=40))
def test_mentions_are_ordered_apart_and_inside_the_text(text: str) -> None:
    reached = 0
    for mention in ALL.find(text):
        assert reached <= mention.start < mention.end <= len(text)
        reached = mention.end
        assert mention.analyte_id in ALL


@pytest.mark.parametrize("analyte", list(ALL), ids=lambda analyte: analyte.id)
def test_every_analyte_is_whole(analyte: Analyte) -> None:
    if analyte.id != "fructosamine":
        names = [mention for alias in analyte.aliases for mention in ALL.find(alias)]
        assert any(analyte.id in (mention.analyte_id, *mention.others) for mention in names)
    for unit in (*analyte.units, *analyte.conversions):
        there = ALL.to_normal(analyte, 2.0, unit)
        assert there is None or there > 0
    assert all(twin in ALL for twin in analyte.in_fluid.values())
    assert analyte.plausible is None or analyte.plausible[0] < analyte.plausible[1]
    assert 0 < analyte.change_threshold < 400
    assert 0 < analyte.fall_threshold < 100, "a fall can always be meaningful"


def test_conversions_of_the_textbook() -> None:
    for name, value, unit, expected in [
        ("creatinine", 1.0, "mg/dL", 88.4),
        ("glucose", 100.0, "mg/dL", 5.55),
        ("urea", 28.0, "mg/dL", 10.0),
        ("uric_acid", 7.0, "mg/dL", 416.4),
        ("total_bilirubin", 1.0, "mg/dL", 17.1),
        ("total_cholesterol", 200.0, "mg/dL", 5.17),
        ("triglyceride", 150.0, "mg/dL", 1.694),
        ("calcium", 10.0, "mg/dL", 2.495),
        ("hba1c", 53.0, "mmol/mol", 7.0),
        ("hemoglobin", 12.0, "g/dL", 120.0),
        ("iron", 100.0, "ug/dL", 17.9),
        ("ft4", 1.0, "ng/dL", 12.87),
        ("vitamin_d", 30.0, "ng/mL", 74.9),
        ("troponin_i", 0.04, "ng/mL", 40.0),
    ]:
        assert ALL.to_normal(ALL.get(name), value, unit) == pytest.approx(expected, rel=2e-3), name


def test_a_hospital_adds_an_alias(tmp_path: Path) -> None:
    (tmp_path / "analytes.zh.yaml").write_text(
        RULE.replace("UNIT", "g/L"),
        encoding="utf-8",
    )
    assert [mention.analyte_id for mention in catalogue(tmp_path).find("HMK 3.2")] == ["house_marker"]
    assert len(catalogue(tmp_path)) == len(ALL) + 1


def test_an_unknown_unit_names_the_rule(tmp_path: Path) -> None:
    (tmp_path / "analytes.zh.yaml").write_text(
        RULE.replace("UNIT", "furlong"),
        encoding="utf-8",
    )
    with pytest.raises(RuleError, match="house_marker"):
        catalogue(tmp_path)


def test_the_catalogue_is_wide() -> None:
    assert len(ALL) >= 150


def test_every_loinc_code_has_a_right_check_digit() -> None:
    """The last digit by the mod-10 method of the LOINC Users' Guide, appendix C."""
    codes = [analyte.loinc for analyte in catalogue() if analyte.loinc]
    for code in codes:
        number, check = code.split("-")
        turned = str(int(number[::-1][::2][::-1]) * 2)
        total = sum(map(int, turned)) + sum(map(int, number[::-1][1::2]))
        assert (10 - total % 10) % 10 == int(check), code
    assert len(codes) == len(set(codes)) >= 130


PRINTED = [
    (analyte.id, unit)
    for analyte in ALL
    for unit in dict.fromkeys((analyte.unit, *analyte.units, *analyte.conversions))
]


@given(st.sampled_from(PRINTED), st.floats(0.001, 1e5))
def test_every_printed_unit_converts_in_proportion(printed: tuple[str, str], value: float) -> None:
    analyte = ALL.get(printed[0])
    once, twice = (ALL.in_usual_unit(analyte, number, printed[1]) for number in (value, 2 * value))
    assert once is not None and twice is not None and once[1] == twice[1]
    offset = analyte.conversions[printed[1]].offset if printed[1] in analyte.conversions else 0.0
    assert twice[0] - offset == pytest.approx(2 * (once[0] - offset), rel=1e-6)
    assert ALL.in_usual_unit(analyte, *once) == once, "the usual unit is its own"


@given(st.sampled_from(PRINTED), st.floats(0.01, 1e5))
def test_there_and_back_over_the_molar_mass(printed: tuple[str, str], value: float) -> None:
    analyte, unit = ALL.get(printed[0]), printed[1]
    normal = ALL.to_normal(analyte, value, unit)
    if normal is None or unit in analyte.conversions:
        return
    assert unit_table().convert(normal, analyte.unit, unit, analyte.molar_mass) == pytest.approx(value, rel=1e-6)


@given(st.sampled_from(sorted(analyte.id for analyte in ALL)), st.sampled_from(sorted(unit_table()._units)))
def test_a_unit_of_another_dimension_is_refused(analyte_id: str, unit: str) -> None:
    analyte, units = ALL.get(analyte_id), unit_table()
    dimensions = {units.get(each).dimension for each in (analyte.unit, *analyte.units)}
    if analyte.molar_mass and dimensions & {"mass", "substance"}:
        dimensions |= {"mass", "substance"}
    fits = units.get(unit).dimension in dimensions or unit in analyte.conversions
    assert ALL.accepts(analyte, unit) == fits


@pytest.mark.parametrize("analyte", [each for each in ALL if each.conversions], ids=lambda each: each.id)
def test_a_conversion_of_its_own_names_its_source(analyte: Analyte) -> None:
    assert all(len(conversion.source) > 10 for conversion in analyte.conversions.values())


def test_the_catalogue_is_wide_enough() -> None:
    assert len(ALL) >= 400
    assert {"blood", "urine", "stool", "csf", "pleural", "ascites"} == {analyte.fluid for analyte in ALL}
    loinc = [analyte.loinc for analyte in ALL if analyte.loinc]
    assert len(loinc) == len(set(loinc))
