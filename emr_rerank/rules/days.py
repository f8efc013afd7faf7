"""The days that a text names, by `rules/dates*.yaml`: where each stands, which day it means, what it is for."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from emr_rerank.rules.dates import DateRule, date_rules, month_number
from emr_rerank.rules.needed_letters import needed_letters
from emr_rerank.rules.numerals import single

DateRole = Literal["own", "planned", "compared"]
"""own: what the words tell happened then; planned: it is to happen; compared: the day is only compared with."""
_AFTERNOON = ("p", "下午", "晚", "傍晚")
_NEXT_YEAR = datetime.timedelta(days=31)
_WEEK = "一二三四五六日"
_HALF_A_YEAR = 6
_AROUND = 60
# No rule matches a text without any of these; most sentences need no further look.
_WORTH_READING = re.compile(
    r"\d|[今昨明前后当本次翌][日天晨早晚夜]|今|第二天|[日天年月周时钟]前|[周期拜][一二三四五六日天]|去年|前年|上周|入院|住院|术|至今"
    r"|(?i:day|morning|night|ago|admission|month|year|week|hospital|arrival|POD|HD|overnight|tonight|tomorrow|today|afternoon|evening)"
)


@dataclass(frozen=True)
class Stay:
    """The days that other dates of a stay are counted from, as far as the record states them.

    `month_first` is how the record writes 03/05/2026: True for month first, False for day first, None if never shown.
    """

    admission: datetime.date | None = None
    operations: tuple[datetime.date, ...] = ()
    month_first: bool | None = None


@dataclass(frozen=True)
class DateMention:
    """A date named in a text. `day` is None for one that can't be resolved (2年前)."""

    start: int
    end: int
    rule: DateRule
    day: datetime.date | None
    time: str | None = None
    role: DateRole = "own"

    @property
    def iso(self) -> str | None:
        """ISO day, with the minute where one is printed."""
        if self.day is None:
            return None
        return f"{self.day.isoformat()}T{self.time}" if self.time else self.day.isoformat()


@dataclass(frozen=True)
class _Reading:
    """What the dates of one text are counted from."""

    document: str | None
    stay: Stay

    @property
    def day(self) -> datetime.date | None:
        return day_of(self.document)

    @property
    def _monday(self) -> datetime.date | None:
        return self.day - datetime.timedelta(days=self.day.weekday()) if self.day else None

    def resolve(
        self, rule: DateRule, match: re.Match[str], named: datetime.date | None, *, ahead: bool
    ) -> datetime.date | None:
        """The day meant; `named` is the one named before it, `ahead` says that it is of a plan."""
        if rule.kind == "calendar":
            return calendar_day(match)
        if rule.kind == "day_order":
            return day_by_order(match, self.stay.month_first)
        if rule.kind == "month_day":
            return self._in_year(_month(match), int(match["d"]), ahead=ahead)
        if rule.kind == "day_of_month":
            return self._in_month(int(match["d"]), ahead=ahead)
        if rule.kind == "week_day":
            return _shifted(self._monday, 7 * rule.offset + _WEEK.index(match["w"].replace("天", "日")))
        count = _count(match)
        if count is None:
            return None
        if rule.kind == "hours_ago":
            return self._hours_ago(count)
        base = self._base(rule, named)
        sign = -1 if rule.kind in ("days_ago", "days_before_admission") else 1
        return _shifted(base, sign * count + rule.offset)

    def _base(self, rule: DateRule, named: datetime.date | None) -> datetime.date | None:
        if rule.kind in ("document_day", "days_ago"):
            return self.day
        if rule.kind in ("admission_day", "days_before_admission"):
            return self.stay.admission
        if rule.kind == "operation_day":
            return self._last_operation()
        if rule.kind == "named_day":
            return named or (self.day if rule.offset == 0 else None)
        return None

    def _in_year(self, month: int, day: int, *, ahead: bool) -> datetime.date | None:
        """The day in the document's year; the year before where it would lie more than a month ahead and is no plan."""
        near = self.day or self.stay.admission
        if near is None:
            return None
        if ahead:
            return _day(near.year + (near.month - month >= _HALF_A_YEAR), month, day)
        this_year = _day(near.year, month, day)
        return _day(near.year - 1, month, day) if this_year and this_year > near + _NEXT_YEAR else this_year

    def _in_month(self, day: int, *, ahead: bool) -> datetime.date | None:
        """The last such day up to the document's, or one of its month that is `ahead`; the document alone counts."""
        if self.day is None:
            return None
        if ahead or day <= self.day.day:
            return _day(self.day.year, self.day.month, day)
        before = self.day.replace(day=1) - datetime.timedelta(days=1)
        return _day(before.year, before.month, day)

    def _hours_ago(self, hours: int) -> datetime.date | None:
        if self.document is None or "T" not in self.document:
            return None
        return (datetime.datetime.fromisoformat(self.document) - datetime.timedelta(hours=hours)).date()

    def _last_operation(self) -> datetime.date | None:
        if self.day is None:
            return self.stay.operations[0] if len(self.stay.operations) == 1 else None
        return max((day for day in self.stay.operations if day <= self.day), default=None)


@dataclass(frozen=True, eq=False)
class DayRules:
    """The date rules in force, compiled, in the order in which they take their stretch of text."""

    dates: tuple[tuple[DateRule, re.Pattern[str]], ...]
    roles: tuple[tuple[DateRule, re.Pattern[str]], ...]

    def of_kind(self, kind: str) -> Iterator[tuple[DateRule, re.Pattern[str]]]:
        """The rules of one kind."""
        return ((rule, pattern) for rule, pattern in self.dates if rule.kind == kind)

    def mentions(
        self, text: str, document: str | None, stay: Stay, named: datetime.date | None = None
    ) -> tuple[DateMention, ...]:
        """Dates named in a text, in reading order, without overlap.

        Args:
            document: ISO date or date-time of the text's document.
            stay: the days of the stay that others are counted from.
            named: the day named last before the text, which 次日 counts from.
        """
        if not _WORTH_READING.search(text):
            return ()
        reading = _Reading(document, stay)
        made: list[DateMention] = []
        for rule, match in sorted(self._matches(text), key=lambda found: found[1].start()):
            start = match.start() + len(match.group()) - len(match.group().lstrip())
            day, role = self._meant(rule, match, text, reading, named)
            named = day or named
            made.append(DateMention(start, match.end(), rule, day, time_of_day(match), role))
        return tuple(made)

    @cached_property
    def _needed(self) -> tuple[frozenset[str] | None, ...]:
        return tuple(needed_letters(pattern) for _, pattern in self.dates)

    def _matches(self, text: str) -> Iterator[tuple[DateRule, re.Match[str]]]:
        taken: list[tuple[int, int]] = []
        letters = frozenset(text)
        for (rule, pattern), needed in zip(self.dates, self._needed, strict=True):
            if needed is not None and needed.isdisjoint(letters):
                continue
            for match in pattern.finditer(text):
                if any(match.start() < end and start < match.end() for start, end in taken):
                    continue
                taken.append(match.span())
                if rule.kind != "ignore":
                    yield rule, match

    def _meant(
        self, rule: DateRule, match: re.Match[str], text: str, reading: _Reading, named: datetime.date | None
    ) -> tuple[datetime.date | None, DateRole]:
        """The day that a match means and what it is for. What lies before the document is no plan."""
        role = self._role_before(text, match.start() + len(match.group()) - len(match.group().lstrip()))
        if role == "compared":
            return reading.resolve(rule, match, named, ahead=False), role
        after = role == "own" and any(
            pattern.match(text, match.end()) for each, pattern in self.roles if each.side == "after"
        )
        if role == "planned" or after:
            day = reading.resolve(rule, match, named, ahead=True)
            first = reading.day + datetime.timedelta(days=after) if reading.day else None
            if day >= first if day and first else role == "planned" or rule.kind == "unresolved":
                return day, "planned"
        day = reading.resolve(rule, match, named, ahead=False)
        told_ahead = rule.kind in ("document_day", "week_day") and day and reading.day and day > reading.day
        return day, "planned" if told_ahead else "own"

    def _role_before(self, text: str, start: int) -> DateRole:
        """What the words before a date say it is for."""
        before = max(0, start - _AROUND)
        for rule, pattern in self.roles:
            if rule.side == "before" and pattern.search(text, before, start):
                return "planned" if rule.kind == "planned" else "compared"
        return "own"


@lru_cache(maxsize=8)
def day_rules(overrides: Path | None = None) -> DayRules:
    """The date rules in force, compiled once a folder. Raises RuleError."""
    compiled = [(rule, rule.compiled()) for rule in date_rules(overrides)]
    return DayRules(
        tuple(pair for pair in compiled if pair[0].kind not in ("planned", "compared")),
        tuple(pair for pair in compiled if pair[0].kind in ("planned", "compared")),
    )


def day_of(iso: str | None) -> datetime.date | None:
    """The calendar day of an ISO date or date-time."""
    return datetime.date.fromisoformat(iso[:10]) if iso else None


def calendar_day(match: re.Match[str]) -> datetime.date | None:
    """The day that a match of a calendar rule prints in full."""
    return _day(int(match["y"]), _month(match), int(match["d"]))


def day_by_order(match: re.Match[str], month_first: bool | None) -> datetime.date | None:
    """The day of 03/05/2026, where the order is known or the figures allow one only."""
    a, b, year = int(match["a"]), int(match["b"]), int(match["y"])
    if a == b or b > 12:
        return _day(year, a, b)
    if a > 12:
        return _day(year, b, a)
    if month_first is None:
        return None
    return _day(year, a, b) if month_first else _day(year, b, a)


def time_of_day(match: re.Match[str]) -> str | None:
    """HH:MM where the match prints an hour."""
    hour, minute = _group(match, "h"), _group(match, "min") or _group(match, "min2")
    if hour is None:
        return None
    half = (_group(match, "half") or _group(match, "half2") or "").lower()
    hours, minutes = int(hour), int(minute or 0)
    if half.isascii() and half:
        hours = hours % 12 + (12 if half == "p" else 0)
    elif half.startswith(_AFTERNOON) and 0 < hours < 12:
        hours += 12
    return f"{hours:02d}:{minutes:02d}" if hours < 24 and minutes < 60 else None


def _shifted(base: datetime.date | None, days: int) -> datetime.date | None:
    try:
        return base + datetime.timedelta(days=days) if base else None
    except OverflowError:
        return None


def _day(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _month(match: re.Match[str]) -> int:
    return month_number(_group(match, "month") or match["m"])


def _count(match: re.Match[str]) -> int | None:
    """How many days or hours are named; None for a range: 三四天前."""
    count = single(_group(match, "n") or _group(match, "n2") or "0")
    return None if count is None else int(count)


def _group(match: re.Match[str], name: str) -> str | None:
    return match.groupdict().get(name)
