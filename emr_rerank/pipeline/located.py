"""The candidates of one question in one record, and which of them are evidence once they are scored."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from emr_rerank.evidence.choice import Choice, Chooser
from emr_rerank.evidence.events import mentions, moments_of
from emr_rerank.evidence.judging import Verdict
from emr_rerank.evidence.ordering import Order
from emr_rerank.evidence.passage import passage
from emr_rerank.evidence.record_index import record_index
from emr_rerank.evidence.reranker import Reranker
from emr_rerank.facts.context import assertion_of_terms, sentence_assertion
from emr_rerank.findings import Fact, Question
from emr_rerank.record import Assertion, Record, Sentence
from emr_rerank.settings import Settings

READ_FIRST = 11
"""Candidates that are scored in any case: the likeliest by all that is known without reading them. On the development
questions of benchmarks/real reading on finds the first proof for one question in a hundred more."""
READ_MORE = 14
"""Candidates that are scored besides where none of the first is surely evidence; the question takes twice as long."""
ENOUGH = 0.95
"""Score, after doubts, that makes reading on needless."""
HELD_DOWN_READ = 5
"""Candidates that can't be evidence, but are scored so that the best of them can be shown as rejected."""


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

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What can be said of each candidate before it is scored."""
        return self._chooser.verdicts

    @property
    def order(self) -> Order | None:
        """In which order proven sentences answer; None where measured values decide."""
        return None if self._chooser.decided_by_value else self._chooser.order

    def score(self, reranker: Reranker) -> list[float]:
        """Calibrated probability of each candidate; 0 of those that are not worth reading.

        The `READ_FIRST` candidates with the least doubts are read, `READ_MORE` others where none of them reaches
        `ENOUGH`; of what can't be evidence whatever its score is only HELD_DOWN_READ, to find the best rejected.

        Raises:
            ModelError: the reranker failed.
        """
        places = sorted(range(len(self.candidates)), key=lambda place: self.verdicts[place].cost)
        held_down = [place for place in places if not self.verdicts[place].allowed]
        allowed = [place for place in places if self.verdicts[place].allowed]
        likely = [*allowed, *held_down[: max(HELD_DOWN_READ, self.settings.rejected)]]
        scores = [0.0] * len(self.candidates)
        self._read(reranker, likely[:READ_FIRST], scores)
        verdicts, least = self.verdicts, self.settings.min_score
        if all(verdicts[place].scored(scores[place], least).score < ENOUGH for place in allowed[:READ_FIRST]):
            self._read(reranker, allowed[READ_FIRST:][:READ_MORE], scores)
        return scores

    def _read(self, reranker: Reranker, places: Sequence[int], scores: list[float]) -> None:
        """Put the scores of these candidates in their places."""
        made = reranker.score(self.asked.text, [passage(self.candidates[place]) for place in places])
        for place, score in zip(places, made, strict=True):
            scores[place] = score

    def choose(self, scores: Sequence[float], min_score: float) -> Choice:
        """Evidence and rejected sentences, from the calibrated probability of each candidate."""
        return self._chooser.choose(scores, min_score)

    @cached_property
    def _chooser(self) -> Chooser:
        return Chooser(
            self.asked,
            self.candidates,
            self._candidate_facts,
            self._assertions,
            self.settings,
            self._stay,
            record_sentences=self.record.sentences,
            event_moments=self._event_moments,
            carried=record_index(self.record, self.settings.rules_dir).carried,
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
