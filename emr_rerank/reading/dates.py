"""Days and times as records print them, resolved to ISO 8601; what is ambiguous stays unresolved."""

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from emr_rerank.rules.day_order import month_first
from emr_rerank.rules.days import (
    DateMention,
    DayRules,
    Stay,
    calendar_day,
    day_of,
    day_rules,
    time_of_day,
)

_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class OwnDate:
    """What a sentence says of its time: nothing (`stated` false), a day or minute, or one that can't be resolved."""

    stated: bool = False
    iso: str | None = None
    rule: str | None = None
    named: datetime.date | None = field(default=None, compare=False)
    "the day named last, which 次日 in the next sentence counts from"


@dataclass(frozen=True)
class DateReader:
    """The date rules in force, ready to read."""

    rules: DayRules = field(repr=False)

    def mentions(
        self, text: str, document: str | None, stay: Stay, named: datetime.date | None = None
    ) -> tuple[DateMention, ...]:
        """Dates named in a text of a document of this date; `named` is the day named last before it."""
        return self.rules.mentions(text, document, stay, named)

    def own_date(self, text: str, document: str | None, stay: Stay, named: datetime.date | None = None) -> OwnDate:
        """The date that a sentence of a document of this date states for what it tells.

        Days of a plan and those only compared with are not the sentence's. Two different days, or one that can't be
        resolved, give `stated` without a date.
        """
        found = self.mentions(text, document, stay, named)
        last = next((mention.day for mention in reversed(found) if mention.day), None)
        own = [mention for mention in found if mention.role == "own"]
        days = {mention.day for mention in own}
        if len(days) != 1 or None in days:
            return OwnDate(stated=bool(own), named=last)
        timed = [mention for mention in own if mention.time]
        one_time = len({mention.time for mention in timed}) == 1
        best = timed[0] if one_time else own[0]
        iso = best.iso if one_time or best.day is None else best.day.isoformat()
        return OwnDate(stated=True, iso=iso, rule=best.rule.id, named=last)

    def first_date(self, text: str, start: int = 0, *, at_start: bool = False) -> tuple[str, int, int] | None:
        """(ISO date, start, end) of the first full calendar date from `start` on; with `at_start`, right there."""
        best: tuple[str, int, int] | None = None
        if not _DIGIT.search(text, start):
            return None
        for rule, pattern in self.rules.of_kind("calendar"):
            match = pattern.match(text, start) if at_start else pattern.search(text, start)
            day = calendar_day(match) if match else None
            if match and day and (best is None or match.start() < best[1]):
                mention = DateMention(match.start(), match.end(), rule, day, time_of_day(match))
                best = (mention.iso or "", match.start(), match.end())
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

    def month_first(self, text: str) -> bool | None:
        """Whether the record writes 03/05/2026 month first; None where its dates do not tell."""
        return month_first(text, self.rules)


@lru_cache(maxsize=8)
def _reader(rules: DayRules) -> DateReader:
    return DateReader(rules)


def date_reader(overrides: Path | None = None) -> DateReader:
    """The date rules in force, compiled once a folder."""
    return _reader(day_rules(overrides))


@lru_cache(maxsize=512)
def _label_pattern(label: str) -> re.Pattern[str]:
    spaced = r"\s*".join(map(re.escape, label)) if not label.isascii() else rf"\b{re.escape(label)}\b"
    if len(label) == 2:  # 日期 is no label inside 入院日期
        spaced = rf"(?<![\u4e00-\u9fff]){spaced}"
    gloss = (
        "" if label.isascii() else r"(?:\s*[(（/]?[A-Za-z][A-Za-z .]{1,24}[)）]?(?=\s*[:：]))?"
    )  # 入院日期 Admission Date：
    return re.compile(rf"{spaced}{gloss}\s*[:：]?[\s_]*", re.IGNORECASE)


def operation_days(dates: Sequence[str | None]) -> Iterator[datetime.date]:
    """The distinct days of operation notes, in order."""
    yield from sorted({day for day in map(day_of, dates) if day})
