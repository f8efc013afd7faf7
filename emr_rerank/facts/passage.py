"""A sentence with what its values need to be dated, placed and told apart: the working unit of fact extraction."""

import datetime
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from emr_rerank.facts.notes import OTHER_STAY, PLANNED, RETOLD, THIS_MORNING, written
from emr_rerank.facts.timeline import When, dates_in, days_between
from emr_rerank.record import Record, Sentence, Table
from emr_rerank.rules.day_order import month_first
from emr_rerank.rules.days import day_of, day_rules
from emr_rerank.rules.printed import fold
from emr_rerank.rules.stay import SpecimenKind, StayRule, retelling, specimen_patterns, stay_patterns

_NEAR = 14
_COUNTS_FROM_OPERATION = re.compile(r"术|\bPOD|\bpost-?\s?op", re.IGNORECASE)


@dataclass(frozen=True)
class Passage:
    """A sentence of a record. All offsets of its methods count inside the sentence."""

    record: Record
    sentence: Sentence
    document_date: str | None
    rules_dir: Path | None

    @cached_property
    def text(self) -> str:
        """The sentence, folded; as long as the sentence itself."""
        return fold(self.sentence.text)

    @cached_property
    def table(self) -> Table | None:
        """The table that the sentence is a row of."""
        row = self.sentence.row
        return self.record.tables[row.table] if row and row.table < len(self.record.tables) else None

    @property
    def admission(self) -> str | None:
        """ISO date of admission, where the record states it."""
        return self.record.demographics.get("admission_date")

    @property
    def chinese(self) -> bool:
        """Whether names are shown in Chinese."""
        return self.record.language != "en"

    @cached_property
    def dates(self) -> tuple[When, ...]:
        """Dates named in the sentence."""
        return self.dates_in(self.sentence.text)

    def dates_in(self, text: str) -> tuple[When, ...]:
        """Dates named in a text of the sentence's document: a cell, the label of a column."""
        order = month_first(self.record.text, day_rules(self.rules_dir)) if "/" in text or "-" in text else None
        return dates_in(text, self.document_date, self.admission, self.rules_dir, self.operations, order)

    @property
    def operations(self) -> tuple[datetime.date, ...]:
        """Days of the stay's operations, where the sentence counts from one."""
        if not _COUNTS_FROM_OPERATION.search(self.sentence.text):
            return ()
        notes = (node for section in self.record.sections for node in section.walk() if node.code == "operation_note")
        return tuple(sorted({day for node in notes if (day := day_of(node.date))}))

    @cached_property
    def masked(self) -> str:
        """The folded text with dates in figures blanked, so that none is read as a value."""
        text = self.text
        for when in self.dates:
            if when.numeric or when.past:
                text = text[: when.start] + " " * (when.end - when.start) + text[when.end :]
        return text

    def time_of(self, start: int, end: int) -> str | None:
        """ISO time of the value at that place: a date in brackets behind it, the last one before it, its document's."""
        behind = [when for when in self.dates if end <= when.start <= end + _NEAR]
        for when in behind:
            between = self.text[end : when.start]
            if "(" in between and not any(sign in between for sign in ",，。;"):
                return when.iso
        before = [when for when in self.dates if when.start < start and not when.apart]
        if before and not self._returned(before[-1], start):
            return before[-1].iso
        if self.retelling:
            return self.retold_day if any(not when.apart for when in self.dates) else self.inherited
        if self.sentence.date_rule and any(not when.apart for when in self.dates):
            return _day(self.document_date)
        return _day(self.inherited)

    @property
    def inherited(self) -> str | None:
        """ISO time of what the sentence tells without a date: its document's, unless the section retells other days."""
        if not self.retelling:
            return self.sentence.date or self.document_date
        return _day(self.sentence.date) if self.sentence.date_rule else self.retold_day

    @property
    def retold_day(self) -> str | None:
        """The one day that a section retells: that of admission in 入院情况; None where it tells of several."""
        return _day(self.admission) if self.retelling and self.retelling.day == "admission" else None

    @cached_property
    def retelling(self) -> StayRule | None:
        """The rule by which the section retells values of other days than its document's."""
        return retelling(self.rules_dir).get(self.sentence.section_code)

    def time_notes(self, start: int, time: str | None) -> tuple[str, ...]:
        """What more is known of a value's time: retold, written:…, this_morning."""
        if time is None:
            return (RETOLD,) if self.retelling else ()
        notes = []
        if "T" not in time and "T" in (self.document_date or "") and _day(self.document_date) == time:
            notes.append(written(self.document_date or time))
        if self._of_one_morning(start):
            notes.append(THIS_MORNING)
        return tuple(notes)

    def _of_one_morning(self, start: int) -> bool:
        """Whether the date named last before that place is 今晨, and no word tells of a repeat or another sample."""
        patterns = stay_patterns(self.rules_dir)
        morning, again = patterns.get("this_morning"), patterns.get("again")
        before = [when for when in self.dates if when.start < start]
        named = self.text[before[-1].start : before[-1].end] if before else ""
        return bool(morning and morning.search(named) and not (again and again.search(self.text)))

    def stay_notes(self, start: int, end: int, time: str | None) -> tuple[str, ...]:
        """other_stay, planned: what keeps the value out of this stay's series. `end`: behind its unit."""
        notes = []
        patterns = stay_patterns(self.rules_dir)
        last = {
            kind: max((found.start() for found in pattern.finditer(self.text, 0, start)), default=-1)
            for kind, pattern in patterns.items()
        }
        before = [when for when in self.dates if when.start < start and not when.apart]
        known = time or self.document_date
        early = before[-1].past if before else bool(known and self._days_early(known) > 1)
        if before and self._returned(before[-1], start):
            early = False
        unsettled = last.get("here", -1) < 0 and not any(when.iso for when in self.dates)
        past = self.sentence.section_code == "past_history" and unsettled
        if early or past or last.get("elsewhere", -1) > last.get("here", -1):
            notes.append(OTHER_STAY)
        if self._aimed(start, end, last.get("target", -1)):
            notes.append(PLANNED)
        return tuple(notes)

    def _returned(self, when: When, start: int) -> bool:
        """Whether the sentence comes back to this stay between a day before it and that place: 外院…，入院后复查…"""
        patterns = stay_patterns(self.rules_dir)
        back, stayed = patterns.get("returned"), patterns.get("stayed")
        found = back.search(self.text, when.end, start) if when.past and back else None
        return bool(found and not (stayed and stayed.search(self.text, when.end, found.start())))

    def _days_early(self, time: str) -> int:
        """Days from a time to admission; negative after it."""
        return (days_between(time, self.admission) or 0) if self.admission else 0

    def _aimed(self, start: int, end: int, target: int) -> bool:
        """Whether a goal or a condition governs the value: no full clause stands between."""
        limit = stay_patterns(self.rules_dir).get("limit_after")
        if limit and limit.match(self.text, end):
            return True
        return target >= 0 and not any(stop in self.text[target:start] for stop in "。；;，")

    def specimen(self, at: int) -> SpecimenKind | None:
        """The body fluid that the report named last before that place (or above the table) is about."""
        found = self._specimen_in(self.text[:at])
        if found is None and self.table:
            found = self._specimen_in(self.table.caption)
        return found or (self._specimen_in(self.sentence.section_path[-1]) if self.sentence.section_path else None)

    def _specimen_in(self, text: str) -> SpecimenKind | None:
        found = [
            (match.end(), -match.start(), kind)
            for pattern, kind in specimen_patterns(self.rules_dir)
            for match in pattern.finditer(text)
        ]
        return max(found)[2] if found else None

    def page(self, at: int) -> int:
        """The page that holds the character at that place."""
        if not self.sentence.more_boxes:
            return self.sentence.page
        offset = self.sentence.start + at
        places = [place for place in self.record.places if place.start <= offset < place.end]
        return places[0].page if places else self.sentence.page


def _day(iso: str | None) -> str | None:
    """The day of a document's date: its clock time is when it was written, not when a value was measured."""
    return iso[:10] if iso else None


class DocumentDates:
    """The date of the document that each character of a record belongs to."""

    def __init__(self, record: Record) -> None:
        leaves = list(record.leaves())
        self._starts = [leaf.start for leaf in leaves]
        self._dates = [leaf.date for leaf in leaves]

    def at(self, offset: int) -> str | None:
        """ISO date of the document there."""
        place = bisect_right(self._starts, offset) - 1
        return self._dates[place] if place >= 0 else None
