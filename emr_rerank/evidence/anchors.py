"""Whether a sentence speaks of what a question asks about."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from emr_rerank.evidence.terms import holds_form, lexicon
from emr_rerank.record import Sentence
from emr_rerank.rules.concepts import Concept

ALWAYS_NAMED = frozenset({"allergy", "drug", "exam", "procedure", "vital"})
"""Concept groups of what records call by its name: another one shown for it does harm."""
PRESENCE_NAMED = frozenset({"disease", "person"})
"""Concept groups that a record names where it tells whether there is or was such a thing."""
FINDINGS = frozenset({"disease", "symptom"})
"""Concept groups of what an examination may rule out without naming it."""
Lack = Literal[
    "allergy",  # no allergy is named where one is asked about; this and the next disprove
    "another",  # another drug than that asked for by its name, or another examination, is named instead
    "instead",  # something else of the kind is named instead: another operation, a drug that is of another class
    "nameless",  # what records call by its name is not named
    "freely",  # what is not named is a matter that records put in many words
    "unnamed",  # something else is not named
    "loose",  # the question names nothing known, and the sentence holds none of its words
]
"""How a sentence falls short of naming what is asked about."""
_TURNED = 4
"""Shortest Chinese form that may stand turned about in the text (输尿管结石: 输尿管上段结石)."""


def _called(presence: bool) -> frozenset[str]:
    return ALWAYS_NAMED | PRESENCE_NAMED if presence else ALWAYS_NAMED


class AnchorCheck:
    """The anchors of one question, ready to be looked for in many sentences.

    Args:
        groups: `Question.anchors`; a sentence must hold a form of every group, in its text or its section titles, or
            stand in a section that is about the group's concept.
        rules_dir: a hospital's own rule files.
        carried: by sentence index, what earlier sentences name for it (`RecordIndex.carried`).
    """

    def __init__(
        self,
        groups: tuple[tuple[str, ...], ...],
        rules_dir: Path | None = None,
        carried: Mapping[int, frozenset[str]] | None = None,
    ) -> None:
        self._concepts = lexicon(rules_dir).concepts
        self._groups = [(self._concepts_of(group), self._names(group)) for group in groups]
        self._carried = carried or {}

    def holds(self, sentence: Sentence, known: frozenset[str] | None = None, *, carried: bool = True) -> bool:
        """Whether the sentence satisfies every group.

        Args:
            known: the concepts that it and its titles name, if counted.
            carried: whether what earlier sentences name for it counts too.
        """
        if not self._groups:
            return True
        named = self._concepts.named(_told(sentence)) if known is None else known
        if carried:
            named = named | self._carried.get(sentence.index, frozenset())
        held = self._held(sentence, _told(sentence), named)
        return all(held) or self._held_but_for_the_place(held, named)

    def holds_but_for_findings(self, sentence: Sentence) -> bool:
        """Whether the sentence names all (the examination, the part of the body) but a disease or symptom."""
        held = self._held(sentence, _told(sentence), self._named(sentence))
        missing = self._missing(held)
        return any(held) and all(ids and {each.group for each in self._all([ids])} <= FINDINGS for ids in missing)

    def lack(self, sentence: Sentence, presence: bool) -> Lack:
        """How a sentence that does not hold falls short.

        What records call by its name (a drug, an examination, an operation) must be named; where only the presence of
        the matter is asked (`presence`), also a disease or a relative. A drug that is asked for in a list (discharge
        drugs) is another one where it stands elsewhere; a drug that is given is none of which an allergy is told. Names
        of operations overlap too much (PCNL, 碎石取石) for one to exclude the other.
        """
        named = self._named(sentence)
        held = self._held(sentence, _told(sentence), named)
        missing = self._missing(held)
        known = self._all(missing)
        called = {each.group for each in known} & _called(presence)
        if "allergy" in called:
            return "allergy"
        listed = any(each.group == "section" and each.home and "medication" in each.kinds for each in known)
        own = [i for (ids, _), holds in zip(self._groups, held, strict=True) if holds for i in ids]
        wholly_lacking = called - {each.group for each in self._all([own])}
        instead = {each.group for each in self._all([named])} & wholly_lacking
        if (listed and any(held)) or any(each.group in instead and _one_of_its_name(each) for each in known):
            return "another"
        if instead:
            return "instead"
        if called:
            return "nameless"
        freely = all(ids and all(self._told_freely(i, beside=any(held)) for i in ids) for ids in missing)
        return "freely" if freely else "unnamed"

    def _missing(self, held: Sequence[bool]) -> list[frozenset[str]]:
        """The concepts of each group that does not hold."""
        return [ids for (ids, _), holds in zip(self._groups, held, strict=True) if not holds]

    def _all(self, groups: Iterable[Iterable[str]]) -> list[Concept]:
        return [self._concepts.get(i) for ids in groups for i in ids]

    def _named(self, sentence: Sentence) -> frozenset[str]:
        """The concepts that the sentence, its titles and what it goes on from name."""
        return self._concepts.named(_told(sentence)) | self._carried.get(sentence.index, frozenset())

    def _told_freely(self, concept_id: str, *, beside: bool) -> bool:
        """Whether records put the matter in many words; beside a thing named, a section asked for only says where."""
        concept = self._concepts.get(concept_id)
        if concept.group != "section":
            return concept.group == "symptom"
        return not concept.home or (beside and not concept.roles and "medication" not in concept.kinds)

    def _held(self, sentence: Sentence, text: str, named: frozenset[str]) -> list[bool]:
        return [
            bool(ids & named) or self._at_home(ids, sentence) or any(holds_form(text, form) for form in forms)
            for ids, forms in self._groups
        ]

    def _held_but_for_the_place(self, held: list[bool], named: frozenset[str]) -> bool:
        """Whether only a part of the body is not named, by a sentence that names no other one either."""
        if not any(held) or any(self._concepts.get(name).group == "anatomy" for name in named):
            return False
        missing = self._missing(held)
        return all(ids and all(self._concepts.get(i).group == "anatomy" for i in ids) for ids in missing)

    def at_home(self, sentence: Sentence) -> bool:
        """Whether the sentence stands in the section that is about one of the concepts asked for."""
        return any(self._at_home(ids, sentence) for ids, _ in self._groups)

    def _concepts_of(self, group: tuple[str, ...]) -> frozenset[str]:
        """Concepts all of whose forms stand in the group."""
        ids = frozenset().union(*(self._concepts.with_form(form) for form in group))
        return frozenset(i for i in ids if set(self._concepts.get(i).forms) <= set(group))

    def _names(self, group: tuple[str, ...]) -> tuple[str, ...]:
        """Forms to be looked for as they are: those of no concept, and long ones that may be turned about."""
        known = self._concepts_of(group)
        return tuple(
            form
            for form in group
            if (len(form) >= _TURNED and not form.isascii()) or not self._concepts.with_form(form) & known
        )

    def _at_home(self, ids: frozenset[str], sentence: Sentence) -> bool:
        return any(sentence.section_code in self._concepts.get(concept_id).home for concept_id in ids)


def _one_of_its_name(concept: Concept) -> bool:
    """Whether another name surely means another thing: an examination, a drug that is no class."""
    return concept.group == "exam" or (concept.group == "drug" and not concept.narrower)


def _told(sentence: Sentence) -> str:
    return " ".join((*sentence.section_path, sentence.text))


def outside(sentence: Sentence) -> Sentence:
    """The sentence as it were without its section, so that only its own words count."""
    return sentence.model_copy(update={"section_path": (), "section_code": "other"})
