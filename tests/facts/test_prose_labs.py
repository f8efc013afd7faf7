"""Sentences → laboratory facts: (name, value, unit, flag, notes)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.facts.one_sentence import facts_of, record_of

ZH = [
    (
        "肌酐由72↑至108μmol/L",
        [("creatinine", 72.0, "umol/L", None, "previous"), ("creatinine", 108.0, "umol/L", None, "")],
    ),
    (
        "Scr 72→108",
        [("creatinine", 72.0, None, None, "previous unit_missing"), ("creatinine", 108.0, None, None, "unit_missing")],
    ),
    ("K+3.2mmol/L", [("potassium", 3.2, "mmol/L", None, "")]),
    ("K 3.2mmol/L", [("potassium", 3.2, "mmol/L", None, "")]),
    ("钾3.2mmol/L↓", [("potassium", 3.2, "mmol/L", "L", "")]),
    ("血钾：5.6 mmol/L(↑)", [("potassium", 5.6, "mmol/L", "H", "")]),
    ("血钾５.６ｍｍｏｌ／Ｌ", [("potassium", None, "mmol/L", None, "")]),
    (
        "白细胞数12.18*10^9/L，中性粒细胞百分比92.00%",
        [("wbc", 12.18, "10^9/L", None, ""), ("neutrophil_percent", 92.0, "%", None, "")],
    ),
    ("白细胞12.18×10⁹/L", [("wbc", 12.18, "10^9/L", None, "")]),
    ("WBC 12.18×10~9/L", [("wbc", 12.18, "10^9/L", None, "")]),
    ("白细胞4.7010^9/L", [("wbc", 4.70, "10^9/L", None, "")]),
    ("中性粒细胞 8.2×10^9/L", [("neutrophil_count", 8.2, "10^9/L", None, "")]),
    ("N 85.3%", [("neutrophil_percent", 85.3, "%", None, "")]),
    ("红细胞压积0.302L/L", [("hematocrit", 30.2, "%", None, "")]),
    ("血红蛋白94.0g/L，糖化血红蛋白7.2%", [("hemoglobin", 94.0, "g/L", None, ""), ("hba1c", 7.2, "%", None, "")]),
    ("Hb 9.4g/dl", [("hemoglobin", 94.0, "g/L", None, "")]),
    (
        "尿肌酐8000umol/L，肌酐清除率62ml/min",
        [("urine_creatinine", 8000.0, "umol/L", None, ""), ("creatinine_clearance", 62.0, "mL/min", None, "")],
    ),
    ("肌酸激酶156U/L，CK-MB 14U/L", [("ck", 156.0, "U/L", None, ""), ("ck_mb", 14.0, "U/L", None, "")]),
    ("CRP 56mg/L，Cr 88umol/L", [("crp", 56.0, "mg/L", None, ""), ("creatinine", 88.0, "umol/L", None, "")]),
    ("超敏C反应蛋白3.1mg/L", [("hs_crp", 3.1, "mg/L", None, "")]),
    (
        "总胆红素25.3μmol/L，直接胆红素8.1μmol/L，间接胆红素17.2μmol/L",
        [
            ("total_bilirubin", 25.3, "umol/L", None, ""),
            ("direct_bilirubin", 8.1, "umol/L", None, ""),
            ("indirect_bilirubin", 17.2, "umol/L", None, ""),
        ],
    ),
    ("前白蛋白180mg/L，白蛋白32.1g/L", [("prealbumin", 180.0, "mg/L", None, ""), ("albumin", 32.1, "g/L", None, "")]),
    (
        "钾、钠、氯分别为3.5、140、101mmol/L",
        [
            ("potassium", 3.5, "mmol/L", None, ""),
            ("sodium", 140.0, "mmol/L", None, ""),
            ("chloride", 101.0, "mmol/L", None, ""),
        ],
    ),
    (
        "肌酐72、85、108μmol/L",
        [
            ("creatinine", 72.0, "umol/L", None, "previous"),
            ("creatinine", 85.0, "umol/L", None, "previous"),
            ("creatinine", 108.0, "umol/L", None, ""),
        ],
    ),
    ("CRP由182.5降至74.6mg/L", [("crp", 182.5, "mg/L", None, "previous"), ("crp", 74.6, "mg/L", None, "")]),
    ("降钙素原<0.05ng/ml", [("procalcitonin", "<0.05", "ng/mL", None, "")]),
    ("肌钙蛋白I小于0.01ng/ml", [("troponin_i", "<0.01", "ng/mL", None, "")]),
    ("D-二聚体＞20mg/L", [("d_dimer", ">20", "mg/L", None, "")]),
    ("D-二聚体0.56mg/L FEU", [("d_dimer", 0.56, "mg/L FEU", None, "")]),
    ("血糖波动于6-10mmol/L", [("glucose", "6-10", "mmol/L", None, "")]),
    ("乙肝表面抗原(-)，HIV抗体阴性", [("hbsag", "-", None, None, ""), ("hiv_antibody", "阴性", None, None, "")]),
    ("抗核抗体1:320", [("ana", "1:320", None, None, "")]),
    (
        "尿蛋白(++)，尿糖+2，尿酮体±",
        [
            ("urine_protein", "++", None, None, ""),
            ("urine_glucose", "+2", None, None, ""),
            ("urine_ketone", "±", None, None, ""),
        ],
    ),
    (
        "尿常规：白细胞5-8/HP，蛋白2+，红细胞3个/HP",
        [
            ("urine_wbc", "5-8", "/HPF", None, ""),
            ("urine_protein", "2+", None, None, ""),
            ("urine_rbc", 3.0, "/HPF", None, ""),
        ],
    ),
    ("尿常规示红细胞1092/ul", [("urine_rbc", 1092.0, "/uL", None, "")]),
    (
        "尿常规：白细胞3+。血常规：白细胞9.1*10^9/L",
        [("urine_wbc", "3+", None, None, ""), ("wbc", 9.1, "10^9/L", None, "")],
    ),
    (
        "pH7.35，PCO2 45mmHg，BE-3.5mmol/L，乳酸1.2mmol/L",
        [
            ("ph", 7.35, None, None, ""),
            ("pco2", 45.0, "mmHg", None, ""),
            ("base_excess", -3.5, "mmol/L", None, ""),
            ("lactate", 1.2, "mmol/L", None, ""),
        ],
    ),
    ("PCO2 6.0kPa", [("pco2", 45.0, "mmHg", None, "")]),
    (
        "PT12.1s，INR1.05，APTT 33.2秒",
        [("pt", 12.1, "s", None, ""), ("inr", 1.05, None, None, ""), ("aptt", 33.2, "s", None, "")],
    ),
    ("肌酐（Cr）：88μmol/L（参考值57-97）", [("creatinine", 88.0, "umol/L", "N", "")]),
    ("血肌酐较前升高，为156umol/l", [("creatinine", 156.0, "umol/L", None, "")]),
    ("血肌酐较前升高，予补液", []),
    (
        "血小板进行性下降，由198×10^9/L下降至56×10^9/L",
        [("platelet", 198.0, "10^9/L", None, "previous"), ("platelet", 56.0, "10^9/L", None, "")],
    ),
    ("载脂蛋白B/载脂蛋白A1 0.86", []),
    ("PO2 65 PCO2 36", [("po2", 65.0, None, None, "unit_missing"), ("pco2", 36.0, None, None, "unit_missing")]),
    (
        "Na 128↓ K 5.6↑",
        [("sodium", 128.0, None, "L", "unit_missing"), ("potassium", 5.6, None, "H", "unit_missing")],
    ),
    (
        "电解质钾3.89mmol/L钠141.2mmol/L",
        [("potassium", 3.89, "mmol/L", None, ""), ("sodium", 141.2, "mmol/L", None, "")],
    ),
    ("细胞总数 256×10^6/L，糖 3.6mmol/L", []),
    ("D二聚体：PT 12.3s", [("pt", 12.3, "s", None, "")]),
    (
        "腰穿：脑脊液压力180mmH2O，常规：白细胞 2×10^6/L，生化：蛋白 0.38g/L；血生化：氯101mmol/L",
        [
            ("csf_pressure", 180.0, "mmH2O", None, ""),
            ("csf_wbc", 2.0, "10^6/L", None, ""),
            ("csf_protein", 0.38, "g/L", None, ""),
            ("chloride", 101.0, "mmol/L", None, ""),
        ],
    ),
    ("肌酐升高（57-97umol/L）", []),
    ("AST 轻度升高（56U/L）", [("ast", 56.0, "U/L", None, "")]),
    ("血小板17万", [("platelet", 170.0, "10^9/L", None, "")]),
    ("HBV-DNA 35万copies/ml", [("hbv_dna", 350000.0, "copies/mL", None, "")]),
    ("HBV-DNA定量：2.35E+05IU/ml", [("hbv_dna", 235000.0, "IU/mL", None, "")]),
    ("HBV DNA <1.0E+02 IU/mL", [("hbv_dna", "<1.0E+02", "IU/mL", None, "")]),
    ("ALT、AST正常", [("alt", "正常", None, None, ""), ("ast", "正常", None, None, "")]),
    ("尿蛋白++~+++", [("urine_protein", "++~+++", None, None, "")]),
    ("白蛋白校正后钙2.36mmol/L", [("corrected_calcium", 2.36, "mmol/L", None, "")]),
    ("中心静脉血氧饱和度68%", [("central_venous_saturation", 68.0, "%", None, "")]),
    ("补钾3g，氯化钠5g，睡前服", []),
    ("血肌酐较前升高至156umol/l", [("creatinine", 156.0, "umol/L", None, "")]),
    ("CRP8.0", [("crp", 8.0, None, None, "unit_missing")]),
    ("肌酐9999μmol/L", [("creatinine", 9999.0, "umol/L", None, "implausible")]),
    ("淋巴细胞百分比8.9×10^9/L", [("lymphocyte_percent", 8.9, "10^9/L", None, "unit_unexpected")]),
    ("2年前外院查肌酐68μmol/L", [("creatinine", 68.0, "umol/L", None, "other_stay")]),
    (
        "门诊查肌酐150μmol/L，入院后复查肌酐162μmol/L",
        [("creatinine", 150.0, "umol/L", None, "other_stay"), ("creatinine", 162.0, "umol/L", None, "")],
    ),
    ("2025年11月因肺炎在我院住院，入院时肌酐165μmol/L", [("creatinine", 165.0, "umol/L", None, "other_stay")]),
    (
        "2025年10月外院查肌酐98μmol/L，入院后复查156μmol/L",
        [("creatinine", 98.0, "umol/L", None, "other_stay"), ("creatinine", 156.0, "umol/L", None, "")],
    ),
    (
        "2025年11月在外院住院，入院后肌酐165μmol/L",
        [("creatinine", 165.0, "umol/L", None, "other_stay")],
    ),
    ("2026-03-01 本院门诊查肌酐150μmol/L", [("creatinine", 150.0, "umol/L", None, "")]),
    ("2025-03-01 本院门诊查肌酐150μmol/L", [("creatinine", 150.0, "umol/L", None, "other_stay")]),
    ("2026-03-01 外院门诊查肌酐150μmol/L", [("creatinine", 150.0, "umol/L", None, "other_stay")]),
    ("目标血糖7.0mmol/L以内", [("glucose", 7.0, "mmol/L", None, "planned")]),
    ("血红蛋白<70g/L时输血", [("hemoglobin", "<70", "g/L", None, "planned")]),
    ("如血钾<3.5mmol/L予补钾", [("potassium", "<3.5", "mmol/L", None, "planned")]),
    ("ALT(86U/L)、AST（62U/L）", [("alt", 86.0, "U/L", None, ""), ("ast", 62.0, "U/L", None, "")]),
    ("白细胞（10^9/L）：12.18", [("wbc", 12.18, None, None, "unit_missing")]),
    ("肌酐 ↑108μmol/L", [("creatinine", 108.0, "umol/L", "H", "")]),
    ("肌酐 H 108 μmol/L", [("creatinine", 108.0, "umol/L", "H", "")]),
    (
        "尿素氮 12.3 H，钾 3.1 L",
        [("urea", 12.3, None, "H", "unit_missing"), ("potassium", 3.1, None, "L", "unit_missing")],
    ),
    ("血 肌 酐 156 μmol/L", [("creatinine", 156.0, "umol/L", None, "")]),
    ("白细胞 12 .18×10^9/L", [("wbc", 12.18, "10^9/L", None, "")]),
    ("血红蛋白 1 12g/L", [("hemoglobin", 112.0, "g/L", None, "split_digits")]),
    ("IgG4 3.86g/L", [("igg4", 3.86, "g/L", None, "")]),
    ("HBV-DNA 2.36×10^6 IU/ml", [("hbv_dna", 2360000.0, "IU/mL", None, "")]),
    ("血沉86mm/第一小时末", [("esr", 86.0, "mm/h", None, "")]),
    ("D-二聚体2350ng/mL(FEU)", [("d_dimer", 2.35, "mg/L FEU", None, "")]),
    ("血红蛋白下降了20g/L，白细胞较前下降5×10^9/L", []),
    ("血钾、血钠均正常", [("potassium", "正常", None, None, ""), ("sodium", "正常", None, None, "")]),
    (
        "HBsAg、抗-HCV、HIV抗体均阴性",
        [
            ("hbsag", "阴性", None, None, ""),
            ("anti_hcv", "阴性", None, None, ""),
            ("hiv_antibody", "阴性", None, None, ""),
        ],
    ),
    ("尿常规：酮体-，潜血-", [("urine_ketone", "-", None, None, ""), ("urine_blood", "-", None, None, "")]),
    (
        "血钠118mmol/L，补钠后升至126mmol/L",
        [("sodium", 118.0, "mmol/L", None, ""), ("sodium", 126.0, "mmol/L", None, "")],
    ),
    (
        "血红蛋白由入院时的126g/L降至术后的89g/L",
        [("hemoglobin", 126.0, "g/L", None, ""), ("hemoglobin", 89.0, "g/L", None, "")],
    ),
    (
        "脑脊液生化：蛋白1.26g/L，葡萄糖2.1mmol/L",
        [("csf_protein", 1.26, "g/L", None, ""), ("csf_glucose", 2.1, "mmol/L", None, "")],
    ),
    (
        "尿常规：蛋白(+)，血肌酐156μmol/L",
        [("urine_protein", "+", None, None, ""), ("creatinine", 156.0, "umol/L", None, "")],
    ),
    ("免疫组化：CEA(+)，CD4(-)", []),
    ("行PT+INR监测", []),
    ("血糖9.9U/L", [("glucose", 9.9, "U/L", None, "unit_unexpected")]),
    # no results at all
    ("建议3日后复查肌酐、电解质。", []),
    ("予人血白蛋白10g静滴", []),
    ("0.9%氯化钠注射液100ml", []),
    ("5%葡萄糖注射液250ml", []),
    ("输注悬浮红细胞2单位，血小板1治疗量", []),
    ("监测血糖4次/日", []),
    ("L5-S1椎间盘突出，C3-4水平狭窄", []),
    ("抗血小板治疗1年", []),
    ("行PTCA术", []),
    ("胸水LDH 320U/L", [("pleural_ldh", 320.0, "U/L", None, "")]),
    ("脑脊液白细胞8*10^6/L", [("csf_wbc", 8.0, "10^6/L", None, "")]),
    ("关节液LDH 320U/L", []),
    ("微量元素测定：锌2.41ug/ml，钙39.2ug/ml，铁12.8ug/ml", []),
    ("查肌酐3月5日回报", []),
]
EN = [
    ("Her potassium on admission was 3.1 and she felt weak.", [("potassium", 3.1, None, None, "unit_missing")]),
    ("Labs revealed a potassium of 7.0 and he was told to come.", [("potassium", 7.0, None, None, "unit_missing")]),
    ("White count was 12,000 with a left shift.", [("wbc", 12000.0, None, None, "unit_missing implausible")]),
    ("INR was 2.3.", [("inr", 2.3, None, None, "")]),
    ("She had a creatinine of 1.8 which is old.", [("creatinine", 1.8, None, None, "unit_missing implausible")]),
    ("Glucose in the 300s.", [("glucose", "300s", None, None, "")]),
    ("Blood sugars have been running in the low 200s.", [("glucose", "200s", None, None, "")]),
    ("Hematocrit of 32 and she was transfused.", [("hematocrit", 32.0, None, None, "unit_missing")]),
    ("She got better and got 4 pills.", []),
    ("Potassium chloride 20 mEq daily.", []),
    ("Calcium 600 and vitamin D daily.", []),
    ("Cholesterol was checked in the 1990s.", []),
    ("T4 and L4 fractures, L5 block.", []),
    ("Glucose tablets 2 and juice.", []),
    ("Sodium restriction, 45 years old.", []),
    ("Creatinine on 2026-03-04 was 156 umol/L.", [("creatinine", 156.0, "umol/L", None, "")]),
    ("creatinine was 1.2 mg/dL", [("creatinine", 106.1, "umol/L", None, "")]),
    (
        "Creatinine rose from 0.8 to 1.4 mg/dL",
        [("creatinine", 70.7, "umol/L", None, "previous"), ("creatinine", 123.8, "umol/L", None, "")],
    ),
    ("Hemoglobin dropped to 7.8 g/dL.", [("hemoglobin", 78.0, "g/L", None, "")]),
    (
        "WBC 12.5 K/uL, platelets 256 x10^3/uL",
        [("wbc", 12.5, "10^9/L", None, ""), ("platelet", 256.0, "10^9/L", None, "")],
    ),
    ("Potassium of 3.1 mEq/L", [("potassium", 3.1, "mmol/L", None, "")]),
    ("Glucose 240 mg/dL", [("glucose", 13.32, "mmol/L", None, "")]),
    ("Glucose 7.1 to 11.8 mmol/L over 24 hours.", [("glucose", "7.1-11.8", "mmol/L", None, "")]),
    ("HbA1c 10.4%, TSH 2.1 mIU/L", [("hba1c", 10.4, "%", None, ""), ("tsh", 2.1, "mIU/L", None, "")]),
    ("HbA1c 53 mmol/mol", [("hba1c", 7.0, "%", None, "")]),
    ("BUN 28 mg/dL", [("urea", 9.996, "mmol/L", None, "")]),
    ("CK-MB 14 ng/mL", [("ck_mb", 14.0, "ng/mL", None, "")]),
    (
        "Total bilirubin 1.2 mg/dL, direct bilirubin 0.3 mg/dL",
        [("total_bilirubin", 20.52, "umol/L", None, ""), ("direct_bilirubin", 5.13, "umol/L", None, "")],
    ),
    ("INR 2.3", [("inr", 2.3, None, None, "")]),
    ("Calcium 9.2 mg/dL", [("calcium", 2.295, "mmol/L", None, "")]),
    ("Keep potassium above 4.0 mmol/L.", [("potassium", ">4.0", "mmol/L", None, "planned")]),
    ("Creatinine one year ago was 0.9 mg/dL", [("creatinine", 79.6, "umol/L", None, "other_stay")]),
    ("Started potassium chloride 20 mEq daily and calcium carbonate 500 mg.", []),
    ("Received 2 units of packed red blood cells.", []),
    ("Repeat creatinine in 3 days.", []),
    ("HIV antibody negative", [("hiv_antibody", "negative", None, None, "")]),
]
ROWS = [(text, expected, "zh") for text, expected in ZH] + [(text, expected, "en") for text, expected in EN]


@pytest.mark.parametrize(("text", "expected", "language"), ROWS, ids=[row[0][:40] for row in ROWS])
def test_results_in_a_sentence(
    text: str, expected: list[tuple[str, object, str | None, str | None, str]], language: str
) -> None:
    facts = [fact for fact in facts_of(record_of([text], language=language)) if fact.kind == "lab"]
    got = [(fact.name, fact.value, fact.unit, fact.flag, " ".join(fact.notes)) for fact in facts]
    assert len(got) == len(expected), got
    for (name, value, unit, flag, notes), wanted in zip(got, expected, strict=True):
        assert (name, unit, flag, notes) == (wanted[0], wanted[2], wanted[3], wanted[4])
        assert (
            wanted[1] is None or value == pytest.approx(wanted[1], abs=0.06)
            if isinstance(value, float)
            else value == wanted[1]
        )


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("肌酐108μmol/L", ["2026-03-05"]),
        ("今晨血糖7.8mmol/L，昨日血糖6.5mmol/L", ["2026-03-05", "2026-03-04"]),
        ("3月3日肌酐72μmol/L，3月5日肌酐108μmol/L", ["2026-03-03", "2026-03-05"]),
        ("血肌酐最高312μmol/L（2026-03-04），3月17日复查172μmol/L", ["2026-03-04", "2026-03-17"]),
        ("入院时肌酐72μmol/L", ["2026-03-02"]),
        ("肌酐由72升至108μmol/L", [None, "2026-03-05"]),
        ("2026-03-03 06:10查血钾3.1mmol/L", ["2026-03-03T06:10"]),
        ("5年前查肌酐68μmol/L", [None]),
    ],
)
def test_the_time_of_a_result(text: str, times: list[str | None]) -> None:
    assert [fact.time for fact in facts_of(record_of([text])) if fact.kind == "lab"] == times


def test_a_document_time_is_no_measuring_time() -> None:
    (fact,) = facts_of(record_of(["肌酐108μmol/L"], date="2026-03-05T09:30"))
    assert fact.time == "2026-03-05"


@pytest.mark.parametrize(
    ("text", "assertion"), [("其母查血糖9.1mmol/L", "family"), ("无发热，白细胞12.1*10^9/L", "present")]
)
def test_whose_result(text: str, assertion: str) -> None:
    (fact,) = facts_of(record_of([text]))
    assert fact.assertion == assertion


NAMES = st.sampled_from(
    ["肌酐", "血钾", "WBC", "ALT", "CK-MB", "creatinine was ", "尿蛋白", "K+", "T", "BP", "青霉素过敏", "无"]
)
MARKS = st.sampled_from(
    [
        "",
        "，",
        "、",
        "↑",
        "→",
        "至",
        "：",
        " ",
        "(",
        ")",
        "+",
        "-",
        "<",
        "/",
        "\t",
        "。",
        "μmol/L",
        "*10^9/L",
        "%",
        "３月5日",
        "2年前",
    ]
)


@given(
    st.lists(
        st.one_of(NAMES, MARKS, st.integers(0, 9999).map(str), st.floats(0, 99).map(lambda x: f"{x:.2f}")), max_size=14
    )
)
def test_offsets_hold_on_any_text(parts: list[str]) -> None:
    text = "".join(parts)
    if text.strip():
        facts_of(record_of([text]))
