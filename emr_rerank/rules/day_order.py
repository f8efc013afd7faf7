"""Whether a record writes 03/05/2026 month first or day first: its own dates tell."""

import datetime
from collections.abc import Iterator
from functools import lru_cache

from emr_rerank.rules.days import DayRules, calendar_day, day_by_order


@lru_cache(maxsize=2)  # the readers of one record ask one after the other
def month_first(text: str, rules: DayRules) -> bool | None:
    """True for month first, False for day first, None where nothing in the record tells or it tells both.

    A date that can be read one way only (03/25/2026) tells. Where none does, days printed beyond doubt (2026-05-03)
    tell: the order is the one in which some of the doubtful dates (05/03/2026) are such days, and none in the other.
    """
    figures = [match for _, pattern in rules.of_kind("day_order") for match in pattern.finditer(text)]
    day_leads = any(int(match["a"]) > 12 for match in figures)
    month_leads = any(int(match["b"]) > 12 for match in figures)
    if day_leads or month_leads or not figures:
        return None if day_leads == month_leads else month_leads
    known = set(_certain_days(text, rules))
    doubtful = [match for match in figures if match["a"] != match["b"]]
    month_known = any(day_by_order(match, True) in known for match in doubtful)
    day_known = any(day_by_order(match, False) in known for match in doubtful)
    return None if month_known == day_known else month_known


def _certain_days(text: str, rules: DayRules) -> Iterator[datetime.date]:
    for _, pattern in rules.of_kind("calendar"):
        yield from filter(None, map(calendar_day, pattern.finditer(text)))
