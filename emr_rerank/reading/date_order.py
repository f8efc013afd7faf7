"""Dates such as 03/25/2026 put into calendar order, letter for letter, so that every reader of dates takes them."""

import re

_DAY_MONTH_YEAR = re.compile(r"(?<![\d/.-])(?P<a>\d{1,2})[/.](?P<b>\d{1,2})[/.](?P<y>(?:19|20)\d{2})(?!\d)")


def in_calendar_order(text: str, month_first: bool | None) -> str:
    """The text with `03/25/2026` as `2026-03-25`; of the same length, so that offsets stay.

    `month_first` is how the record writes such dates, None where it never shows; then a date that can be read both
    ways stays as it is.
    """
    return _DAY_MONTH_YEAR.sub(lambda match: _ordered(match, month_first), text)


def _ordered(match: re.Match[str], month_first: bool | None) -> str:
    first, second = int(match["a"]), int(match["b"])
    if first > 12 or second > 12:
        month_first = second > 12
    if month_first is None and first != second:
        return match[0]
    month, day = (match["a"], match["b"]) if month_first else (match["b"], match["a"])
    return f"{match['y']}-{month}-{day}" if 1 <= int(month) <= 12 and 1 <= int(day) <= 31 else match[0]
