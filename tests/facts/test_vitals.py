"""Vital signs from running text and charts."""

import pytest

from tests.facts.one_sentence import facts_of, record_of, table_of

ROWS = [
    ("患者发热，最高38.9℃，切口红肿", ["temperature 38.9 ℃"]),
    ("发热3天，最高39℃", ["temperature 39.0 ℃"]),
    ("发热，切口最高处2cm", []),
    ("寒战、高热，体温最高达40.1℃", ["temperature 40.1 ℃"]),
    (
        "T36.0℃P80次/分R18次/分BP150/90mmHg",
        ["temperature 36.0 ℃", "pulse 80.0 /min", "respiration 18.0 /min", "blood_pressure 150/90 mmHg"],
    ),
    (
        "查体：T 36.8℃，P 92次/分，R 20次/分，BP 128/76mmHg",
        ["temperature 36.8 ℃", "pulse 92.0 /min", "respiration 20.0 /min", "blood_pressure 128/76 mmHg"],
    ),
    (
        "体温：38.5度 脉搏：102次/分 呼吸：22次/分 血压：98/60mmHg",
        ["temperature 38.5 ℃", "pulse 102.0 /min", "respiration 22.0 /min", "blood_pressure 98/60 mmHg"],
    ),
    ("Ｔ３６．５℃", ["temperature 36.5 ℃"]),
    (
        "T：36.7CP:82次/分R：19次/分，Bp：124/78mmHg",
        ["temperature 36.7 ℃", "pulse 82.0 /min", "respiration 19.0 /min", "blood_pressure 124/78 mmHg"],
    ),
    ("T36CP:72次/分", ["temperature 36.0 ℃", "pulse 72.0 /min"]),
    ("心率88次/分，律齐，血氧饱和度97%", ["heart_rate 88.0 /min", "spo2 97.0 %"]),
    ("身高172cm，体重68kg", ["height 172.0 cm", "weight 68.0 kg"]),
    (
        "Temp 98.6 F, HR 88, RR 18, BP 132/84, SpO2 97%",
        [
            "temperature 37.0 ℃",
            "heart_rate 88.0 /min",
            "respiration 18.0 /min",
            "blood_pressure 132/84 mmHg",
            "spo2 97.0 %",
        ],
    ),
    ("BP 20/12kPa", ["blood_pressure 150/90 mmHg"]),
    ("Weight 150 lb", ["weight 68.0 kg"]),
    ("She now weighs 284 pounds.", ["weight 128.8 kg"]),
    ("Now weighs 284.", ["weight 284.0 None"]),
    ("体重68", ["weight 68.0 kg"]),
    ("His blood pressure is 125/75.", ["blood_pressure 125/75 mmHg"]),
    ("He had a fever of 103 last night.", ["temperature 103.0 None"]),
    ("Fever of 3 days.", []),
    ("体温最高39.2℃，物理降温后降至37.8℃", ["temperature 39.2 ℃", "temperature 37.8 ℃"]),
    ("血压由180/110mmHg降至146/88mmHg", ["blood_pressure 180/110 mmHg", "blood_pressure 146/88 mmHg"]),
    ("血压波动在130-150/80-95mmHg", ["blood_pressure 130-150/80-95 mmHg"]),
    ("SpO2 86～90%", ["spo2 86~90 %"]),
    ("体温>38.5℃", ["temperature >38.5 ℃"]),
    ("T 3 6.5℃", ["temperature 36.5 ℃"]),
    ("GCS评分：E3V4M5=12分", ["gcs 12.0 None"]),
    ("GCS：E4V5M6", ["gcs 15.0 None"]),
    ("NRS评分3分，NRS2002评分4分", ["pain_score 3.0 None"]),
    ("Pain score 4/10", ["pain_score 4.0 None"]),
    (
        "24小时尿量1850ml，夜间尿量600ml，尿量30ml/h",
        ["urine_output 1850.0 mL/24h", "urine_volume 600.0 mL", "urine_output_rate 30.0 mL/h"],
    ),
    ("尿量0.4ml/kg/h，体重指数24.2kg/m2", ["urine_output_per_weight 0.4 mL/kg/h", "bmi 24.2 kg/m2"]),
    ("体重下降约5kg", []),
    ("引流量1200ml，尿量可", []),
    ("胸椎T12压缩性骨折，R0切除", []),
    ("血压控制可，体温正常", []),
]


@pytest.mark.parametrize(("text", "expected"), ROWS, ids=[row[0][:24] for row in ROWS])
def test_vital_signs_in_a_sentence(text: str, expected: list[str]) -> None:
    facts = facts_of(record_of([text], language="en" if text.isascii() else "zh"))
    assert [f"{fact.name} {fact.value} {fact.unit}" for fact in facts] == expected
    assert {fact.kind for fact in facts} <= {"vital"}


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("血压控制在130/80mmHg以下", ("planned",)),
        ("2年前测血压180/110mmHg", ("other_stay",)),
        ("T 12.0℃", ("implausible",)),
    ],
)
def test_what_a_vital_sign_is_not(text: str, notes: tuple[str, ...]) -> None:
    (fact,) = facts_of(record_of([text]))
    assert fact.notes == notes


@pytest.mark.parametrize("text", ["Now weighs 284.", "He had a fever of 103.", "Temp 98.6."])
def test_a_value_whose_unit_may_be_one_of_two_is_kept_without(text: str) -> None:
    (fact,) = facts_of(record_of([text], language="en"))
    assert (fact.unit, fact.notes) == (None, ("unit_missing",))


def test_a_chart_with_one_row_a_sign() -> None:
    facts = facts_of(table_of(("项目", "03-03", "03-04"), [["体温(℃)", "38.2", "37.1"], ["血压", "150/90", "132/78"]]))
    assert [(fact.name, fact.value, fact.unit, fact.time) for fact in facts] == [
        ("temperature", 38.2, "℃", "2026-03-03"),
        ("temperature", 37.1, "℃", "2026-03-04"),
        ("blood_pressure", "150/90", "mmHg", "2026-03-03"),
        ("blood_pressure", "132/78", "mmHg", "2026-03-04"),
    ]


def test_urine_of_a_day_and_of_an_hour() -> None:
    (of_day,) = facts_of(table_of(("日期", "尿量(ml)"), [["2026-03-03", "1650"]]))
    (of_hour,) = facts_of(table_of(("时间", "尿量(ml)"), [["2026-03-03 14:00", "200"]]))
    assert (of_day.name, of_day.unit) == ("urine_output", "mL/24h")
    assert (of_hour.name, of_hour.unit) == ("urine_volume", "mL")


def test_a_chart() -> None:
    header = ("日期", "时间", "体温(℃)", "脉搏(次/分)", "呼吸", "血压(mmHg)", "SpO2(%)")
    facts = facts_of(table_of(header, [["2026-03-03", "14:00", "37.2", "84", "18", "126/78", "98"]]))
    assert [(fact.name, fact.value, fact.unit, fact.time) for fact in facts] == [
        ("temperature", 37.2, "℃", "2026-03-03T14:00"),
        ("pulse", 84.0, "/min", "2026-03-03T14:00"),
        ("respiration", 18.0, "/min", "2026-03-03T14:00"),
        ("blood_pressure", "126/78", "mmHg", "2026-03-03T14:00"),
        ("spo2", 98.0, "%", "2026-03-03T14:00"),
    ]
