"""Days and times as records print them, resolved to ISO 8601; what is ambiguous stays unresolved."""

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from emr_rerank.rules.dates import DateRule, date_rules

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_HAN = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_NEXT_YEAR = datetime.timedelta(days=31)
# No rule matches a sentence without any of these; most sentences need no further look.
_WORTH_READING = re.compile(
    r"\d|[今昨明前当][日天晨早晚夜]|[日天年月周期]前|入院|术|(?i:day|morning|night|ago|admission|month|year)"
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
class OwnDate:
    """What a sentence says of its time: nothing (`stated` false), a day or minute, or one that can't be resolved."""

    stated: bool = False
    iso: str | None = None
    rule: str | None = None


@dataclass(frozen=True)
class _Mention:
    rule: str
    day: datetime.date | None
    time: str | None = None
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class DateReader:
    """The date rules in force, ready to read."""

    rules: tuple[tuple[DateRule, re.Pattern[str]], ...] = field(repr=False)

    def own_date(self, text: str, document: str | None, stay: Stay) -> OwnDate:
        """The date that a sentence of a document of this date states.

        Two different days, or one that can't be resolved, give `stated` without a date.
        """
        if not _WORTH_READING.search(text):
            return OwnDate()
        mentions = self._mentions(text, day_of(document), stay)
        if not mentions:
            return OwnDate()
        days = {mention.day for mention in mentions}
        if len(days) > 1 or None in days:
            return OwnDate(stated=True)
        times = {mention.time for mention in mentions if mention.time}
        best = next((mention for mention in mentions if mention.time), mentions[0])
        if len(times) > 1 or best.day is None:
            best = _Mention(mentions[0].rule, mentions[0].day)
        return OwnDate(stated=True, iso=_iso(best), rule=best.rule)

    def first_date(self, text: str, start: int = 0, *, at_start: bool = False) -> tuple[str, int, int] | None:
        """(ISO date, start, end) of the first full calendar date from `start` on; with `at_start`, right there."""
        best: tuple[str, int, int] | None = None
        for rule, pattern in self.rules:
            if rule.kind != "calendar":
                continue
            match = pattern.match(text, start) if at_start else pattern.search(text, start)
            day = _calendar(match) if match else None
            if match and day and (best is None or match.start() < best[1]):
                best = (_iso(_Mention(rule.id, day, _time(match))) or "", match.start(), match.end())
        return best

    def labelled_date(self, text: str, labels: Sequence[str]) -> str | None:
        """The date printed behind the first of the labels (best first) that has one: `采样时间：2026-03-02 06:10`."""
        for label in labels:
            for match in _label_pattern(label).finditer(text):
                found = self.first_date(text, match.end(), at_start=True)
                if found:
                    return found[0]
        return None

    def cued_date(self, text: str, cue: str) -> str | None:
        """The last full calendar date that the words of `cue` follow: `2026-03-09出院`; earlier ones are past stays."""
        at, last = 0, None
        while found := self.first_date(text, at):
            if re.match(cue, text[found[2] :]):
                last = found[0]
            at = found[2]
        return last

    def unordered_date(self, text: str) -> str | None:
        """A date such as 25/03/2026 that can be read one way only, though its order is not known."""
        for rule, pattern in self.rules:
            match = pattern.search(text) if rule.kind == "day_order" else None
            day = _by_order(match, None) if match else None
            if day:
                return day.isoformat()
        return None

    def month_first(self, text: str) -> bool | None:
        """Whether the record writes 03/05/2026 month first, where some of its dates can be read one way only."""
        firsts, seconds = False, False
        for rule, pattern in self.rules:
            for match in pattern.finditer(text) if rule.kind == "day_order" else ():
                firsts |= int(match["a"]) > 12
                seconds |= int(match["b"]) > 12
        return None if firsts == seconds else seconds

    def _mentions(self, text: str, document: datetime.date | None, stay: Stay) -> list[_Mention]:
        taken: list[tuple[int, int]] = []
        mentions = []
        for rule, pattern in self.rules:
            for match in pattern.finditer(text):
                if any(match.start() < end and start < match.end() for start, end in taken):
                    continue
                taken.append(match.span())
                if rule.kind != "ignore":
                    day = _resolve(rule, match, document, stay)
                    mentions.append(_Mention(rule.id, day, _time(match), match.span()))
        return sorted(mentions, key=lambda mention: mention.span)


def date_reader(overrides: Path | None = None) -> DateReader:
    """The date rules in force, compiled once a folder."""
    return _compile(date_rules(overrides))


@lru_cache(maxsize=8)
def _compile(rules: tuple[DateRule, ...]) -> DateReader:
    return DateReader(tuple((rule, rule.compiled()) for rule in rules))


@lru_cache(maxsize=512)
def _label_pattern(label: str) -> re.Pattern[str]:
    spaced = r"\s*".join(map(re.escape, label)) if not label.isascii() else rf"\b{re.escape(label)}\b"
    if len(label) == 2:  # 日期 is no label inside 入院日期
        spaced = rf"(?<![\u4e00-\u9fff]){spaced}"
    return re.compile(rf"{spaced}\s*[:：]?[\s_]*", re.IGNORECASE)


def day_of(iso: str | None) -> datetime.date | None:
    """The calendar day of an ISO date or date-time."""
    return datetime.date.fromisoformat(iso[:10]) if iso else None


def _resolve(rule: DateRule, match: re.Match[str], document: datetime.date | None, stay: Stay) -> datetime.date | None:
    if rule.kind == "calendar":
        return _calendar(match)
    if rule.kind == "day_order":
        return _by_order(match, stay.month_first)
    if rule.kind == "month_day":
        return _in_year_of(document or stay.admission, _month(match), int(match["d"]))
    base: datetime.date | None = None
    if rule.kind in ("document_day", "days_ago"):
        base = document
    elif rule.kind in ("admission_day", "days_before_admission"):
        base = stay.admission
    elif rule.kind == "operation_day":
        base = _last_operation(stay, document)
    count = _count(match)
    sign = -1 if rule.kind in ("days_ago", "days_before_admission") else 1
    return base + datetime.timedelta(days=sign * count + rule.offset) if base is not None else None


def _calendar(match: re.Match[str]) -> datetime.date | None:
    return _day(int(match["y"]), _month(match), int(match["d"]))


def _by_order(match: re.Match[str], month_first: bool | None) -> datetime.date | None:
    a, b, year = int(match["a"]), int(match["b"]), int(match["y"])
    if a == b or b > 12:
        return _day(year, a, b)
    if a > 12:
        return _day(year, b, a)
    if month_first is None:
        return None
    return _day(year, a, b) if month_first else _day(year, b, a)


def _in_year_of(document: datetime.date | None, month: int, day: int) -> datetime.date | None:
    """The day in the document's year, or the year before where it would lie more than a month ahead."""
    if document is None:
        return None
    this_year = _day(document.year, month, day)
    if this_year and this_year > document + _NEXT_YEAR:
        return _day(document.year - 1, month, day)
    return this_year


def _last_operation(stay: Stay, document: datetime.date | None) -> datetime.date | None:
    if document is None:
        return stay.operations[0] if len(stay.operations) == 1 else None
    past = [day for day in stay.operations if day <= document]
    return max(past) if past else None


def _day(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _month(match: re.Match[str]) -> int:
    name = _group(match, "month")
    return _MONTHS.index(name[:3].lower()) + 1 if name else int(match["m"])


def _time(match: re.Match[str]) -> str | None:
    hour, minute = _group(match, "h"), _group(match, "min") or _group(match, "min2")
    if hour is None:
        return None
    half = (_group(match, "half") or "").lower()
    hours = int(hour) % 12 + (12 if half == "p" else 0) if half else int(hour)
    minutes = int(minute or 0)
    return f"{hours:02d}:{minutes:02d}" if hours < 24 and minutes < 60 else None


def _count(match: re.Match[str]) -> int:
    text = _group(match, "n") or _group(match, "n2") or "0"
    if text.isdigit():
        return int(text)
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    tens, ten, ones = text.partition("十")
    return (_HAN.get(tens, 1) * 10 if ten else _HAN.get(tens, 0)) + _HAN.get(ones, 0)


def _group(match: re.Match[str], name: str) -> str | None:
    return match.groupdict().get(name)


def _iso(mention: _Mention) -> str | None:
    if mention.day is None:
        return None
    return f"{mention.day.isoformat()}T{mention.time}" if mention.time else mention.day.isoformat()


def operation_days(dates: Sequence[str | None]) -> Iterator[datetime.date]:
    """The distinct days of operation notes, in order."""
    yield from sorted({day for day in map(day_of, dates) if day})
