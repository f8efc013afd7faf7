"""Allergy statements: what the patient is, or denies being, allergic to."""

import re
from collections.abc import Iterator
from typing import Literal

from emr_rerank.facts.context import assertion_of
from emr_rerank.facts.passage import Passage
from emr_rerank.findings import Fact
from emr_rerank.record import Assertion
from emr_rerank.rules.allergens import Allergen, AllergenMention, Allergens, allergens

Polarity = Literal["present", "absent"]
_NEAR = 24
_CLAUSE = re.compile(r"[。；;\n]|\.(?=\s|$)")


def allergy_facts(passage: Passage) -> Iterator[Fact]:
    """Allergy facts of a sentence: value 'present' or 'absent'; name an allergen's id, 'drug', 'food' or 'any'.

    An allergen that `rules/allergens.yaml` does not list is named as printed, in lower case.
    """
    rules = allergens(passage.rules_dir)
    about = passage.sentence.section_code == "allergy_history"
    text = passage.text
    if not about and not rules.statements(text, "allergy") and not rules.statements(text, "test_positive"):
        return
    start = 0
    for stop in [*_CLAUSE.finditer(text), None]:
        end = stop.start() if stop else len(text)
        yield from _clause(passage, rules, start, end, about)
        start = stop.end() if stop else end


def _clause(passage: Passage, rules: Allergens, start: int, end: int, about: bool) -> Iterator[Fact]:
    """The facts between two full stops."""
    clause = passage.text[start:end]
    other = rules.statements(clause, "other")
    words = [
        span
        for span in rules.statements(clause, "allergy")
        if not any(held[0] <= span[0] and span[1] <= held[1] for held in other)
    ]
    tests = rules.statements(clause, "test_positive")
    if not words and not tests and not about:
        return
    found = [
        (mention, polarity)
        for mention in rules.find(clause)
        if (polarity := _polarity(passage, rules, mention, clause, start, words, tests, about))
    ]
    exact = any(polarity == "present" and not mention.allergen.general for mention, polarity in found)
    for mention, polarity in found:
        if not (exact and mention.allergen.general and polarity == "present"):
            yield _fact(passage, mention.allergen, polarity, start + mention.start, start + mention.end)
    if not found:
        yield from _general(passage, rules, clause, start, words, about)


def _polarity(
    passage: Passage,
    rules: Allergens,
    mention: AllergenMention,
    clause: str,
    offset: int,
    words: list[tuple[int, int]],
    tests: tuple[tuple[int, int], ...],
    about: bool,
) -> Polarity | None:
    if any(mention.end <= test[0] <= mention.end + 4 for test in tests):
        return "present"
    if rules.follows(clause, mention.end, "tested"):
        return None
    if rules.precedes(clause, mention.start, "given") and not rules.follows(clause, mention.end, "blamed"):
        return None
    if not about and not _belongs(rules, mention, clause, words):
        return None
    rest = rules.statements(clause, "rest")
    if mention.allergen.general and any(0 <= mention.start - span[1] <= 6 or span[0] == mention.start for span in rest):
        return None
    assertion = _assertion(passage, offset + mention.start, offset + mention.end)
    if assertion in ("family", "conditional", "possible"):
        return None
    if assertion == "absent" or rules.statements(clause[mention.start : mention.end], "abbreviation"):
        return "absent"
    affirmed = not mention.allergen.general or rules.precedes(clause, mention.start, "affirmed")
    return "present" if affirmed else None


def _belongs(rules: Allergens, mention: AllergenMention, clause: str, words: list[tuple[int, int]]) -> bool:
    """Whether an allergy word speaks of this allergen: right behind it, or before it as a heading or verb."""
    for start, end in words:
        if start <= mention.start < end:
            return True
        if mention.end <= start:
            between = clause[mention.end : start]
            if len(between) <= _NEAR and not rules.statements(between, "parted"):
                return True
        elif rules.follows(clause, end, "heads"):
            return True
    return False


def _general(
    passage: Passage, rules: Allergens, clause: str, offset: int, words: list[tuple[int, int]], about: bool
) -> Iterator[Fact]:
    """A statement that names no allergen: 否认过敏史, 过敏史：无, No known allergies."""
    if not clause.strip():
        return
    for start, end in words:
        if _assertion(passage, offset + start, offset + end) == "absent":
            yield _fact(passage, rules.by_id["any"], "absent", offset + start, offset + end)
            return
    none = rules.statements(clause.strip(), "none")
    if none and (about or words):
        lead = len(clause) - len(clause.lstrip())
        start, end = next(iter(rules.statements(clause, "denial")), (lead, len(clause.rstrip())))
        yield _fact(passage, rules.by_id["any"], "absent", offset + start, offset + end)
        return
    for start, end in words:
        stated = _assertion(passage, offset + start, offset + end) in ("present", "historical")
        if stated and rules.precedes(clause, start, "affirmed") and clause[end : end + 1] in ("史", "", "，", ","):
            yield _fact(passage, rules.by_id["any"], "present", offset + start, offset + end)


def _assertion(passage: Passage, start: int, end: int) -> Assertion:
    return assertion_of(passage.sentence.text, start, end, "allergy_history", passage.rules_dir)[0]


def _fact(passage: Passage, allergen: Allergen, polarity: Polarity, start: int, end: int) -> Fact:
    printed = passage.sentence.text[start:end]
    return Fact(
        kind="allergy",
        name=allergen.id,
        display=printed if not allergen.general else allergen.display_zh if passage.chinese else allergen.display_en,
        value=polarity,
        time=passage.sentence.date or passage.document_date,
        page=passage.page(start),
        evidence=None,
        notes=(),
        assertion=polarity,
        start=passage.sentence.start + start,
        end=passage.sentence.start + end,
        sentence=passage.sentence.index,
        text=printed,
    )
