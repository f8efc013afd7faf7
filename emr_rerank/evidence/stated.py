"""Facts that are no measured values (drugs, diagnoses, operations, allergies): which of them a question asks for."""

from collections.abc import Sequence
from functools import cached_property

from emr_rerank.evidence.allergy import AllergyCheck
from emr_rerank.evidence.terms import lexicon
from emr_rerank.evidence.times import EARLIER, AskedTime
from emr_rerank.findings import Fact, FactKind
from emr_rerank.record import Sentence

MEASURED: tuple[FactKind, ...] = ("lab", "vital")
"""Kinds of measured values."""


class StatedFacts:
    """The facts of one question's kinds.

    Args:
        time: the time asked for; its question tells kinds and concepts.
        names: fact names asked for, narrower concepts included.
        relatives: whether relatives are asked about.
        facts: facts of the candidates.
    """

    def __init__(self, time: AskedTime, names: frozenset[str], relatives: bool, facts: Sequence[Fact]) -> None:
        self._time = time
        self._names = names
        self._relatives = relatives
        self._allergies = AllergyCheck(time.question, facts, time.rules_dir)
        self._signs = any(fact.kind == "vital" and fact.name in names for fact in facts)

    def answers(self, fact: Fact, sentence: Sentence) -> bool:
        """Whether the fact is one that the question asks for, by name, or any of a kind asked for as a whole."""
        if fact.kind not in self._time.question.kinds or (fact.assertion == "family") != self._relatives:
            return False
        if fact.kind == "allergy":
            return self._allergies.answers(fact)
        if fact.kind in MEASURED:
            all_together = fact.kind == "vital" and not self._names and not self._signs
            return all_together and not EARLIER & set(fact.notes)
        return self._asked_for(fact, sentence) and self._time.holds_sentence(sentence)

    def _asked_for(self, fact: Fact, sentence: Sentence) -> bool:
        if fact.name in self._names:
            return True
        wide = self._wide.get(fact.kind)
        return wide is not None and (not wide or sentence.section_code in wide)

    @cached_property
    def _wide(self) -> dict[FactKind, frozenset[str]]:
        """Kinds asked for as a whole, each with the sections that are about it; none: in any section.

        A kind is asked for as a whole where every concept of that kind is a section's or a general word's.
        """
        known = lexicon(self._time.rules_dir)
        concepts = [known.concept(concept_id) for concept_id in self._time.question.concepts]
        wide: dict[FactKind, frozenset[str]] = {}
        for kind in self._time.question.kinds:
            own = [concept for concept in concepts if kind in concept.kinds]
            if own and all(concept.group == "section" or concept.id in WHOLE_KIND for concept in own):
                wide[kind] = frozenset().union(*(concept.home for concept in own))
        return wide


WHOLE_KIND = frozenset({"concept.operation", "concept.anesthesia"})
"""Concepts that ask for every fact of their kind."""
