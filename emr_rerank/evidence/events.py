"""Times told by something that happened: after the transfusion, during the rebleed."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from emr_rerank.evidence.days import days_apart
from emr_rerank.evidence.terms import holds_form
from emr_rerank.findings import Relation
from emr_rerank.record import Sentence
from emr_rerank.rules.evidence import role_sections
from emr_rerank.rules.stay import retelling

FAR = 1000.0
"""Days of distance for a value whose day is not known."""


@dataclass(frozen=True)
class EventTime:
    """The time before, during or after an event.

    Args:
        forms: surface forms of the event; none where a question tells no event.
        relation: how the time lies to it; around asks for both sides.
        days: ISO days on which it happened, earliest first.
    """

    forms: tuple[str, ...]
    relation: Relation | None
    days: tuple[str, ...] = ()

    @property
    def asked(self) -> bool:
        """Whether a time before, during or after an event is asked for."""
        return bool(self.forms) and self.relation in ("before", "during", "after")

    def named_in(self, sentence: Sentence) -> bool:
        """Whether the sentence itself names the event."""
        return any(holds_form(sentence.text, form) for form in self.forms)

    def holds(self, sentence: Sentence, when: str | None) -> bool:
        """Whether a value of the sentence, measured at `when`, belongs to the time.

        The sentence names the event, or the value is of its day. Before it also any earlier day, after it any later one:
        clock times of events are seldom written.
        """
        if not self.asked or self.named_in(sentence):
            return True
        if when is None or not self.days:
            return False
        if self.relation == "during":
            return when[:10] in self.days
        return when[:10] <= self.days[0] if self.relation == "before" else when[:10] >= self.days[0]

    def distance(self, sentence: Sentence, when: str | None) -> float:
        """How near a value lies, in days: 0 in a sentence that names the event, the day itself 0.5, others more."""
        if self.named_in(sentence):
            return 0.0
        if when is None or not self.days:
            return FAR
        return 0.5 + min(days_apart(when, day) for day in self.days)


def mentions(sentences: Iterable[Sentence], forms: tuple[str, ...], rules_dir: Path | None = None) -> list[Sentence]:
    """Sentences that name an event on the day they tell of; consents and plans, which tell of what may happen, are none."""
    idle = {*role_sections("hypothetical", rules_dir), *role_sections("intended", rules_dir)}
    told = (s for s in sentences if s.section_code not in idle and not _retells(s, rules_dir))
    return [sentence for sentence in told if any(holds_form(sentence.text, form) for form in forms)]


def _retells(sentence: Sentence, rules_dir: Path | None) -> bool:
    return sentence.date_rule is None and sentence.section_code in retelling(rules_dir)


def days_of(sentences: Iterable[Sentence], admission: str | None) -> tuple[str, ...]:
    """The days of sentences that affirm an event, those before the stay left out."""
    days = {sentence.date[:10] for sentence in sentences if sentence.date and len(sentence.date) >= len("2026-03-05")}
    return tuple(sorted(day for day in days if admission is None or day >= admission[:10]))
