"""Years, months and whole dates that a text names, as ISO prefixes: 2024, 2025-11, --10 (a month without a year)."""

import re
from datetime import date
from pathlib import Path

from emr_rerank.evidence.days import MONTH_DAY
from emr_rerank.rules.dates import month_number
from emr_rerank.rules.questions import QuestionRule, question_rules

LATEST_SHORT_YEAR = 31
"""A year in two digits up to this one is of this century; more can also be no day of a month."""
AGO = "-P"
"""How a time before admission begins: an ISO 8601 duration with a minus sign, -P5Y, -P3M; -P1Y-11 is last November."""
NUMERALS = "零一二三四五六七八九十"
"""Chinese numerals, each at its value."""
_NUMERALS = {numeral: number for number, numeral in enumerate(NUMERALS)} | {"两": 2}
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_AGO = re.compile(r"-P(?P<count>\d+)(?P<unit>[YM])(?:-(?P<month>\d\d))?$")


def day_of(match: re.Match[str]) -> str | None:
    """ISO day, or --MM-DD without a year; None where no such day exists."""
    groups = match.groupdict()
    return _day(_year(groups), groups["month"], groups["day"])


def _year(groups: dict[str, str | None]) -> str | None:
    """The year in four digits; two digits (8/31/93, 95年10月) are of the hundred years that end with 2031."""
    year = groups.get("year") or groups.get("year2")
    if year is None or len(year) > 2:
        return year
    return f"{2000 + int(year) if int(year) <= LATEST_SHORT_YEAR else 1900 + int(year)}"


def _day(year: str | None, month: str, number: str) -> str | None:
    try:
        day = date(int(year) if year else 2000, month_number(month), int(number))
    except ValueError:
        return None
    return day.isoformat() if year else f"{MONTH_DAY}{day:%m-%d}"


def period_of(rule: QuestionRule, match: re.Match[str]) -> str | None:
    """What a period rule's match means; None where no such month or number exists."""
    groups = match.groupdict()
    month = month_number(groups["month"]) if groups.get("month") else None
    if month is not None and not 1 <= month <= 12:
        return None
    if rule.ago is not None:
        count = rule.number or _number(groups.get("count") or "")
        return f"{AGO}{count}{rule.ago}" + (f"-{month:02d}" if month else "") if count else None
    if year := _year(groups):
        return year + (f"-{month:02d}" if month else "")
    return f"{MONTH_DAY}{month:02d}" if month else None


def operation_of(rule: QuestionRule, match: re.Match[str]) -> str | None:
    """Before, during, after, or so many days after an operation as an ISO 8601 duration (P1D)."""
    count = count_of(rule, match)
    return rule.operation if count is None else f"P{count}D"


def count_of(rule: QuestionRule, match: re.Match[str]) -> int | None:
    """The number that a rule's match names, or the rule itself."""
    return _number(match.groupdict().get("count") or "") or rule.number


def until_of(match: re.Match[str]) -> str | None:
    """The last of several days, written like the first; None where the match names one day or no such day."""
    groups = match.groupdict()
    if not groups.get("day2"):
        return None
    return _day(_year(groups), groups.get("month2") or groups["month"], groups["day2"])


def resolved(period: str, admission: str | None) -> str | None:
    """A time before admission as an ISO prefix; None when admission is not known."""
    found = _AGO.match(period)
    if found is None or admission is None:
        return None if found else period
    year, month, count = int(admission[:4]), int(admission[5:7]), int(found["count"])
    if found["unit"] == "Y":
        return f"{year - count:04d}" + (f"-{found['month']}" if found["month"] else "")
    whole = year * 12 + month - 1 - count
    return f"{whole // 12:04d}-{whole % 12 + 1:02d}"


def periods_in(text: str, admission: str | None, rules_dir: Path | None = None) -> list[tuple[int, str]]:
    """Offset and meaning of every date, month, year and 'N years ago' in a text, in reading order."""
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, str]] = []
    for rule in question_rules(rules_dir):
        if not rule.day and not rule.period:
            continue
        for match in re.finditer(rule.pattern, text, re.IGNORECASE):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            when = day_of(match) if rule.day else period_of(rule, match)
            when = resolved(when, admission) if when else None
            taken.append(match.span())
            if when:
                found.append((match.start(), when))
    return sorted(found)


def fits(when: str | None, period: str) -> bool:
    """Whether an ISO date or prefix lies in the period."""
    if when is None:
        return False
    if period.startswith(MONTH_DAY):
        return when[5:7] == period[2:4] if not when.startswith(MONTH_DAY) else when[2:4] == period[2:4]
    return when.startswith(period)


def _number(written: str) -> int:
    if written.isdigit():
        return int(written)
    lowered = written.lower()
    if lowered in _WORDS:
        return _WORDS.index(lowered) + 1
    if lowered.startswith("十") and len(lowered) == 2:
        return 10 + _NUMERALS.get(lowered[1], 0)
    return _NUMERALS.get(lowered, 1 if lowered in ("a", "an") else 0)
