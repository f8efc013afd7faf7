"""The candidates of one question in one record, and which of them are evidence once they are scored."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from emr_rerank.evidence.choice import Choice, choose
from emr_rerank.evidence.events import mentions, moments_of
from emr_rerank.evidence.record_index import record_index
from emr_rerank.facts.context import assertion_of_terms, sentence_assertion
from emr_rerank.findings import Fact, Question
from emr_rerank.record import Assertion, Record, Sentence
from emr_rerank.settings import Settings


@dataclass(frozen=True)
class Located:
    """What the reranker is given, and all else that the choice among it rests on.

    Attributes:
        record: the record that is asked.
        asked: the question as understood.
        candidates: the sentences to be scored.
        facts: all facts of the record.
        settings: sizes and rules folder.
    """

    record: Record
    asked: Question
    candidates: tuple[Sentence, ...]
    facts: tuple[Fact, ...]
    settings: Settings

    def choose(self, scores: Sequence[float], min_score: float) -> Choice:
        """Evidence and rejected sentences, from the calibrated probability of each candidate."""
        record, rules = self.record, self.settings.rules_dir
        return choose(
            self.asked,
            self.candidates,
            scores,
            self._candidate_facts,
            self._assertions,
            self.settings.model_copy(update={"min_score": min_score}),
            self._stay,
            record_sentences=record.sentences,
            event_moments=self._event_moments,
            carried=record_index(record, rules).carried,
        )

    @cached_property
    def _stay(self) -> tuple[str | None, str | None]:
        known = self.record.demographics
        return known.get("admission_date"), known.get("discharge_date")

    @cached_property
    def _candidate_facts(self) -> tuple[Fact, ...]:
        indices = {sentence.index for sentence in self.candidates}
        return tuple(fact for fact in self.facts if fact.sentence in indices)

    @cached_property
    def _assertions(self) -> tuple[Assertion, ...]:
        return tuple(_assertion(self.asked, sentence, self.settings.rules_dir) for sentence in self.candidates)

    @cached_property
    def _event_moments(self) -> tuple[str, ...]:
        return _event_moments(self.record, self.asked, self._stay[0], self.settings.rules_dir)


def _assertion(question: Question, sentence: Sentence, rules: Path | None) -> Assertion:
    """How the sentence asserts what is asked (有布洛芬服药史，否认肝炎: ibuprofen present); else the whole sentence."""
    forms = [form for group in question.anchors for form in group]
    asserted = assertion_of_terms(sentence.text, forms, sentence.section_code, rules)
    return asserted or sentence_assertion(sentence.text, sentence.section_code, rules)


def _event_moments(record: Record, question: Question, admission: str | None, rules: Path | None) -> tuple[str, ...]:
    """When the event that dates the question is affirmed to have happened."""
    if not question.event:
        return ()
    named = mentions(record.sentences, question.event, rules)
    affirmed = [s for s in named if assertion_of_terms(s.text, question.event, s.section_code, rules) == "present"]
    return moments_of(affirmed, admission)
