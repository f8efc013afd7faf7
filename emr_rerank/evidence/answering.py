"""The facts that answer a question, out of its evidence."""

from collections.abc import Iterable, Sequence

from emr_rerank.evidence.allergy import AllergyCheck
from emr_rerank.evidence.terms import lexicon
from emr_rerank.evidence.typed import asks_relatives, magnitude
from emr_rerank.findings import Evidence, Fact, Question
from emr_rerank.settings import Settings

_MEASURED = ("lab", "vital")
_EARLIER = frozenset({"other_stay", "previous"})


def answering_facts(
    question: Question,
    names: frozenset[str],
    kept: Sequence[Evidence],
    found: dict[int, tuple[Fact, ...]],
    facts: Sequence[Fact],
    settings: Settings,
) -> tuple[Fact, ...]:
    """The facts in the kept evidence that answer, each with its evidence's rank, in order of rank.

    Measured values are those of `found`; of one analyte in one sentence only the one asked for (the extreme, the
    current; for a change all). Other kinds are those asked for by name, or all of the kind where none is named.
    """
    chosen: list[Fact] = []
    for item in kept:
        measured = _asked_for(question, found.get(item.sentence, ()))
        here = [fact for fact in facts if fact.sentence == item.sentence]
        for fact in (*measured, *_stated(question, names, here, settings)):
            chosen.append(fact.model_copy(update={"evidence": item.rank}))
    return tuple(chosen)


def _asked_for(question: Question, facts: Iterable[Fact]) -> list[Fact]:
    """Of each analyte of one sentence the value that the question's shape asks for."""
    by_name: dict[str, list[Fact]] = {}
    for fact in facts:
        by_name.setdefault(fact.name, []).append(fact)
    return [fact for same in by_name.values() for fact in _of_shape(question.shape, same)]


def _of_shape(shape: str, facts: list[Fact]) -> list[Fact]:
    if shape == "change" or len(facts) == 1:
        return facts
    if shape in ("highest", "lowest"):
        numbers = [(value, fact) for fact in facts if (value := magnitude(fact)) is not None]
        if numbers:
            pick = max if shape == "highest" else min
            return [pick(numbers, key=lambda pair: pair[0])[1]]
    if shape == "first":
        return [fact for fact in facts if "previous" in fact.notes][:1] or facts
    return [fact for fact in facts if "previous" not in fact.notes] or facts


def _stated(question: Question, names: frozenset[str], facts: Sequence[Fact], settings: Settings) -> list[Fact]:
    """Facts that are no measured values, and vital signs where they are asked for all together."""
    relatives = asks_relatives(names, settings.rules_dir)
    allergies = AllergyCheck(question, (), settings.rules_dir)
    known = lexicon(settings.rules_dir).concepts
    signs = any(fact.kind == "vital" and fact.name in names for fact in facts)
    open_kinds = {
        kind
        for group in question.anchors
        for form in group[:1]
        for concept in known.with_form(form)
        for kind in known.get(concept).kinds
        if known.get(concept).group == "section"
    }
    chosen = []
    for fact in facts:
        if fact.kind not in question.kinds or (fact.assertion == "family") != relatives:
            continue
        if fact.kind == "allergy":
            answers = allergies.answers(fact)
        elif fact.kind in _MEASURED:
            answers = fact.kind == "vital" and not names and not signs and not _EARLIER & set(fact.notes)
        else:
            answers = fact.name in names or fact.kind in open_kinds
        if answers:
            chosen.append(fact)
    return chosen
