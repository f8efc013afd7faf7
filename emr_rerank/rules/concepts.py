"""Clinical concepts: groups of Chinese and English words for one matter, so that a question and a record meet."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Literal

from emr_rerank.findings import FactKind, Shape
from emr_rerank.rules.files import Pattern, Rule, load_rules

Group = Literal[
    "class", "section", "vital", "allergy", "drug", "disease", "symptom", "procedure", "exam", "person", "anatomy"
]

REMEMBERED = 4096
"""Texts whose concepts are kept in memory: every question about a record asks for those of the same sentences."""


class Concept(Rule):
    """One matter and its surface forms in both languages.

    - `sections`: codes of the sections that can speak of it, best first.
    - `home`: codes of sections that are about it, so that any sentence there speaks of it.
    - `analytes`: what a class word stands for (肝功能). `kinds` and `facts`: kinds of the facts that state it, and
      their names where these differ from the concept's own.
    - `cased`: those of the forms whose case must match, as they are words or titles too (Dr, sob, Loc).
    - `general`: forms of a general statement that answers for all asked together with it ('否认药物过敏').
    - `blocked`: longer words in which a form means something else (血压 in 高血压).
    - `allowed`: phrases that hold a blocked word and name the concept all the same (最低血压 is no 低血压).
    - `narrower`: concepts that are kinds of this one.
    - `pattern`: a further way that records write it (`P80次/分`), tried on lower-case text.
    - `means`: concepts that naming it asks for in its stead (出院主要诊断: discharge diagnosis, main diagnosis).
    - `drug_classes`: classes of the drug catalogue whose drugs it means.
    - `roles`: roles of the diagnosis facts that it asks for.
    - `shape`: the shape of an answer where the wording tells none (入院日期: a date).
    - `anchor` false: evidence need not name it.
    """

    group: Group
    forms: tuple[str, ...]
    sections: tuple[str, ...] = ()
    home: tuple[str, ...] = ()
    kinds: tuple[FactKind, ...] = ()
    analytes: tuple[str, ...] = ()
    cased: tuple[str, ...] = ()
    general: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    pattern: Pattern | None = None
    means: tuple[str, ...] = ()
    drug_classes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    shape: Shape | None = None
    anchor: bool = True


@dataclass(frozen=True)
class ConceptMention:
    """Where a text names a concept; half-open offsets."""

    concept_id: str
    start: int
    end: int


class Concepts:
    """All concepts in force, and where a text names them."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self._by_id = {concept.id: concept for concept in concepts}
        self._forms: dict[str, list[tuple[str, str]]] = {}
        self._ids_of_form: dict[str, set[str]] = {}
        self._cased = {(form.lower(), item.id): form for item in self._by_id.values() for form in item.cased}
        self._narrower = self._closed()
        self._patterns = [(re.compile(item.pattern), item.id) for item in self._by_id.values() if item.pattern]
        for concept in self._by_id.values():
            for form in concept.forms:
                lowered = form.lower()
                self._forms.setdefault(lowered[:1], []).append((lowered, concept.id))
                self._ids_of_form.setdefault(lowered, set()).add(concept.id)
        for forms in self._forms.values():
            forms.sort(key=lambda pair: -len(pair[0]))
        self._named = lru_cache(REMEMBERED)(self._names_in)

    def __iter__(self) -> Iterator[Concept]:
        return iter(self._by_id.values())

    def get(self, concept_id: str) -> Concept:
        """The concept with this id; KeyError when there is none."""
        return self._by_id[concept_id]

    def with_form(self, form: str) -> frozenset[str]:
        """Ids of the concepts that list this form."""
        return frozenset(self._ids_of_form.get(form.lower(), ()))

    def named(self, text: str) -> frozenset[str]:
        """Ids of every concept that the text names, also inside a longer word unless that word is blocked."""
        return self._named(text)

    def _names_in(self, text: str) -> frozenset[str]:
        lowered = lower(text)
        ids = {concept_id for pattern, concept_id in self._patterns if pattern.search(lowered)}
        for position, char in enumerate(lowered):
            for form, concept_id in self._forms.get(char, ()):
                if concept_id in ids or not lowered.startswith(form, position):
                    continue
                if self._stands(concept_id, text, lowered, position, form):
                    ids.add(concept_id)
        return frozenset(ids) | {wide for wide, narrow in self._narrower.items() if narrow & ids}

    def _closed(self) -> dict[str, frozenset[str]]:
        """Every concept that has kinds, with its kinds and their kinds."""
        closed = {concept.id: frozenset(concept.narrower) for concept in self._by_id.values() if concept.narrower}
        for _ in closed:
            closed = {
                wide: narrow.union(*(closed.get(kind, frozenset()) for kind in narrow))
                for wide, narrow in closed.items()
            }
        return closed

    def _stands(self, concept_id: str, text: str, lowered: str, position: int, form: str) -> bool:
        """Whether the form is a word of its own there, in its case where that counts, and no part of a blocked word."""
        cased = self._cased.get((form, concept_id))
        if cased is not None and not text.startswith(cased, position):
            return False
        return stands_free(lowered, position, len(form)) and not self._blocked(concept_id, lowered, position, form)

    def _blocked(self, concept_id: str, lowered: str, position: int, form: str) -> bool:
        known = self._by_id[concept_id]
        inside = partial(_inside, lowered, position, form)
        return any(map(inside, known.blocked)) and not any(map(inside, known.allowed))

    def find(self, text: str) -> tuple[ConceptMention, ...]:
        """Mentions in reading order, the longest form first, none overlapping; forms of one character left out."""
        lowered = lower(text)
        found: list[ConceptMention] = []
        position = 0
        while position < len(lowered):
            mention = self._at(text, lowered, position)
            if mention is None:
                position += 1
                continue
            found.append(mention)
            position = mention.end
        return tuple(found)

    def _at(self, text: str, lowered: str, position: int) -> ConceptMention | None:
        for form, concept_id in self._forms.get(lowered[position], ()):
            if len(form) < 2 or not lowered.startswith(form, position):
                continue
            if self._stands(concept_id, text, lowered, position, form):
                return ConceptMention(concept_id, position, _end(lowered, position + len(form), form))
        return None


def _inside(lowered: str, position: int, form: str, phrase: str) -> bool:
    """Whether the form at the position is part of the phrase."""
    offset = phrase.lower().find(form)
    return offset >= 0 and position >= offset and lowered.startswith(phrase.lower(), position - offset)


def lower(text: str) -> str:
    """Lower case that keeps every offset (a character whose lower form is longer stays as it is)."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


_LATIN = re.compile(r"[a-z0-9]")
_ENDINGS = re.compile(r"(?:s|es|ed|ing|ic|y|ies|ive|al)?(?![a-z0-9])")


def stands_free(lowered: str, start: int, length: int) -> bool:
    """Whether the form at `start` is a word of its own: Latin forms need borders, longer ones may take an ending."""
    end = start + length
    if not _LATIN.match(lowered[start]):
        return True
    if start and _LATIN.match(lowered[start - 1]):
        return False
    if not _LATIN.match(lowered[end - 1]) or end == len(lowered):
        return True
    if length < 4:
        return not _LATIN.match(lowered[end])
    return _ENDINGS.match(lowered, end) is not None


def _end(lowered: str, end: int, form: str) -> int:
    """Where a mention ends: after the ending that a longer Latin word takes (nodule, nodules)."""
    ending = _ENDINGS.match(lowered, end) if len(form) >= 4 and _LATIN.match(form[-1]) else None
    return ending.end() if ending else end


@lru_cache(maxsize=8)
def concepts(overrides: Path | None = None) -> Concepts:
    """All concepts of the rule files in force; `drug_concepts` adds the catalogue of drugs.

    Raises:
        RuleError: a rule file is wrong.
    """
    return Concepts(load_rules("concepts", Concept, overrides))
