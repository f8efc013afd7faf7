"""The candidates of one question in one record, and which of them are evidence once they are scored."""

from collections.abc import Callable, Sequence
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

READ_FIRST = 8
"""Candidates that are read in any case, those with the least doubts; 12 answer one more of 675 development questions of
benchmarks/real, and take a fifth more time."""
ENOUGH = 0.98
"""Score, after doubts, that makes reading on needless: it loses one first proof in two hundred of the development
questions of benchmarks/real."""
HELD_DOWN_READ = 3
"""Candidates that can't be evidence, but are read so that the best of them can be shown where nothing is proven."""
HARDLY_OFF = 0.03
"""Error of skimmed probabilities near 0.5 that leaves those that are shown, 0.75 or more, right to 0.02."""
UNSURE = 0.1
"""How far from `min_score` a skimmed candidate may stay and is read again all the same."""
READ_AGAIN = 1
"""Roughly skimmed candidates that are read again in any case: the best, which decides whether the record answers."""
MOST_AGAIN = 12
"""Most skimmed candidates that are read again: more than are shown, and the others are known well enough."""


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

    @cached_property
    def passages(self) -> tuple[str, ...]:
        """The candidates as a reranker reads them."""
        contexts = record_index(self.record, self.settings.rules_dir).contexts
        return tuple(passage(sentence, contexts.get(sentence.index, "")) for sentence in self.candidates)

    @property
    def order(self) -> Order | None:
        """In which order proven sentences answer; None where measured values decide."""
        return None if self._chooser.decided_by_value else self._chooser.order

    def score(self, reranker: Reranker) -> list[float]:
        """Calibrated probability of each candidate; 0 of those that are not worth reading.

        A cascade (Wang, Lin and Metzler, SIGIR 2011). What may be evidence is skimmed, first the READ_FIRST candidates
        with the least doubts, then the others, unless one is surely evidence or a measured value decides. What that
        leaves unsettled is read properly. Of what can't be evidence whatever its score is, only HELD_DOWN_READ are
        skimmed with those others, to find the best rejected.

        Raises:
            ModelError: the reranker failed.
        """
        places = sorted(range(len(self.candidates)), key=lambda place: self.verdicts[place].cost)
        held_down = [place for place in places if not self.verdicts[place].allowed]
        allowed = [place for place in places if self.verdicts[place].allowed]
        first, others = allowed[:READ_FIRST], allowed[READ_FIRST:]
        scores = [0.0] * len(self.candidates)
        self._read(reranker.skim, first, scores)
        if not self._chooser.decided_by_value and all(self._final(place, scores) < ENOUGH for place in first):
            held_down = held_down[: max(HELD_DOWN_READ, self.settings.rejected)]
            self._read(reranker.skim, [*others, *held_down], scores)
        if reranker.skim_error:
            self._read(reranker.score, self._read_again(allowed, scores, reranker.skim_error), scores)
        return scores

    def _read(
        self, read: Callable[[str, Sequence[str]], list[float]], places: Sequence[int], scores: list[float]
    ) -> None:
        """Put the scores of these candidates in their places."""
        made = read(self.asked.text, [self.passages[place] for place in places])
        for place, score in zip(places, made, strict=True):
            scores[place] = score

    def _read_again(self, places: Sequence[int], scores: Sequence[float], error: float) -> list[int]:
        """Which of these the skimmed scores do not settle; a measured value that is asked for is evidence in any case.

        Where they are hardly off, those near `min_score`; else the best and all that may prove the answer.
        """
        least = self.settings.min_score
        open_ones = [place for place in places if self.verdicts[place].floor < least]
        best = sorted(open_ones, key=lambda place: -self._final(place, scores))[:MOST_AGAIN]
        if error <= HARDLY_OFF:
            return [place for place in best if abs(self._final(place, scores) - least) <= UNSURE]
        return [*best[:READ_AGAIN], *(p for p in best[READ_AGAIN:] if self._final(p, scores) >= least - UNSURE)]

    def _final(self, place: int, scores: Sequence[float]) -> float:
        """The score of a candidate after its doubts."""
        return self.verdicts[place].scored(scores[place], self.settings.min_score).score

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
