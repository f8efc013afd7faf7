"""Facts that are no measured values (drugs, diagnoses, operations, allergies): which of them a question asks for."""

from collections.abc import Sequence
from functools import cached_property

from emr_rerank.evidence.allergy import AllergyCheck
from emr_rerank.evidence.terms import lexicon
from emr_rerank.evidence.times import EARLIER, AskedTime
from emr_rerank.findings import Fact, FactKind
from emr_rerank.record import Sentence
from emr_rerank.rules.concepts import Concept

MEASURED: tuple[FactKind, ...] = ("lab", "vital")
"""Kinds of measured values."""
WHOLE_KIND = {"concept.operation": "operation", "concept.anesthesia": "operation"}
"""Concepts that ask for every fact of their kind, and the type of those facts."""
_PAST_SECTIONS = frozenset({"past_history", "present_illness"})


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
        self._asked = time.question
        self._names = names
        self._relatives = relatives
        self._known = lexicon(time.rules_dir)
        self._allergies = AllergyCheck(time.question, facts, time.rules_dir)
        self._signs = any(fact.kind == "vital" and fact.name in names for fact in facts)

    def answers(self, fact: Fact, sentence: Sentence) -> bool:
        """Whether the fact is one that the question asks for: by name, or any of a kind asked for as a whole."""
        if (fact.assertion == "family") != self._relatives:
            return False
        if fact.kind in MEASURED:
            signs = fact.kind == "vital" and "vital" in self._asked.kinds and not self._names and not self._signs
            return signs and not EARLIER & set(fact.notes)
        if "allergy" in self._asked.kinds or fact.kind == "allergy":
            return fact.kind == "allergy" and "allergy" in self._asked.kinds and self._allergies.answers(fact)
        asked = self._named(fact) or (fact.kind in self._asked.kinds and self._of_whole_kind(fact, sentence))
        return asked and not advised(fact) and self._time.holds_sentence(sentence) and self._of_stay(fact, sentence)

    def only_advised(self, facts: Sequence[Fact]) -> bool:
        """Whether a sentence's facts of the names asked for say what to avoid or to do later only."""
        named = [fact for fact in facts if fact.kind not in MEASURED and self._named(fact)]
        return bool(named) and all(map(advised, named))

    def _named(self, fact: Fact) -> bool:
        if fact.name in self._names or fact.name.partition("_")[0] in self._names & self._examinations:
            return True
        return fact.kind in ("diagnosis", "procedure") and bool(self._things & self._known.concepts.named(fact.text))

    def _of_whole_kind(self, fact: Fact, sentence: Sentence) -> bool:
        own = [concept for concept in self._concepts if fact.kind in concept.kinds]
        if not own or not all(concept.group == "section" or concept.id in WHOLE_KIND for concept in own):
            return False
        types = {WHOLE_KIND[concept.id] for concept in own if concept.id in WHOLE_KIND}
        if types and detail(fact, "type") not in (*types, None):
            return False
        home = {code for concept in own for code in concept.home}
        role = detail(fact, "role")
        roles = {role for concept in own for role in concept.roles}
        if role is not None and roles:
            return role in roles
        return not home or sentence.section_code in home

    def _of_stay(self, fact: Fact, sentence: Sentence) -> bool:
        """Whether the fact is of this stay, or of before where that is asked for; by name past ones answer too."""
        if self._asked.past and fact.kind == "medication":
            return detail(fact, "status") == "home" or sentence.section_code in _PAST_SECTIONS
        if self._asked.period is not None:
            return True
        earlier = "other_stay" in fact.notes or fact.assertion == "historical" or detail(fact, "role") == "history"
        if self._asked.past:
            return earlier or sentence.section_code in _PAST_SECTIONS
        return not earlier or self._named(fact)

    @cached_property
    def _concepts(self) -> tuple[Concept, ...]:
        return tuple(self._known.concept(concept_id) for concept_id in self._asked.concepts)

    @cached_property
    def _things(self) -> frozenset[str]:
        """Diseases and procedures asked for, whatever a list prints them as."""
        return frozenset(
            concept.id
            for concept in self._concepts
            if concept.group in ("disease", "procedure") and concept.id not in WHOLE_KIND
        )

    @cached_property
    def _examinations(self) -> frozenset[str]:
        return frozenset(concept.id.removeprefix("concept.") for concept in self._concepts if concept.group == "exam")


def advised(fact: Fact) -> bool:
    """Whether the fact tells what is to be avoided or done, not what was."""
    return detail(fact, "status") in ("planned", "avoided") or "planned" in fact.notes


def detail(fact: Fact, name: str) -> object:
    """A typed part of a fact; None where it has none of the name."""
    return getattr(getattr(fact, "details", None), name, None)
