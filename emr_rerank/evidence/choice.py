"""Which scored sentences are evidence. Typed evidence decides more than similarity.

A sentence that tells of another value, day, person or allergen than the one asked for is held down below `min_score`;
one that holds the asked value of this stay is lifted to at least `TYPED_FLOOR`. Of every other the calibrated
probability is lowered by what its doubts cost (`doubts`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from emr_rerank.evidence.anchors import AnchorCheck
from emr_rerank.evidence.answering import answering_facts
from emr_rerank.evidence.judging import TYPED_FLOOR, Judge, Judged, Verdict
from emr_rerank.evidence.operation_time import operation_day
from emr_rerank.evidence.ordering import Order
from emr_rerank.evidence.stated import StatedFacts
from emr_rerank.evidence.terms import lexicon
from emr_rerank.evidence.times import AskedTime, stay_of
from emr_rerank.evidence.typed import asked_names, rank_witnesses, witnesses
from emr_rerank.findings import Evidence, Fact, Question
from emr_rerank.record import Assertion, Sentence
from emr_rerank.settings import Settings

__all__ = ["TYPED_FLOOR", "Choice", "Chooser"]


@dataclass(frozen=True)
class Choice:
    """Evidence kept (ranks from 1), the best of what was rejected (ranks from 1), and the facts that answer.

    `facts` stand in the order of their evidence, whose rank each names.
    """

    kept: tuple[Evidence, ...] = ()
    rejected: tuple[Evidence, ...] = ()
    facts: tuple[Fact, ...] = ()


class Chooser:
    """Decides about the candidates of one question. All that does not depend on their scores is done at once.

    Args:
        question: understood by `understand`.
        sentences: the candidates.
        facts: facts of the candidates; facts of other sentences are left out of account.
        assertions: assertion of each candidate.
        settings: `evidence`, `rejected`, `rules_dir`.
        stay: ISO dates of admission and discharge, where the record states them.
        record_sentences: all sentences of the record, from which the day of an operation is taken; the candidates
            where none are given.
        event_moments: ISO days or date-times of the event that dates the question, earliest first.
        carried: `RecordIndex.carried`.
    """

    def __init__(
        self,
        question: Question,
        sentences: Sequence[Sentence],
        facts: Sequence[Fact],
        assertions: Sequence[Assertion],
        settings: Settings,
        stay: tuple[str | None, str | None] = (None, None),
        record_sentences: Sequence[Sentence] = (),
        event_moments: tuple[str, ...] = (),
        carried: Mapping[int, frozenset[str]] | None = None,
    ) -> None:
        self._question, self._facts, self._settings = question, facts, settings
        rules = settings.rules_dir
        names = asked_names(question, rules)
        stay = stay_of(sentences, stay)
        operated = operation_day(record_sentences or sentences, facts, stay[0], rules)
        self._time = AskedTime(question, stay, operated, event_moments, rules)
        self._found = witnesses(self._time, facts, sentences, names)
        relatives = lexicon(rules).relatives(question.concepts)
        self._stated = StatedFacts(self._time, names, relatives, facts)
        self._anchors = AnchorCheck(question.anchors, rules, carried)
        judge = Judge(self._time, self._found, facts, self._stated, relatives, names, self._anchors, rules)
        self.verdicts: tuple[Verdict, ...] = tuple(map(judge, sentences, assertions))
        self.order = Order(question, self._anchors, rules)

    @property
    def decided_by_value(self) -> bool:
        """Whether a candidate holds a value asked for: then values order the evidence, not `order`."""
        return bool(self._found)

    def choose(self, scores: Sequence[float], min_score: float) -> Choice:
        """Split the candidates into evidence and rejected sentences, by the calibrated probability of each."""
        question, settings, found = self._question, self._settings, self._found
        judged = [verdict.scored(score, min_score) for verdict, score in zip(self.verdicts, scores, strict=True)]
        proven = [item for item in judged if item.verdict.allowed and item.score >= min_score]
        if found:
            by_index = {v.sentence.index: score for v, score in zip(self.verdicts, scores, strict=True)}
            by_value = _by_value(self._time, proven, found, by_index)
            ordered = [*by_value, *self.order([item for item in proven if item not in by_value])]
        else:
            ordered = self.order(proven)
        ordered = _without_copies(ordered)
        kept = ordered[: settings.evidence] if found else _both_sides(ordered, settings.evidence)
        taken = {item.sentence.text for item in kept}
        left = sorted((item for item in judged if item.sentence.text not in taken), key=lambda item: -item.score)
        rejected = [item for item in left if item not in proven and item.score > 0][: settings.rejected]
        evidence = _evidence(kept)
        by_sentence = {item.sentence.index: item.sentence for item in kept}
        answering = answering_facts(question, evidence, found, self._facts, self._stated, by_sentence)
        return Choice(evidence, _evidence(rejected), answering)


def _by_value(
    time: AskedTime, proven: list[Judged], found: dict[int, tuple[Fact, ...]], scores: dict[int, float]
) -> list[Judged]:
    """Sentences that hold values asked for, in the order in which these answer."""
    items = {item.sentence.index: item for item in proven}
    kept = {index: facts for index, facts in found.items() if index in items}
    order = rank_witnesses(time, kept, [item.sentence for item in proven], scores)
    return [items[index] for index in _each_name_early(order, kept)]


def _each_name_early(order: list[int], found: dict[int, tuple[Fact, ...]]) -> list[int]:
    """With several analytes asked, one sentence of each comes before a second one of any."""
    if len({fact.name for facts in found.values() for fact in facts}) < 2:
        return order
    seen: set[str] = set()
    early: list[int] = []
    for index in order:
        names = {fact.name for fact in found[index]}
        if names - seen:
            early.append(index)
            seen |= names
    return [*early, *(index for index in order if index not in early)]


def _without_copies(items: list[Judged]) -> list[Judged]:
    """A carried-forward copy is no second witness: of equal texts of one day and row kind the first is kept."""
    seen: set[tuple[str, str | None]] = set()
    kept: list[Judged] = []
    for item in items:
        key = ("".join(item.sentence.text.split()), item.sentence.date if item.sentence.row else None)
        if key not in seen:
            seen.add(key)
            kept.append(item)
    return kept


def _both_sides(items: list[Judged], most: int) -> list[Judged]:
    """The first so many, the last giving way when every one of them affirms (or denies) and a lower one does not."""
    kept = items[:most]
    if most < 2 or len(items) <= most:
        return kept
    denies = {item.assertion == "absent" for item in kept}
    if len(denies) == 1:
        other = next((item for item in items[most:] if (item.assertion == "absent") not in denies), None)
        if other is not None:
            return [*kept[:-1], other]
    return kept


def _evidence(items: Sequence[Judged]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            rank=rank,
            score=round(item.score, 4),
            text=item.sentence.text,
            section=item.sentence.section_path,
            section_code=item.sentence.section_code,
            page=item.sentence.page,
            bbox=item.sentence.bbox,
            more_boxes=item.sentence.more_boxes,
            start=item.sentence.start,
            end=item.sentence.end,
            date=item.sentence.date,
            assertion=item.assertion,
            rule=item.sentence.rule,
            low_confidence=item.sentence.low_confidence,
            sentence=item.sentence.index,
        )
        for rank, item in enumerate(items, start=1)
    )
