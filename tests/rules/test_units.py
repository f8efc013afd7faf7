"""Printed units, and conversion that keeps dimensions apart."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from emr_rerank.rules.units import UnitError, unit_table

UNITS = unit_table()
PRINTED = [
    ("μmol/L", "umol/L"),
    ("µmol/L", "umol/L"),
    ("umol/l", "umol/L"),
    ("UMOL/L", "umol/L"),
    ("ｕｍｏｌ／Ｌ", "umol/L"),
    ("mmol／L", "mmol/L"),
    ("10^9/L", "10^9/L"),
    ("×10^9/L", "10^9/L"),
    ("*10^9/L", "10^9/L"),
    ("×10⁹/L", "10^9/L"),
    ("10~9/L", "10^9/L"),
    ("10E9/L", "10^9/L"),
    ("10*9/L", "10^9/L"),
    ("G/L", "10^9/L"),
    ("K/uL", "10^9/L"),
    ("x10^3/µL", "10^9/L"),
    ("×10^12/L", "10^12/L"),
    ("T/L", "10^12/L"),
    ("g/L", "g/L"),
    ("g/l", "g/L"),
    ("IU/L", "U/L"),
    ("u/L", "U/L"),
    ("U/l", "U/L"),
    ("ng/ml", "ng/mL"),
    ("pg/mL", "pg/mL"),
    ("mIU/L", "mIU/L"),
    ("μIU/mL", "uIU/mL"),
    ("％", "%"),
    ("sec", "s"),
    ("秒", "s"),
    ("mmHg", "mmHg"),
    ("°C", "℃"),
    ("℃", "℃"),
    ("次/分", "/min"),
    ("ml/min/1.73m²", "mL/min/1.73m2"),
    ("mL/(min·1.73m2)", "mL/min/1.73m2"),
    ("mg/L FEU", "mg/L FEU"),
    ("mm/h", "mm/h"),
    ("个/HP", "/HPF"),
    ("meq/L", "mEq/L"),
    ("fl", "fL"),
    ("kpa", "kPa"),
    ("片", None),
    ("", None),
    ("mg", None),
]


@pytest.mark.parametrize(("printed", "normal"), PRINTED, ids=[row[0] for row in PRINTED])
def test_printed_variants(printed: str, normal: str | None) -> None:
    assert UNITS.read(printed) == normal


@pytest.mark.parametrize(
    ("text", "unit", "end"),
    [
        ("mg/L FEU，", "mg/L FEU", 8),
        ("mg/L，", "mg/L", 4),
        ("*10^9/L白", "10^9/L", 7),
        ("×109/L", "10^9/L", 6),
        ("mmol / L", "mmol/L", 8),
    ],
)
def test_the_longest_unit_in_running_text(text: str, unit: str, end: int) -> None:
    assert UNITS.match(text, 0) == (unit, end)


@pytest.mark.parametrize("text", ["minutes ago"[3:], "gram", "Lasix", "日", "sinus"])
def test_a_word_is_no_unit(text: str) -> None:
    assert UNITS.match(text, 0) is None


@pytest.mark.parametrize(
    ("value", "unit", "to", "molar_mass", "expected"),
    [
        (1.2, "mg/dL", "umol/L", 113.12, 106.08),
        (180.16, "mg/dL", "mmol/L", 180.16, 10.0),
        (6.0, "kPa", "mmHg", None, 45.0037),
        (98.6, "℉", "℃", None, 37.0),
        (12.5, "/uL", "10^9/L", None, 0.0125),
        (1.0, "ukat/L", "U/L", None, 60.0),
        (0.302, "L/L", "%", None, 30.2),
        (7.8, "g/dL", "g/L", None, 78.0),
    ],
)
def test_conversion(value: float, unit: str, to: str, molar_mass: float | None, expected: float) -> None:
    assert UNITS.convert(value, unit, to, molar_mass) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    ("unit", "to"), [("mmHg", "mmol/L"), ("mg/L", "mmol/L"), ("mg/L FEU", "mg/L"), ("%", "g/L"), ("nonsense", "g/L")]
)
def test_other_dimensions_are_refused(unit: str, to: str) -> None:
    with pytest.raises(UnitError):
        UNITS.convert(1.0, unit, to)


IDS = sorted(UNITS._units)


@given(st.sampled_from(IDS), st.sampled_from(IDS), st.floats(0.01, 1e5), st.sampled_from([None, 113.12, 180.16]))
def test_there_and_back(unit: str, to: str, value: float, molar_mass: float | None) -> None:
    try:
        there = UNITS.convert(value, unit, to, molar_mass)
    except UnitError:
        with pytest.raises(UnitError):
            UNITS.convert(value, to, unit, molar_mass)
        return
    assume(abs(there) > 1e-290)
    assert UNITS.convert(there, to, unit, molar_mass) == pytest.approx(value, rel=1e-6, abs=1e-6)


@given(st.sampled_from(IDS))
def test_every_normal_form_reads_as_itself(unit: str) -> None:
    assert UNITS.read(unit) == unit
