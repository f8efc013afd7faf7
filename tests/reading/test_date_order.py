"""Dates with the year last are put into calendar order where the order is known, letter for letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emr_rerank.reading.build import build_record
from emr_rerank.reading.date_order import in_calendar_order
from tests.reading.printed_pages import page, read


@pytest.mark.parametrize(
    ("text", "month_first", "ordered"),
    [
        ("Date: 02/14/2026 08:10", None, "Date: 2026-02-14 08:10"),
        ("14.02.2026", None, "2026-02-14"),
        ("2/3/2026", True, "2026-2-3"),
        ("2/3/2026", False, "2026-3-2"),
        ("2/3/2026", None, "2/3/2026"),
        ("03/03/2026", None, "2026-03-03"),
        ("13/13/2026", None, "13/13/2026"),
        ("BP 120/80, ratio 1/2/3", True, "BP 120/80, ratio 1/2/3"),
        ("2026/03/02", True, "2026/03/02"),
    ],
)
def test_order(text: str, month_first: bool | None, ordered: str) -> None:
    assert in_calendar_order(text, month_first) == ordered


@given(st.text(alphabet="0123456789/. -:年ab", max_size=40), st.sampled_from([True, False, None]))
def test_the_length_stays(text: str, month_first: bool | None) -> None:
    assert len(in_calendar_order(text, month_first)) == len(text)


def test_documents_are_dated_once_the_record_shows_its_order() -> None:
    lines = ["PROGRESS NOTE", "Date of Service: 02/03/2026", "Well.", "02/14/2026 08:30 Progress Note", "Home."]
    record = build_record("r", read(page(*lines)), None)
    assert [(s.title, s.date) for s in record.sections] == [
        ("PROGRESS NOTE", "2026-02-03"), ("Progress Note", "2026-02-14T08:30"),
    ]  # fmt: skip
    undecided = build_record("r", read(page(*lines[:3])), None)
    assert [s.date for s in undecided.sections] == [None]


def test_a_bare_date_is_titled_as_printed() -> None:
    record = build_record("r", read(page("PROGRESS NOTES", "02/14/2026 08:30", "Well.")), None)
    assert [s.title for s in record.sections] == ["PROGRESS NOTES", "02/14/2026 08:30"]
