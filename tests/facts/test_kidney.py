"""The creatinine criterion of KDIGO 2012 over invented series."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emr_rerank.facts.kidney import kidney_injury
from emr_rerank.facts.trends import build_trends
from emr_rerank.findings import TrendPoint
from tests.facts.one_sentence import facts_of, table_of


def series(*values: tuple[str | None, float]) -> list[TrendPoint]:
    return [
        TrendPoint(time=time, value=value, page=page, start=0, end=1)
        for page, (time, value) in enumerate(values, start=1)
    ]


CASES = [
    ("the rise of 26.5 within 48 hours", [("2026-03-02T06:00", 80), ("2026-03-04T06:00", 106.5)], 1),
    ("a rise just below it", [("2026-03-02T06:00", 80), ("2026-03-04T06:00", 106.4)], None),
    ("the same rise a minute later", [("2026-03-02T06:00", 80), ("2026-03-04T06:01", 106.5)], None),
    ("days without a clock time", [("2026-03-02", 80), ("2026-03-04", 106.5)], 1),
    ("half as much again in seven days", [("2026-03-02T06:00", 80), ("2026-03-09T06:00", 120)], 1),
    ("twice", [("2026-03-02T06:00", 80), ("2026-03-06T06:00", 160)], 2),
    ("three times", [("2026-03-02T06:00", 80), ("2026-03-06T06:00", 240)], 3),
    ("353.6 after a rise", [("2026-03-02T06:00", 330), ("2026-03-03T06:00", 360)], 3),
    ("353.6 without a rise", [("2026-03-02T06:00", 360), ("2026-03-03T06:00", 361)], None),
    ("a series that only falls", [("2026-03-02T06:00", 268), ("2026-03-05T06:00", 95)], None),
    ("a rise between two falls", [("2026-03-02", 200), ("2026-03-03", 90), ("2026-03-05", 140), ("2026-03-08", 80)], 1),
]


@pytest.mark.parametrize(("points", "stage"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_criterion_and_stage(points: list[tuple[str, float]], stage: int | None) -> None:
    found = kidney_injury(series(*points))
    assert found is not None
    assert found.stage == stage
    assert "KDIGO" in found.source and "2012" in found.source


def test_the_two_measurements_that_prove_it() -> None:
    found = kidney_injury(series(("2026-03-02T06:00", 100), ("2026-03-03T06:00", 130), ("2026-03-05T06:00", 250)))
    assert found is not None
    assert (found.before.page, found.after.page, found.stage) == (1, 3, 2)
    assert (found.rise, found.ratio) == (120.0, 2.5)


@pytest.mark.parametrize(
    "points",
    [[("2026-03-02T06:00", 80)], [(None, 80), (None, 200)], [("2026-03-02T06:00", 80), ("2026-03-09T06:01", 200)]],
)
def test_a_series_that_does_not_allow_it(points: list[tuple[str | None, float]]) -> None:
    assert kidney_injury(series(*points)) is None


@given(st.lists(st.floats(20, 1500), min_size=2, max_size=8))
def test_no_rise_no_injury(values: list[float]) -> None:
    falling = sorted(values, reverse=True)
    found = kidney_injury(series(*((f"2026-03-{day:02d}", value) for day, value in enumerate(falling, start=1))))
    assert found is not None and found.stage is None


@given(st.floats(20, 300), st.floats(1.0, 8.0))
def test_a_greater_rise_is_no_lower_stage(first: float, factor: float) -> None:
    def stage(times: float) -> int:
        found = kidney_injury(series(("2026-03-01", first), ("2026-03-04", first * times)))
        return (found.stage or 0) if found else 0

    assert stage(factor) <= stage(factor * 1.3)


def test_only_creatinine_has_it() -> None:
    header = ("采集时间", "项目", "结果", "单位")
    rows = [
        ["2026-03-02 08:00", name, value, unit]
        for name, value, unit in [("肌酐", "80", "μmol/L"), ("钾", "4", "mmol/L")]
    ]
    rows += [["2026-03-03 08:00", "肌酐", "170", "μmol/L"], ["2026-03-03 08:00", "钾", "6", "mmol/L"]]
    creatinine, potassium = build_trends(facts_of(table_of(header, rows)), ["creatinine", "potassium"])
    assert creatinine.kidney_injury is not None and creatinine.kidney_injury.stage == 2
    assert potassium.kidney_injury is None
    assert "kidney_injury" not in creatinine.model_dump()
