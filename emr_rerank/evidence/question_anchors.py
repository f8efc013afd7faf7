"""The words that evidence must hold: groups of surface forms, one a thing that a question names."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from emr_rerank.evidence.phrasing import MASK
from emr_rerank.evidence.terms import Lexicon, Named, surface_terms
from emr_rerank.rules.concepts import Concept
from emr_rerank.rules.glossary import glossary
from emr_rerank.rules.questions import question_rules

Anchors = list[tuple[str, ...]]
VALUE_PROVES = frozenset({"section", "exam", "disease", "symptom", "anatomy"})
"""Concept groups that evidence with an asked value need not name: `Hb多少，贫不贫血`."""
_RUN = re.compile(r"[\u3400-\u9fff]{2,}|[A-Za-z][A-Za-z0-9-]{2,}")
_LEFT = re.compile(r"[\u3400-\u9fff]+|[A-Za-z][A-Za-z0-9-]+")
_STEM = re.compile(r"([A-Za-z]{4,}?)(?:s|ed|ing)")
_NUMBERED = re.compile(r"([A-Z]{2,})-?(\d{1,2})")
_JOINT = re.compile(
    r"^\s*(?:、|/|，|,|或者?|和|及|以及|与|还是|,?\s*\b(?:or|and)\b(?: any)?)\s*$|[?？;；。，,]", re.IGNORECASE
)


@dataclass(frozen=True, order=True)
class _Group:
    """A stretch of the question, the forms that stand for it, and the group of its concept."""

    start: int
    end: int
    forms: tuple[str, ...]
    kind: str


def anchors_of(
    text: str,
    rest: str,
    named: Iterable[Named],
    concepts: Sequence[Concept],
    typed: bool,
    words: Lexicon,
    rules_dir: Path | None,
) -> Anchors:
    """One group a concept named or meant, and one a thing that nothing here knows.

    With a general concept (allergy), its general statements serve for every other. Things joined by 'or' or 'and', and
    those of two questions asked in one go, make one group: evidence speaks of one of them. Where a measured value is
    asked for, the value proves it, and unknown words (during the rebleed) bind nothing.

    Args:
        text: the question.
        rest: the question without names and wording, offsets kept.
        named: what it names; only what is among `concepts` binds.
        concepts: what the answer is about.
        typed: whether analytes are asked for.
        words: the lexicon in force.
        rules_dir: a hospital's own rule files.
    """
    general = tuple(form for concept in concepts for form in concept.general)
    asked = {concept.id for concept in concepts}
    spans = [(item.start, item.end, words.concept(item.term)) for item in named if item.term in asked]
    named_ids = {known.id for _, _, known in spans}
    groups = [_Group(*span[:2], _forms(span[2], general), span[2].group) for span in spans if _binds(span[2], typed)]
    if not _measured(typed, concepts):
        things = named_things(text, rest.replace(MASK, " "), rules_dir)
        groups += [_Group(*match.span(), _told_as(match, text, rules_dir), "") for match in things]
    meant = [_forms(known, general) for known in concepts if known.id not in named_ids and _binds(known, typed)]
    return list(dict.fromkeys([*_joined(text, sorted(groups)), *meant]))


def content_anchors(text: str, rest: str, rules_dir: Path | None) -> Anchors:
    """One group of what is left of a question that names nothing known: evidence must hold a part of it.

    Records say things in other words, so a pair of characters or a word is enough; a thing whose presence is asked for
    (有…吗) must be named.
    """
    had = [rule.pattern for rule in question_rules(rules_dir) if rule.entity == "had"]
    forms: list[str] = []
    for found in left_words(rest, rules_dir):
        before, word = text[: found.start()].rstrip(), found.group()
        named = any(re.search(f"(?:{pattern})$", before) for pattern in had)
        forms += _told_as(found, text, rules_dir) if named or word.isascii() else surface_terms(word)
    return [tuple(dict.fromkeys(forms))] if forms else []


def left_words(rest: str, rules_dir: Path | None) -> list[re.Match[str]]:
    """The words and Chinese runs that are left of a question, but for words that name no thing."""
    ordinary = _ordinary(rules_dir)
    return [found for found in _LEFT.finditer(rest.replace(MASK, " ")) if not ordinary.fullmatch(found.group())]


def _ordinary(rules_dir: Path | None) -> re.Pattern[str]:
    ways = [rule.pattern for rule in question_rules(rules_dir) if rule.entity == "ordinary"]
    return re.compile("|".join(f"(?:{way})" for way in ways) or "(?!)", re.IGNORECASE)


def named_things(text: str, rest: str, rules_dir: Path | None) -> list[re.Match[str]]:
    """Things named in what is left of a question, by the form of their names or by the verb before them."""
    rules = [rule for rule in question_rules(rules_dir) if rule.entity in ("name", "after")]
    names = [rule.pattern for rule in rules if rule.entity == "name"]
    verbs = [rule.pattern for rule in rules if rule.entity == "after"]
    found = [match for pattern in names for match in re.finditer(pattern, rest, re.IGNORECASE)]
    ordinary = _ordinary(rules_dir)
    for run in _RUN.finditer(rest):
        if ordinary.fullmatch(run.group()):
            continue
        before = text[: run.start()].rstrip()
        if any(re.search(f"(?:{verb})$", before, re.IGNORECASE) for verb in verbs):
            found.append(run)
    return found


def _measured(typed: bool, concepts: Sequence[Concept]) -> bool:
    """Whether a measured value is asked for: an analyte, or vital signs only."""
    return typed or (bool(concepts) and all(concept.group == "vital" for concept in concepts))


def _binds(concept: Concept, typed: bool) -> bool:
    """Whether evidence must name the concept: class words stand for their analytes, whose values prove more."""
    return concept.anchor and concept.group != "class" and not (typed and concept.group in VALUE_PROVES)


def _forms(concept: Concept, general: tuple[str, ...]) -> tuple[str, ...]:
    return concept.forms if concept.general else (*concept.forms, *general)


def _told_as(found: re.Match[str], text: str, rules_dir: Path | None) -> tuple[str, ...]:
    """The words found in a question, and what the other language has for them or the phrase that they stand in."""
    glosses = glossary(rules_dir).find(text)
    others = (form for each in glosses if each.start < found.end() and found.start() < each.end for form in each.others)
    return (*_variants(found.group()), *others)


def _variants(word: str) -> tuple[str, ...]:
    """The word, its stem, and the other way to print a name with a number: JAK2, JAK-2."""
    if numbered := _NUMBERED.fullmatch(word):
        return tuple(dict.fromkeys([word, "".join(numbered.groups()), "-".join(numbered.groups())]))
    stem = _STEM.fullmatch(word)
    return (word, stem[1]) if stem else (word,)


def _joined(text: str, groups: list[_Group]) -> Anchors:
    """One group for what is joined by words or marks, stands side by side, or is a symptom like the first."""
    joined: Anchors = []
    last: _Group | None = None
    symptom: int | None = None
    for group in groups:
        beside = last is not None and last.kind == group.kind != "" and not text[last.end : group.start].strip()
        if last is not None and (beside or _JOINT.search(text[last.end : group.start])):
            joined[-1] = (*joined[-1], *group.forms)
        elif group.kind == "symptom" and symptom is not None:
            joined[symptom] = (*joined[symptom], *group.forms)
        else:
            joined.append(group.forms)
        symptom = len(joined) - 1 if group.kind == "symptom" and symptom is None else symptom
        last = group
    return joined
