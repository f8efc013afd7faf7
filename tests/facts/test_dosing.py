"""Dose, route and frequency in whatever order they are printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emr_rerank.facts.dosing import number
from emr_rerank.facts.dosing_reader import dosing_reader
from emr_rerank.rules.dosing import dose_units, routes
from emr_rerank.rules.printed import fold_case


def read(text: str) -> str:
    plain = fold_case(text)
    found = dosing_reader().read(plain, 0, len(plain))
    parts = [found.dose.printed if found.dose else None, found.route, found.frequency, found.rate]
    return " ".join(part for part in parts if part)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("100mg 口服 1次/日", "100 mg po qd"),
        ("3.0g ivgtt q12h抗感染", "3 g ivgtt q12h"),
        ("80万U 肌注 bid", "800000 U im bid"),
        ("4,000 units SC three times weekly", "4000 U sc tiw"),
        ("每次0.5g，一日三次", "0.5 g tid"),
        ("20mg 隔日1次", "20 mg qod"),
        ("70mg 每周一次", "70 mg qw"),
        ("每8小时一次 1.0g", "1 g q8h"),
        ("5μg/kg/min持续泵入", "5 ug/kg/min ivpump cont"),
        ("10mg微量泵入 3ml/h", "10 mg ivpump 3 mL/h"),
        ("30mg/日 口服", "30 mg po qd"),
        ("75mg×7片 用法：75mg 口服 1次/日", "75 mg po qd"),
        ("由10mg qd加量至15mg bid", "15 mg bid"),
        ("6 to 8 units with meals", "6-8 U meals"),
        ("650 mg PO every 6 hours as needed", "650 mg po q6h prn"),
        ("14U睡前皮下注射", "14 U sc qn"),
        ("5mg 每日一次 早餐前口服", "5 mg po qd ac"),
        ("半片 qn", "0.5 tab qn"),
        ("200-mg b.i.d.", "200 mg bid"),
    ],
)
def test_read(text: str, value: str) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    "text",
    ["8.9mmol/L", "31g/L", "12.5 mg/L", "1.1 ng/mL", "98次/分", "38.5℃", "2张", "尿量200ml/24h"],
)
def test_results_and_counts_are_no_doses(text: str) -> None:
    assert read(text) == ""


def test_a_time_of_day_behind_a_comma_that_begins_another_statement_is_none() -> None:
    assert read("150mg po qd，晨起血压138/82mmHg") == "150 mg po qd"


def test_a_frequency_that_is_a_range_is_not_told() -> None:
    assert read("10mg 口服 每三四小时一次") == "10 mg po"


def test_a_second_frequency_ends_the_order() -> None:
    assert read("500 mg bid tid") == "500 mg bid"


UNITS = sorted({rule.id for rule in dose_units()[1].values() if rule.kind == "amount" and rule.factor == 1})
ROUTES = sorted(set(routes()[1].values()) - {"id"})
FREQUENCIES = ["qd", "bid", "tid", "qid", "qod", "qw", "qn", "st", "q6h", "q8h", "q12h"]


@given(
    st.decimals(min_value="0.01", max_value="9999", places=2),
    st.sampled_from(UNITS),
    st.sampled_from([route for route in ROUTES if route in routes()[1]]),
    st.sampled_from(FREQUENCIES),
    st.permutations(["dose", "route", "frequency"]),
)
def test_the_normal_form_reads_back_in_any_order(dose, unit, route, frequency, order) -> None:  # type: ignore[no-untyped-def]
    amount = number(float(dose))
    parts = {"dose": f"{amount} {unit}", "route": route, "frequency": frequency}
    assert read(" ".join(parts[each] for each in order)) == f"{amount} {unit} {route} {frequency}"


@given(st.integers(1, 24))
def test_doses_in_a_day(hours: int) -> None:
    text = f"1g q{hours}h"
    assert dosing_reader().read(text, 0, len(text)).per_day == pytest.approx(24 / hours, abs=1e-5)
