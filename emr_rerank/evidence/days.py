"""Comparing a day that is asked for with the dates of a record."""

from datetime import date as Day

MONTH_DAY = "--"
"""How ISO 8601 (2000 edition) begins a date without a year: --03-05."""
TODAY = "P0D"
"""The day of the note itself, as an ISO 8601 duration: no day before it."""


def same_day(date: str | None, day: str) -> bool:
    """Whether an ISO date or date-time falls on a day given as ISO or --MM-DD."""
    if date is None:
        return False
    if day.startswith(MONTH_DAY):
        return date[4:10] == day[1:]
    return date[:10] == day


def within_days(date: str | None, first: str, last: str) -> bool:
    """Whether an ISO date or date-time falls between two days, both given as ISO or as --MM-DD, ends included."""
    if date is None or date.startswith(MONTH_DAY):
        return False
    if first.startswith(MONTH_DAY):
        return first[1:] <= date[4:10] <= last[1:]
    return first <= date[:10] <= last


def days_apart(one: str, other: str) -> float:
    """Days between two ISO dates or date-times; infinite where one is no whole date."""
    try:
        return abs((Day.fromisoformat(one[:10]) - Day.fromisoformat(other[:10])).days)
    except ValueError:
        return float("inf")
