"""When a value of a sentence was measured: the dates a sentence names, resolved from the day of its document."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from emr_rerank.rules.days import DateMention, Stay, day_rules

_EARLIER = re.compile(r"前|去年|上周|上个?月|ago|prior|before|earlier|last", re.IGNORECASE)
_YEAR = re.compile(r"((?:19|20)\d{2})\D*(\d{1,2})?")


@dataclass(frozen=True)
class When:
    """A date named in a sentence. `iso` is None for one that can't be resolved (2年前).

    `past`: before the stay; `apart`: only planned for, or compared with, so that nothing was measured then.
    """

    start: int
    end: int
    iso: str | None
    numeric: bool
    past: bool = False
    apart: bool = False


def dates_in(
    text: str,
    document: str | None,
    admission: str | None,
    rules_dir: Path | None = None,
    operations: Sequence[datetime.date] = (),
    month_first: bool | None = None,
) -> tuple[When, ...]:
    """Dates of a sentence in reading order, without overlap.

    Args:
        document: ISO date of its document.
        admission: ISO date of admission.
        operations: days of the operations of the stay, which 术后第3天 counts from.
        month_first: how the record writes 03/05/2026, None where it never shows.
    """
    named: list[When] = []
    stay = Stay(_day(admission), tuple(operations), month_first)
    for mention in day_rules(rules_dir).mentions(text, document if _day(document) else None, stay):
        if mention.rule.kind == "hours_ago" and mention.day is None:
            continue
        printed = text[mention.start : mention.end]
        iso, past = mention.iso, _before_stay(printed, mention, admission)
        if mention.rule.kind == "admission_day" and any(when.past for when in named):
            iso, past = None, True  # 入院时 of the stay that the sentence tells of
        numeric = any(sign.isdigit() for sign in printed)
        named.append(When(mention.start, mention.end, iso, numeric, past, mention.role != "own"))
    return tuple(named)


def _before_stay(printed: str, mention: DateMention, admission: str | None) -> bool:
    """Whether a named date lies more than a day before admission."""
    if mention.iso:
        return bool(admission) and (days_between(mention.iso, admission or "") or 0) > 1
    if mention.rule.kind != "unresolved" or not admission:
        return False
    year = _YEAR.search(printed)
    if not year:
        return bool(_EARLIER.search(printed))
    return (int(year[1]), int(year[2] or 0)) < (int(admission[:4]), int(admission[5:7]) if year[2] else 0)


def _day(iso: str | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(iso[:10]) if iso else None
    except ValueError:
        return None


def days_between(earlier: str, later: str) -> int | None:
    """Whole days from one ISO date to another; None when one is no date."""
    first, last = _day(earlier), _day(later)
    return (last - first).days if first and last else None
