"""Facts of a record → series."""

import pytest

from emr_rerank.facts.trends import build_trends
from tests.facts.one_sentence import facts_of, record_of, table_of

SHORT = ("采集时间", "项目", "结果", "单位", "参考值")


def test_a_rising_series() -> None:
    rows = [
        ["2026-03-02 08:00", "肌酐", "72", "μmol/L", "57-97"],
        ["2026-03-05 06:10", "肌酐", "108", "μmol/L", "57-97"],
    ]
    (trend,) = build_trends(facts_of(table_of(SHORT, rows)), ["creatinine"])
    assert (trend.first, trend.last, trend.change, trend.change_pct, trend.direction) == (72.0, 108.0, 36.0, 50.0, "up")
    assert [(point.time, point.value, point.page, point.flag) for point in trend.points] == [
        ("2026-03-02T08:00", 72.0, 1, "N"),
        ("2026-03-05T06:10", 108.0, 1, "H"),
    ]
    assert (trend.unit, trend.reference) == ("umol/L", (57.0, 97.0))


@pytest.mark.parametrize(
    ("last", "direction"), [("75", "stable"), ("69", "stable"), ("90", "up"), ("58", "down"), ("72", "stable")]
)
def test_a_change_within_biological_variation_is_none(last: str, direction: str) -> None:
    record = record_of([f"3月2日肌酐72μmol/L，3月5日肌酐{last}μmol/L"])
    (trend,) = build_trends(facts_of(record), ["creatinine"])
    assert trend.direction == direction


def test_time_order_and_not_reading_order() -> None:
    record = record_of(["3月5日肌酐108μmol/L", "3月2日肌酐72μmol/L"])
    (trend,) = build_trends(facts_of(record), ["creatinine"])
    assert [point.value for point in trend.points] == [72.0, 108.0]


def test_a_quoted_measurement_counts_once() -> None:
    table = table_of(
        SHORT,
        [
            ["2026-03-03 06:10", "肌酐", "108.3", "μmol/L", "57-97"],
            ["2026-03-06 06:10", "肌酐", "95", "μmol/L", "57-97"],
        ],
    )
    quotes = record_of(
        ["今日复查肌酐108μmol/L", "肌酐由108降至95μmol/L", "3月3日肌酐108.3μmol/L"],
        dates=["2026-03-03", "2026-03-07", "2026-03-09"],
    )
    (trend,) = build_trends([*facts_of(quotes), *facts_of(table)], ["creatinine"])
    assert [(point.time, point.value) for point in trend.points] == [
        ("2026-03-03T06:10", 108.3),
        ("2026-03-06T06:10", 95.0),
    ]


def test_every_place_that_tells_a_measurement_is_cited() -> None:
    quotes = ["今日复查肌酐108μmol/L", "肌酐由108降至95μmol/L", "Scr 72→108", "3月3日肌酐108.3μmol/L"]
    rows = [
        ["2026-03-03 06:10", "肌酐", "108.3", "μmol/L", "57-97"],
        ["2026-03-06 06:10", "肌酐", "95", "μmol/L", "57-97"],
    ]
    told = facts_of(record_of(quotes, dates=["2026-03-03", "2026-03-07", "2026-03-07", "2026-03-09"]))
    (trend,) = build_trends([*told, *facts_of(table_of(SHORT, rows))], ["creatinine"])
    assert [[citation.text for citation in point.citations] for point in trend.points] == [
        ["108.3", "108", "108", "108", "108.3"],
        ["95", "95"],
    ]
    assert [(each.text, each.reason) for each in trend.apart] == [("72", "unit_missing")]
    assert (trend.highest.value, trend.lowest.value) == (108.3, 95.0)


def test_the_json_of_a_series_is_the_contract() -> None:
    record = record_of(["3月2日肌酐72μmol/L，今日肌酐108μmol/L，其母肌酐300μmol/L"])
    (trend,) = build_trends(facts_of(record), ["creatinine"])
    assert set(trend.model_dump()) == {
        "name", "display", "unit", "points", "first", "last", "change", "change_pct", "direction",
    }  # fmt: skip
    assert set(trend.model_dump()["points"][0]) == {"time", "value", "page"}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("2年前外院查血糖20.1mmol/L", "other_stay"),
        ("其母查血糖15.1mmol/L", "other_person"),
        ("目标血糖7.0mmol/L", "planned"),
        ("血糖9999mmol/L", "implausible"),
        ("血糖9.9U/L", "other_unit"),
        ("血糖15.6", "unit_missing"),
        ("血糖270", "unit_missing"),
        ("血糖>33.3mmol/L", "not_a_number"),
        ("血糖波动于6-10mmol/L", "not_a_number"),
    ],
)
def test_what_does_not_belong_to_the_series_is_listed_with_the_reason(told: str, reason: str) -> None:
    record = record_of(["3月2日血糖11.0mmol/L", told, "今日血糖8.0mmol/L"])
    (trend,) = build_trends(facts_of(record), ["glucose"])
    assert [point.value for point in trend.points] == [11.0, 8.0]
    assert [each.reason for each in trend.apart] == [reason]


def test_disputed_values_are_listed() -> None:
    told = facts_of(record_of(["今晨肌酐180μmol/L", "今晨肌酐108μmol/L"]))
    (trend,) = build_trends([*told, *facts_of(table_of(SHORT, [DAY_BEFORE, NEXT_DAY]))], ["creatinine"])
    assert {(each.value, each.reason) for each in trend.apart} == {(180.0, "disputed"), (108.0, "disputed")}


def test_a_series_is_in_the_unit_that_most_values_are_in() -> None:
    record = record_of(["3月2日D-二聚体1.2mg/L FEU", "3月3日D-二聚体0.8ug/ml", "今日D-二聚体860ng/ml(FEU)"])
    (trend,) = build_trends(facts_of(record), ["d_dimer"])
    assert ([point.value for point in trend.points], trend.unit) == ([1.2, 0.86], "mg/L FEU")
    assert [(each.value, each.unit, each.reason) for each in trend.apart] == [(0.8, "mg/L", "other_unit")]


def test_the_threshold_names_its_source() -> None:
    (trend,) = build_trends(facts_of(record_of(["3月2日肌酐72μmol/L，今日肌酐108μmol/L"])), ["creatinine"])
    assert trend.threshold == 15.0 and "Fokkema 2006" in trend.threshold_source


def test_other_people_stays_and_plans_stay_out() -> None:
    record = record_of(
        [
            "2年前外院查血糖20.1mmol/L",
            "其母查血糖15.1mmol/L",
            "目标血糖7.0mmol/L",
            "血糖9999mmol/L",
            "3月2日血糖11.0mmol/L",
            "今日血糖8.0mmol/L",
        ]
    )
    (trend,) = build_trends(facts_of(record), ["glucose"])
    assert [point.value for point in trend.points] == [11.0, 8.0]


def test_units_meet_in_the_normal_one() -> None:
    record = record_of(["3月2日肌酐72μmol/L", "今日肌酐1.4mg/dl"])
    (trend,) = build_trends(facts_of(record), ["creatinine"])
    assert [point.value for point in trend.points] == [72.0, pytest.approx(123.8)]


def test_without_dates_the_pages_order_the_series() -> None:
    (trend,) = build_trends(facts_of(record_of(["肌酐由72升至108μmol/L"], date=None)), ["creatinine"])
    assert (trend.first, trend.last) == (72.0, 108.0)


def test_a_single_value_is_no_series() -> None:
    assert build_trends(facts_of(record_of(["肌酐108μmol/L"])), ["creatinine"]) == ()


def test_no_percentage_of_zero() -> None:
    (trend,) = build_trends(facts_of(record_of(["3月2日BE 0mmol/L", "今日BE -3.5mmol/L"])), ["base_excess"])
    assert (trend.change_pct, trend.change, trend.direction) == (None, -3.5, "down")


@pytest.mark.parametrize(
    ("name", "analyte", "unit", "first", "last", "direction"),
    [
        ("CRP", "crp", "mg/L", 182.5, 6.8, "down"),  # varies so much that a symmetric threshold would exceed 100 %
        ("CRP", "crp", "mg/L", 8.0, 12.0, "stable"),
        ("CRP", "crp", "mg/L", 6.8, 182.5, "up"),
        ("NT-proBNP", "nt_probnp", "pg/mL", 9860.0, 2130.0, "down"),
    ],
)
def test_a_variable_analyte_can_fall(
    name: str, analyte: str, unit: str, first: float, last: float, direction: str
) -> None:
    rows = [
        ["2026-03-02 08:00", name, str(first), unit, ""],
        ["2026-03-09 06:10", name, str(last), unit, ""],
    ]
    (trend,) = build_trends(facts_of(table_of(SHORT, rows)), [analyte])
    assert trend.direction == direction


DAY = ["2026-03-05 06:10", "肌酐", "180", "μmol/L", "57-97"]
EVENING = ["2026-03-05 16:10", "肌酐", "170", "μmol/L", "57-97"]
NEXT_DAY = ["2026-03-06 06:10", "肌酐", "150", "μmol/L", "57-97"]
DAY_BEFORE = ["2026-03-04 06:10", "肌酐", "200", "μmol/L", "57-97"]


@pytest.mark.parametrize(
    ("rows", "written", "expected"),
    [
        ([DAY, NEXT_DAY], "2026-03-05T20:15", [180.0, 108.0, 150.0]),
        ([DAY, NEXT_DAY], "2026-03-05T05:00", [180.0, 108.0, 150.0]),
        ([DAY, NEXT_DAY], "2026-03-05", [180.0, 108.0, 150.0]),
        ([DAY_BEFORE, DAY], "2026-03-05T20:15", [200.0, 108.0, 180.0]),
        ([DAY_BEFORE, DAY, NEXT_DAY], "2026-03-05T20:15", [200.0, 180.0, 108.0, 150.0]),
        ([DAY, EVENING, NEXT_DAY], "2026-03-05T12:00", [180, 108, 170, 150]),
        ([DAY, EVENING, NEXT_DAY], "2026-03-05T20:00", [180, 170, 108, 150]),
    ],
)  # fmt: skip
def test_a_bare_day_is_not_ordered_before_the_hours_of_that_day(
    rows: list[list[str]], written: str, expected: list[float]
) -> None:
    told = facts_of(record_of(["肌酐108μmol/L"], date=written))
    assert [fact.time for fact in told] == ["2026-03-05"]
    (trend,) = build_trends([*told, *facts_of(table_of(SHORT, rows))], ["creatinine"])
    assert [point.value for point in trend.points] == expected


def test_a_bare_day_and_one_hour_of_it_are_no_series() -> None:
    told = facts_of(record_of(["肌酐108μmol/L"], date="2026-03-05T20:15"))
    assert build_trends([*told, *facts_of(table_of(SHORT, [DAY]))], ["creatinine"]) == ()


def test_two_values_of_one_morning_are_no_series() -> None:
    record = record_of(["今晨肌酐180μmol/L", "今晨肌酐108μmol/L"])
    assert build_trends(facts_of(record), ["creatinine"]) == ()


def test_a_disputed_time_is_left_out_of_a_series() -> None:
    told = facts_of(record_of(["今晨肌酐180μmol/L", "今晨肌酐108μmol/L"]))
    (trend,) = build_trends([*told, *facts_of(table_of(SHORT, [DAY_BEFORE, NEXT_DAY]))], ["creatinine"])
    assert [point.value for point in trend.points] == [200.0, 150.0]


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        (["血红蛋白由68g/L升至96g/L"], [68.0, 96.0]),
        (["血红蛋白68g/L", "血红蛋白由68g/L升至96g/L"], [68.0, 96.0]),
        (["血红蛋白96g/L", "入院前血红蛋白68g/L"], None),
        (["血红蛋白96g/L", "血红蛋白68g/L"], None),
    ],
)
def test_retold_values_are_ordered_only_inside_a_sentence(sentences: list[str], expected: list[float] | None) -> None:
    trends = build_trends(facts_of(record_of(sentences, section="hospital_course")), ["hemoglobin"])
    assert [[point.value for point in trend.points] for trend in trends] == ([expected] if expected else [])
