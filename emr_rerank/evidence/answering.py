"""The facts that answer a question, out of its evidence."""

from collections.abc import Iterable, Sequence

from emr_rerank.evidence.stated import StatedFacts
from emr_rerank.evidence.typed import magnitude
from emr_rerank.findings import Evidence, Fact, Question
from emr_rerank.record import Sentence

MAIN_DIAGNOSIS = "concept.main_diagnosis"
"""Concept of the one diagnosis that comes first."""


def answering_facts(
    question: Question,
    kept: Sequence[Evidence],
    found: dict[int, tuple[Fact, ...]],
    facts: Sequence[Fact],
    stated: StatedFacts,
    sentences: dict[int, Sentence],
) -> tuple[Fact, ...]:
    """The facts in the kept evidence that answer, each with its evidence's rank, in order of rank.

    Measured values are those of `found`; of one analyte in one sentence only the one asked for (the extreme, the
    current; for a change all). Other kinds are those asked for by name, or all of the kind where none is named; of main
    diagnoses the first.
    """
    chosen: list[Fact] = []
    for item in kept:
        measured = _asked_for(question, found.get(item.sentence, ()))
        here = [fact for fact in facts if fact.sentence == item.sentence]
        told = [fact for fact in here if stated.answers(fact, sentences[item.sentence])]
        for fact in (*measured, *told):
            chosen.append(fact.model_copy(update={"evidence": item.rank}))
    return tuple(chosen[:1]) if MAIN_DIAGNOSIS in question.concepts else tuple(chosen)


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
