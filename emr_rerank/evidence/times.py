"""Whether a fact or sentence belongs to the time that a question asks about: a day, a period, a point of the stay."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from emr_rerank.evidence.days import MONTH_DAY, days_apart, same_day
from emr_rerank.evidence.periods import AGO, NUMERALS, fits, periods_in, resolved
from emr_rerank.findings import Fact, Question
from emr_rerank.record import Sentence

WINDOW_DAYS = 2
"""How far from admission or discharge a value may lie and still be one 'at admission' or 'at discharge': the first and
last round of tests fall on the day itself or the one beside it, a weekend adds one."""
ADMISSION_SECTIONS = frozenset(
    {"admission_condition", "physical_exam", "specialist_exam", "case_features", "first_progress_note"}
)
"""Sections whose undated values were taken at admission."""
DISCHARGE_SECTIONS = frozenset({"discharge_condition"})
"""Sections whose undated values were taken at discharge."""
RETELLING = frozenset(
    {"present_illness", "past_history", "admission_condition", "hospital_course", "auxiliary_exam", "case_features"}
)
"""Sections that retell values of other days; their document's date is not when a value was measured."""
OPERATION_SECTIONS = frozenset({"operation_note", "anesthesia_record", "postoperative_note"})
"""Sections whose first date is the day of the operation."""
_OPERATED = {
    "before": re.compile(r"术前|\bpre-?op|before (?:the )?(?:surgery|operation)", re.IGNORECASE),
    "after": re.compile(r"术后|\bpost-?op|after (?:the )?(?:surgery|operation)", re.IGNORECASE),
}
_POSTOPERATIVE_DAY = r"术后第?(?:{count}|{numeral})[天日]|\b(?:post-?op(?:erative)? day|POD) ?{count}\b"
EARLIER = frozenset({"other_stay", "previous"})
"""Notes of facts from before."""


def stay_of(sentences: Sequence[Sentence], stay: tuple[str | None, str | None]) -> tuple[str | None, str | None]:
    """Admission and discharge: as given, else the earliest and latest date of the candidates' documents."""
    dates = sorted(s.date for s in sentences if s.date and s.date_rule is None and not s.date.startswith(MONTH_DAY))
    return stay[0] or (dates[0] if dates else None), stay[1] or (dates[-1] if dates else None)


def operation_day(sentences: Sequence[Sentence]) -> str | None:
    """The first date of the notes of an operation among the candidates."""
    dates = [s.date[:10] for s in sentences if s.date and s.section_code in OPERATION_SECTIONS and s.date_rule is None]
    return min(dates, default=None)


@dataclass(frozen=True)
class AskedTime:
    """The time a question asks about, in one record.

    Args:
        question: understood by `understand`.
        stay: dates of admission and discharge, as far as they are known.
        operated: day of the operation, where the candidates tell it.
        rules_dir: a hospital's own rule files.
    """

    question: Question
    stay: tuple[str | None, str | None] = (None, None)
    operated: str | None = None
    rules_dir: Path | None = None

    @property
    def elsewhere(self) -> bool:
        """Whether values from before this stay are asked for too."""
        return self.question.past or self.question.period is not None

    @cached_property
    def _period(self) -> str | None:
        period = self.question.period
        return resolved(period, self.stay[0]) if period and period.startswith(AGO) else period

    def holds_fact(self, fact: Fact, sentence: Sentence) -> bool:
        """Whether the value was measured at the time asked for."""
        question = self.question
        if question.unresolved:
            return False
        if question.day is not None:
            # An older value told beside the day's own one was not measured that day.
            own = fact.time or (None if EARLIER & set(fact.notes) else sentence.date)
            return same_day(own, question.day)
        if question.period is not None:
            return self._in_period(fact, sentence)
        if question.operation is not None and not self._round_operation(fact, sentence, question.operation):
            return False
        if question.past:
            return "other_stay" in fact.notes or fact.assertion == "historical" or self._before_stay(fact.time)
        return question.window is None or self._in_window(fact, sentence)

    def holds_sentence(self, sentence: Sentence) -> bool:
        """Whether a sentence without a value asked for can speak of the time asked for."""
        question = self.question
        if question.unresolved:
            return False
        if question.day is not None:
            return same_day(sentence.date, question.day)
        if question.period is not None:
            named = [period for _, period in periods_in(sentence.text, self.stay[0], self.rules_dir)]
            return any(self._fits(when) for when in [*named, sentence.date])
        return question.window is None or not self._of_another_stay(sentence)

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

    def _round_operation(self, fact: Fact, sentence: Sentence, asked: str) -> bool:
        """By the sentence's own words, else by the dates of value and operation."""
        text = " ".join((*sentence.section_path[-1:], sentence.text))
        if asked.startswith("P"):
            count = int(asked[1:-1])
            numeral = NUMERALS[count] if count < len(NUMERALS) else str(count)
            if re.search(_POSTOPERATIVE_DAY.format(count=count, numeral=numeral), text, re.IGNORECASE):
                return True
        elif _OPERATED[asked].search(text):
            return True
        retold = sentence.section_code in RETELLING and sentence.date_rule is None
        own = fact.time or (None if retold or EARLIER & set(fact.notes) else sentence.date)
        if own is None or self.operated is None:
            return False
        if asked.startswith("P"):
            return own[:10] > self.operated and days_apart(own, self.operated) == int(asked[1:-1])
        return own[:10] < self.operated if asked == "before" else own[:10] > self.operated

    def _before_stay(self, time: str | None) -> bool:
        return bool(time and self.stay[0] and time[:10] < self.stay[0][:10])

    def _in_window(self, fact: Fact, sentence: Sentence) -> bool:
        """Within `WINDOW_DAYS` of that end of the stay, or undated in a section that tells of it."""
        if "previous" in fact.notes:
            return False
        admission = self.question.window == "admission"
        if fact.time is None and sentence.section_code in (ADMISSION_SECTIONS if admission else DISCHARGE_SECTIONS):
            return True
        retold = sentence.section_code in RETELLING and sentence.date_rule is None
        when, end = fact.time or (None if retold else sentence.date), self.stay[0 if admission else 1]
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
