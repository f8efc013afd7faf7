"""Whether a fact or sentence belongs to the time that a question asks about: a day, a period, a point of the stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from emr_rerank.evidence.days import MONTH_DAY, TODAY, days_apart, same_day, within_days
from emr_rerank.evidence.events import EventTime
from emr_rerank.evidence.operation_time import OperationTime
from emr_rerank.evidence.periods import AGO, fits, periods_in, resolved
from emr_rerank.findings import Fact, Question
from emr_rerank.record import Sentence
from emr_rerank.rules.evidence import role_pattern, role_sections
from emr_rerank.rules.stay import retelling

WINDOW_DAYS = 2
"""How far from admission or discharge a value may lie and still be one 'at admission' or 'at discharge': the first and
last round of tests fall on the day itself or the one beside it, a weekend adds one."""
EARLIER = frozenset({"other_stay", "previous"})
"""Notes of facts from before."""


def stay_of(sentences: Sequence[Sentence], stay: tuple[str | None, str | None]) -> tuple[str | None, str | None]:
    """Admission and discharge: as given, else the earliest and latest date of the candidates' documents."""
    dates = sorted(s.date for s in sentences if s.date and s.date_rule is None and not s.date.startswith(MONTH_DAY))
    return stay[0] or (dates[0] if dates else None), stay[1] or (dates[-1] if dates else None)


def retells(sentence: Sentence, rules_dir: Path | None = None) -> bool:
    """Whether the sentence tells of another day than its document's, and does not say of which."""
    return sentence.row is None and sentence.date_rule is None and sentence.section_code in retelling(rules_dir)


def own_time(fact: Fact, sentence: Sentence, rules_dir: Path | None = None) -> str | None:
    """When a value was measured, as far as it is known."""
    if fact.time or EARLIER & set(fact.notes) or retells(sentence, rules_dir):
        return fact.time
    return sentence.date


@dataclass(frozen=True)
class AskedTime:
    """The time a question asks about, in one record.

    Args:
        question: understood by `understand`.
        stay: dates of admission and discharge, as far as they are known.
        operated: day of the operation, where the record tells it.
        event_moments: days or date-times at which the event asked for happened, earliest first.
        rules_dir: a hospital's own rule files.
    """

    question: Question
    stay: tuple[str | None, str | None] = (None, None)
    operated: str | None = None
    event_moments: tuple[str, ...] = ()
    rules_dir: Path | None = None

    @property
    def elsewhere(self) -> bool:
        """Whether values from before this stay are asked for too."""
        return self.question.past or self.question.period is not None

    @property
    def bounded(self) -> bool:
        """Whether a time is asked for at all."""
        asked = self.question
        points = (asked.day, asked.stay_day, asked.period, asked.window, asked.operation, asked.past, asked.event)
        return any(points)

    @cached_property
    def day(self) -> str | None:
        """The day asked for; a day of the stay is counted from admission, and no day at all where that is unknown.

        Today is the one day of the record's documents, and no day at all where they have several.
        """
        asked = self.question
        if asked.day == TODAY:
            first, last = ((each or "")[:10] for each in self.stay)
            return None if self._undated else first if first == last else "unknown"
        if asked.stay_day is None or self.stay[0] is None:
            return asked.day or ("unknown" if asked.stay_day else None)
        return (date.fromisoformat(self.stay[0][:10]) + timedelta(days=asked.stay_day - 1)).isoformat()

    @property
    def _undated(self) -> bool:
        """Whether today is asked for in a record without dates: it is one note, and today is when it was written."""
        return self.question.day == TODAY and self.stay == (None, None)

    @cached_property
    def event(self) -> EventTime:
        """The event that dates what is asked."""
        return EventTime(self.question.event, self.question.relation, self.event_moments)

    @cached_property
    def _operation(self) -> OperationTime:
        return OperationTime(self.question.operation or "", self.operated, self.rules_dir)

    @cached_property
    def _period(self) -> str | None:
        period = self.question.period
        return resolved(period, self.stay[0]) if period and period.startswith(AGO) else period

    def holds_fact(self, fact: Fact, sentence: Sentence) -> bool:
        """Whether the value was measured at the time asked for."""
        question = self.question
        if question.unresolved or (self._undated and (fact.time or EARLIER & set(fact.notes))):
            return False
        if self.day is not None:
            # An older value told beside the day's own one was not measured that day.
            return self._on_day(fact.time or (None if EARLIER & set(fact.notes) else sentence.date))
        if question.period is not None:
            return self._in_period(fact, sentence)
        when = own_time(fact, sentence, self.rules_dir)
        if question.operation is not None and not self._operation.holds(sentence, when):
            return False
        if not self.event.holds(sentence, when, fact.start - sentence.start):
            return False
        if question.past:
            undated = fact.time is None and sentence.section_code in role_sections("history", self.rules_dir)
            past = "other_stay" in fact.notes or fact.assertion == "historical"
            return past or undated or self._before_stay(fact.time)
        return question.window is None or self._in_window(fact, sentence)

    def holds_sentence(self, sentence: Sentence) -> bool:
        """Whether a sentence without a value asked for can speak of the time asked for."""
        question = self.question
        if question.unresolved:
            return False
        if self.day is not None:
            return self._on_day(sentence.date)
        if question.period is not None:
            named = [period for _, period in periods_in(sentence.text, self.stay[0], self.rules_dir)]
            return any(self._fits(when) for when in [*named, sentence.date])
        if question.operation is not None and not question.concepts:
            return self._operation.holds(sentence, None if retells(sentence, self.rules_dir) else sentence.date)
        return question.window is None or not self._of_another_stay(sentence)

    def _on_day(self, when: str | None) -> bool:
        if self.day is None:
            return False
        until = self.question.until
        return within_days(when, self.day, until) if until else same_day(when, self.day)

    def at_other_end(self, sentence: Sentence) -> bool:
        """Whether one end of the stay is asked about and the sentence stands in a section that tells of the other."""
        if self.question.window is None:
            return False
        if self.question.window == "admission":
            return sentence.section_code in role_sections("discharge", self.rules_dir)
        told = sentence.section_code in role_sections("never_discharge", self.rules_dir)
        told = told or (sentence.date is None and self._examined(sentence) == "admission")
        return told and not role_pattern("discharge_word", self.rules_dir).search(sentence.text)

    def during_stay(self, sentence: Sentence) -> bool:
        """Whether the sentence stands where records tell of this stay, and names no time before it."""
        if sentence.section_code not in role_sections("this_stay", self.rules_dir):
            return False
        if role_pattern("past_word", self.rules_dir).search(sentence.text):
            return False
        named = [period for _, period in periods_in(sentence.text, self.stay[0], self.rules_dir)]
        return not any(self._early(period) for period in named)

    def _examined(self, sentence: Sentence) -> str | None:
        """Which end of the stay an undated sentence of a part that tells of one of them is about."""
        if any(role_pattern("discharge_part", self.rules_dir).search(title) for title in sentence.section_path):
            return "discharge"
        if any(role_pattern("admission_part", self.rules_dir).search(title) for title in sentence.section_path[:-1]):
            return "admission"
        at_admission = role_sections("admission", self.rules_dir)
        return "admission" if sentence.section_code in at_admission else None

    def _fits(self, when: str | None) -> bool:
        return self._period is not None and fits(when, self._period)

    def _in_period(self, fact: Fact, sentence: Sentence) -> bool:
        """By its time; a value of another stay by the last date or year named before it, whose document is younger."""
        if not EARLIER & set(fact.notes):
            return self._fits(fact.time or sentence.date)
        named = periods_in(sentence.text, self.stay[0], self.rules_dir)
        before = [period for start, period in named if start <= fact.start - sentence.start]
        if before:
            return self._fits(before[-1])
        return not named and "other_stay" in fact.notes and self._fits(fact.time)

    def _before_stay(self, time: str | None) -> bool:
        return bool(time and self.stay[0] and time[:10] < self.stay[0][:10])

    def _in_window(self, fact: Fact, sentence: Sentence) -> bool:
        """Within `WINDOW_DAYS` of that end of the stay, or undated in a section that tells of it."""
        if "previous" in fact.notes:
            return False
        window = self.question.window or "admission"
        if sentence.date is None and fact.time is None and (end_told := self._examined(sentence)):
            return end_told == window
        home = role_sections("admission" if window == "admission" else "discharge", self.rules_dir)
        if sentence.section_code in home and sentence.date_rule is None:
            return True
        retold = retells(sentence, self.rules_dir)
        when, end = fact.time or (None if retold else sentence.date), self.stay[0 if window == "admission" else 1]
        if when is None or end is None:
            return not retold and fact.time is None and end is None
        return days_apart(when, end) <= WINDOW_DAYS

    def _of_another_stay(self, sentence: Sentence) -> bool:
        """Whether every date and year that the sentence names lies before the stay, with more than two days between."""
        named = [period for _, period in periods_in(sentence.text, self.stay[0], self.rules_dir)]
        return bool(named) and all(self._early(period) for period in named)

    def _early(self, period: str) -> bool:
        if self.stay[0] is None or period.startswith(MONTH_DAY):
            return False
        admission = self.stay[0][:10]
        if len(period) < len("2026-03-05"):
            return period < admission[: len(period)]
        return date.fromisoformat(period) < date.fromisoformat(admission) and days_apart(period, admission) > 2
