"""When a value of a sentence was measured: the dates a sentence names, resolved from the day of its document."""

import datetime
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from emr_rerank.rules.dates import DateRule, date_rules

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HAN = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_WORTH_READING = re.compile(r"\d|今|昨|前[天日]|入院|(?i:today|yesterday|admission|ago)")
_FUTURE = datetime.timedelta(days=31)


@dataclass(frozen=True)
class When:
    """A date named in a sentence. `iso` is None for one that can't be resolved (2年前); `past`: before the stay."""

    start: int
    end: int
    iso: str | None
    numeric: bool
    past: bool = False


def dates_in(text: str, document: str | None, admission: str | None, rules_dir: Path | None = None) -> tuple[When, ...]:
    """Dates of a sentence in reading order, without overlap, the longest at each place."""
    if not _WORTH_READING.search(text):
        return ()
    found = [(match, rule) for pattern, rule in _patterns(rules_dir) for match in pattern.finditer(text)]
    found.sort(key=lambda pair: (pair[0].start(), -pair[0].end()))
    named: list[When] = []
    reached = -1
    for match, rule in found:
        start = match.start() + len(match.group()) - len(match.group().lstrip())
        if start >= reached and match.group().strip():
            reached = match.end()
            if rule.kind != "ignore":
                iso = _resolve(match, rule, _day(document), _day(admission))
                past = _before_stay(match.group(), rule, iso, admission)
                if rule.kind == "admission_day" and any(when.past for when in named):
                    iso, past = None, True  # 入院时 of the stay that the sentence tells of
                named.append(When(start, match.end(), iso, any(sign.isdigit() for sign in match.group()), past))
    return tuple(named)


def _before_stay(text: str, rule: DateRule, iso: str | None, admission: str | None) -> bool:
    """Whether a named date lies more than a day before admission."""
    if iso:
        return bool(admission) and (days_between(iso, admission or "") or 0) > 1
    if rule.kind != "unresolved" or not admission:
        return False
    year = re.search(r"((?:19|20)\d{2})\D*(\d{1,2})?", text)
    if not year:
        return "前" in text or "ago" in text.lower()
    return (int(year[1]), int(year[2] or 0)) < (int(admission[:4]), int(admission[5:7]) if year[2] else 0)


@lru_cache(maxsize=8)
def _patterns(rules_dir: Path | None) -> tuple[tuple[re.Pattern[str], DateRule], ...]:
    return tuple((re.compile(rule.pattern), rule) for rule in date_rules(rules_dir) if rule.kind != "day_order")


def _resolve(
    match: re.Match[str], rule: DateRule, document: datetime.date | None, admission: datetime.date | None
) -> str | None:
    parts = {name: text for name, text in match.groupdict().items() if text}
    anchor = {"document_day": document, "days_ago": document}.get(rule.kind, admission)
    try:
        if rule.kind in ("calendar", "month_day"):
            day = _calendar(parts, document or admission)
        elif rule.kind in ("document_day", "admission_day") and anchor:
            day = anchor + datetime.timedelta(days=rule.offset + _count(parts))
        elif rule.kind in ("days_ago", "days_before_admission") and anchor:
            day = anchor - datetime.timedelta(days=_count(parts))
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return _iso(day, parts) if day else None


def _calendar(parts: dict[str, str], near: datetime.date | None) -> datetime.date | None:
    month = int(parts["m"]) if "m" in parts else _MONTHS.index(parts["month"][:3].lower()) + 1
    if "y" in parts:
        return datetime.date(int(parts["y"]), month, int(parts["d"]))
    if near is None:
        return None
    day = datetime.date(near.year, month, int(parts["d"]))
    return day if day <= near + _FUTURE else datetime.date(near.year - 1, month, int(parts["d"]))


def _iso(day: datetime.date, parts: dict[str, str]) -> str:
    minute = parts.get("min") or parts.get("min2")
    if "h" not in parts or minute is None or int(parts["h"]) > 23 or int(minute) > 59:
        return day.isoformat()
    return f"{day.isoformat()}T{int(parts['h']):02d}:{int(minute):02d}"


def _count(parts: dict[str, str]) -> int:
    text = parts.get("n") or parts.get("n2") or "0"
    if text.isdigit():
        return int(text)
    tens, _, ones = text.partition("十")
    if "十" in text:
        return _HAN.get(tens, 1) * 10 + _HAN.get(ones, 0)
    return _HAN.get(text, 0)


def _day(iso: str | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(iso[:10]) if iso else None
    except ValueError:
        return None


def days_between(earlier: str, later: str) -> int | None:
    """Whole days from one ISO date to another; None when one is no date."""
    first, last = _day(earlier), _day(later)
    return (last - first).days if first and last else None
