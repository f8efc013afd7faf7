"""Times told by something that happened: after the transfusion, during the rebleed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from emr_rerank.evidence.days import days_apart
from emr_rerank.evidence.terms import holds_form
from emr_rerank.findings import Relation
from emr_rerank.record import Sentence
from emr_rerank.rules.evidence import role_pattern, role_sections
from emr_rerank.rules.stay import retelling

FAR = 1000.0
"""Days of distance for a value whose day is not known."""
UNCERTAIN = 1.7
"""Days of distance for a value of the event's own day whose hour is not known: the next day's is surer."""
_AFTER = re.compile(r"[^，。；,;]{0,8}?后|[^，。；,;]{0,12}\bafter", re.IGNORECASE)
_NEVER = re.compile(r"[未无没不拟防]|避免|否认|拒绝|\bno$", re.IGNORECASE)
"""Words right before a name by which it did not happen."""
_BEFORE = re.compile(r"[^，。；,;后]{0,3}前", re.IGNORECASE)


@dataclass(frozen=True)
class EventTime:
    """The time before, during or after an event.

    Args:
        forms: surface forms of the event; none where a question tells no event.
        relation: how the time lies to it; around asks for both sides.
        moments: ISO days or date-times at which it happened, earliest first.
    """

    forms: tuple[str, ...]
    relation: Relation | None
    moments: tuple[str, ...] = ()

    @property
    def asked(self) -> bool:
        """Whether a time before, during or after an event is asked for."""
        return bool(self.forms) and self.relation in ("before", "during", "after")

    def tells(self, sentence: Sentence, offset: int) -> bool:
        """Whether the sentence itself says that the value at `offset` of its text belongs to the time.

        输血后Hb 94 and 因Hb 78输血 tell it; where 后 and 前 are wanting, what stands behind is later.
        """
        return any(self._told(sentence.text, start, end, offset) for start, end in _places(sentence.text, self.forms))

    def _told(self, text: str, start: int, end: int, offset: int) -> bool:
        marked = (_AFTER.match(text, end) and "after") or (_BEFORE.match(text, end) and "before")
        if self.relation == "during":
            return not marked
        if marked and offset > end:
            return marked == self.relation
        return offset > end if self.relation == "after" else offset < start

    def holds(self, sentence: Sentence, when: str | None, offset: int) -> bool:
        """Whether a value of the sentence at `offset`, measured at `when`, belongs to the time.

        The sentence says so, or the clock times do. Without a clock time a value of the event's day may belong to it.
        """
        if not self.asked or self.tells(sentence, offset):
            return True
        if when is None or not self.moments:
            return False
        if self.relation == "during":
            return any(when[:10] == moment[:10] for moment in self.moments)
        first = self.moments[0]
        if "T" not in when or "T" not in first:
            when, first = when[:10], first[:10]
        return when <= first if self.relation == "before" else when >= first

    def distance(self, sentence: Sentence, when: str | None, offset: int) -> float:
        """How near a value lies, in days; 0 where the sentence tells it."""
        if self.tells(sentence, offset):
            return 0.0
        if when is None or not self.moments:
            return FAR
        days = min(days_apart(when, moment) for moment in self.moments)
        return days + (UNCERTAIN if days == 0 and "T" not in when else 0.5)


@lru_cache(maxsize=64)
def _any_of(forms: tuple[str, ...]) -> re.Pattern[str]:
    ways = (re.escape(form) for form in sorted(forms, key=len, reverse=True))
    words = (rf"(?<![A-Za-z]){way}(?:s|es|ed|ing)?(?![A-Za-z])" if way.isascii() else way for way in ways)
    return re.compile("|".join(words), re.IGNORECASE)


def _places(text: str, forms: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where the text names the event; the whole text where it does so with its characters turned about."""
    found = [match.span() for match in _any_of(forms).finditer(text)]
    if found or not any(holds_form(text, form) for form in forms):
        return found
    return [(0, 0)]


def mentions(sentences: Iterable[Sentence], forms: tuple[str, ...], rules_dir: Path | None = None) -> list[Sentence]:
    """Sentences that name an event on the day they tell of; consents and plans tell of none."""
    idle = {*role_sections("hypothetical", rules_dir), *role_sections("intended", rules_dir)}
    told = (s for s in sentences if s.section_code not in idle and not _retells(s, rules_dir))
    aside = role_pattern("event_aside", rules_dir)
    return [s for s in told if any(_happened(s.text, start, end, aside) for start, end in _places(s.text, forms))]


def _happened(text: str, start: int, end: int, aside: re.Pattern[str]) -> bool:
    return not aside.match(text, end) and not _NEVER.search(text[max(start - 4, 0) : start])


def _retells(sentence: Sentence, rules_dir: Path | None) -> bool:
    return sentence.date_rule is None and sentence.section_code in retelling(rules_dir)


def moments_of(sentences: Iterable[Sentence], admission: str | None) -> tuple[str, ...]:
    """Days or date-times of sentences that affirm an event, earliest first; those before the stay are left out.

    A mere day gives way to a date-time of that day.
    """
    told = {sentence.date for sentence in sentences if sentence.date and len(sentence.date) >= len("2026-03-05")}
    timed = {when[:10] for when in told if "T" in when}
    exact = (when for when in told if "T" in when or when not in timed)
    return tuple(sorted(when for when in exact if admission is None or when >= admission[:10]))
