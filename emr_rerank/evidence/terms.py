"""Terms of a text: words, Chinese character pairs, and the analytes and concepts that it names.

A concept or analyte adds its id as a term, so 肌酐, Scr and creatinine meet, also across languages.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from emr_rerank.errors import RuleError
from emr_rerank.rules.analytes import Catalogue, catalogue
from emr_rerank.rules.colloquial import spoken_names
from emr_rerank.rules.concepts import REMEMBERED, Concept, Concepts, lower, stands_free
from emr_rerank.rules.drug_concepts import concepts_and_drugs

_WORD = re.compile(r"[a-z][a-z0-9]*|\d+(?:\.\d+)?")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_PLURAL = re.compile(r"(?<=[a-z]{2}[^s])s$")
FAMILY = "concept.family"
"""Concept whose naming asks about relatives; the relatives are its narrower concepts."""
ANALYTE = "analyte."
"""Prefix of analyte terms, so that none equals an English word."""
MEANING_WEIGHT = 3.0
"""Weight of a concept or analyte term against a word or character pair, which carry far less meaning each."""


@dataclass(frozen=True)
class Named:
    """A stretch of a question that names an analyte or a concept; half-open offsets.

    `others`: further analytes of that name.
    """

    term: str
    start: int
    end: int
    analyte: bool
    others: tuple[str, ...] = ()


class Lexicon:
    """What the rules can recognise in a text: analytes and concepts."""

    def __init__(self, known: Concepts, analytes: Catalogue, rules_dir: Path | None = None) -> None:
        self.concepts = known
        self._catalogue = analytes
        self._rules = rules_dir
        self._terms = lru_cache(REMEMBERED)(self._terms_of)

    def analytes_in(self, text: str) -> tuple[str, ...]:
        """Ids of the analytes a text names or may name (PCT), in reading order, each once."""
        found = self._catalogue.find(text)
        return tuple(dict.fromkeys(analyte for mention in found for analyte in (mention.analyte_id, *mention.others)))

    def named(self, text: str) -> tuple[Named, ...]:
        """Analytes and concepts that a question names, colloquially too, in reading order.

        Of two that overlap the longer stays; of two as long the vital sign (血氧饱和度), then the analyte.
        """
        found = [Named(m.analyte_id, m.start, m.end, True, m.others) for m in self._catalogue.find(text)]
        spoken = spoken_names(text, self._rules)
        found += [Named(m.concept_id, m.start, m.end, False) for m in (*self.concepts.find(text), *spoken)]
        found.sort(key=lambda item: (item.start - item.end, not self._is_vital(item), not item.analyte))
        kept: list[Named] = []
        for item in found:
            if all(item.end <= other.start or other.end <= item.start for other in kept):
                kept.append(item)
        return tuple(sorted(kept, key=lambda item: item.start))

    def _is_vital(self, item: Named) -> bool:
        return not item.analyte and self.concept(item.term).group == "vital"

    def concept(self, concept_id: str) -> Concept:
        """The concept with this id."""
        return self.concepts.get(concept_id)

    def relatives(self, concept_ids: Iterable[str]) -> bool:
        """Whether the concepts are relatives, not the patient."""
        return bool({FAMILY, *self.concept(FAMILY).narrower} & set(concept_ids))

    def meanings(self, text: str) -> tuple[str, ...]:
        """Terms for the analytes and concepts that a text names, concepts inside longer words included."""
        analytes = (ANALYTE + analyte for analyte in self.analytes_in(text))
        return (*analytes, *sorted(self.concepts.named(text)))

    def terms(self, text: str) -> tuple[str, ...]:
        """All terms of a passage."""
        return self._terms(text)

    def _terms_of(self, text: str) -> tuple[str, ...]:
        return (*surface_terms(text), *self.meanings(text))


def is_chinese(text: str) -> bool:
    """Whether a text holds a Chinese character: then its language is Chinese, whatever else it holds."""
    return _CHINESE.search(text) is not None


def surface_terms(text: str) -> list[str]:
    """Latin words in lower case and singular, numbers, and every pair of neighbouring Chinese characters."""
    lowered = lower(text)
    terms = [_PLURAL.sub("", word) for word in _WORD.findall(lowered)]
    for run in _CHINESE.findall(lowered):
        terms.extend([run] if len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)])
    return terms


def holds_form(text: str, form: str) -> bool:
    """Whether a text holds a surface form: Latin forms as words, Chinese ones anywhere.

    A Chinese form of four characters or more is also held when all its characters stand close together, because records
    turn compounds about (右肺结节, 右肺下叶结节).
    """
    (lowered, characters), (wanted, needed) = _searched(text), _form(form)
    if not needed <= characters:
        return False
    start = lowered.find(wanted)
    while start >= 0:
        if stands_free(lowered, start, len(wanted)):
            return True
        start = lowered.find(wanted, start + 1)
    if len(wanted) < 4 or not _CHINESE.fullmatch(wanted):
        return False
    return _close_together(lowered, wanted, needed)


def _close_together(text: str, form: str, needed: frozenset[str]) -> bool:
    window = 3 * len(form)
    return any(needed <= set(text[start : start + window]) for start, char in enumerate(text) if char in needed)


def _letters(text: str) -> tuple[str, frozenset[str]]:
    """A text in lower case, and its characters: few texts hold all of a form's."""
    lowered = lower(text)
    return lowered, frozenset(lowered)


_searched = lru_cache(maxsize=16)(_letters)  # one text is searched for many forms in a row
_form = lru_cache(maxsize=REMEMBERED)(_letters)


@lru_cache(maxsize=8)
def lexicon(rules_dir: Path | None = None) -> Lexicon:
    """The lexicon of the rules in force.

    Raises:
        RuleError: a rule file is wrong.
    """
    known, analytes = concepts_and_drugs(rules_dir), catalogue(rules_dir)
    for concept in known:
        for name in concept.analytes:
            if name not in analytes:
                raise RuleError(f"rule '{concept.id}': '{name}' is no analyte.", "Add it, or take it out of the rule.")
    return Lexicon(known, analytes, rules_dir)
