"""Facts as witnesses: which sentences hold a value that the question asks for, and in which order they answer it."""

import re
from collections.abc import Sequence
from pathlib import Path

from emr_rerank.evidence.terms import lexicon
from emr_rerank.evidence.times import AskedTime, own_time, retells
from emr_rerank.findings import Fact, Question
from emr_rerank.record import Sentence
from emr_rerank.rules.evidence import role_pattern

ELSEWHERE = frozenset({"other_stay", "planned", "other_person"})
"""Notes of facts that are no finding of this stay."""
BLOOD_PRESSURE = re.compile(r"(\d{2,3})\s*/\s*\d{2,3}$")
"""A pair of pressures: the systolic one orders them, as guidelines grade by it first."""


def asked_names(question: Question, rules_dir: Path | None = None) -> frozenset[str]:
    """Fact names that the question asks for: its analytes, and the concepts it names (concept.x asks for facts x)."""
    words = lexicon(rules_dir)
    named: set[str] = set(question.analytes)
    for concept_id in question.concepts:
        known = words.concept(concept_id)
        for item in (known, *map(words.concept, known.narrower)):
            if item.anchor or item.facts:
                named.update(item.facts or (item.id.removeprefix("concept."),))
    return frozenset(named)


def witnesses(
    time: AskedTime, facts: Sequence[Fact], sentences: Sequence[Sentence], names: frozenset[str]
) -> dict[int, tuple[Fact, ...]]:
    """Facts that answer, by sentence index: right name, the person asked for, measured at the time asked for."""
    by_index = {sentence.index: sentence for sentence in sentences}
    relatives = lexicon(time.rules_dir).relatives(time.question.concepts)
    found: dict[int, tuple[Fact, ...]] = {}
    for fact in facts:
        if fact.name not in names or fact.sentence not in by_index or fact.kind not in ("lab", "vital"):
            continue
        if _of_person_and_stay(fact, relatives, time.elsewhere) and time.holds_fact(fact, by_index[fact.sentence]):
            found[fact.sentence] = (*found.get(fact.sentence, ()), fact)
    return {} if time.question.shape == "change" and _lone(found, by_index, time.rules_dir) else found


def _lone(found: dict[int, tuple[Fact, ...]], sentences: dict[int, Sentence], rules_dir: Path | None) -> bool:
    """Whether only one value is told, by a sentence that compares it with none: it shows no change."""
    told = [(index, fact) for index, facts in found.items() for fact in facts if fact.kind == "lab"]
    alone = len(told) == 1 and len(found) == 1
    return alone and not role_pattern("compares", rules_dir).search(sentences[told[0][0]].text)


def _of_person_and_stay(fact: Fact, relatives: bool, elsewhere: bool) -> bool:
    other = fact.assertion == "family" or "other_person" in fact.notes
    if relatives or other:
        return relatives and other
    if elsewhere:
        return fact.assertion != "conditional"
    return not ELSEWHERE & set(fact.notes) and fact.assertion not in ("historical", "conditional")


def rank_witnesses(
    time: AskedTime, found: dict[int, tuple[Fact, ...]], sentences: Sequence[Sentence], scores: dict[int, float]
) -> list[int]:
    """Sentence indices in the order in which they answer the question's shape.

    - highest and lowest: by value, table rows before prose.
    - change: last and first, then sentences that state a change, then the others by time.
    - round an event: the nearest to it.
    - first, or at admission: by time. last, or at discharge: by time from the end.
    - on a day: table rows before prose.
    - otherwise by score, the later one first among equals.
    """
    question = time.question
    by_index = {sentence.index: sentence for sentence in sentences}
    times = {index: _time(by_index[index], found[index], time.rules_dir) for index in found}
    by_time = sorted((i for i in found if times[i]), key=lambda i: (*_moment(times[i]), by_index[i].row is None, i))
    backward = sorted(by_time, key=lambda i: ("T" in times[i], *_moment(times[i]), i), reverse=True)
    backward.sort(key=lambda i: times[i][:10], reverse=True)
    timeless = [i for i in found if not times[i]]
    if question.shape in ("highest", "lowest"):
        highest = question.shape == "highest"
        return sorted(found, key=lambda i: (_extreme(found[i], highest), by_index[i].row is None, times[i] or "9", i))
    if question.shape == "change":
        return [*_change(found, by_time, by_index), *timeless]
    if time.event.asked:
        ordered = [*(backward if question.relation == "before" else by_time), *timeless]
        return sorted(ordered, key=lambda i: min(_event_distance(time, by_index[i], fact) for fact in found[i]))
    if question.shape == "first" or question.window == "admission":
        return [*by_time, *timeless]
    if question.shape == "last" or question.window == "discharge":
        return [*backward, *timeless]
    latest = sorted([*backward, *timeless], key=lambda i: -round(scores[i], 1))
    return sorted(latest, key=lambda i: by_index[i].row is None) if time.day is not None else latest


def _event_distance(time: AskedTime, sentence: Sentence, fact: Fact) -> float:
    return time.event.distance(sentence, own_time(fact, sentence, time.rules_dir), fact.start - sentence.start)


def _extreme(facts: Sequence[Fact], highest: bool) -> tuple[bool, float]:
    """Sort key: the sentence's extreme value, numbers before words."""
    values = [value for fact in facts if (value := magnitude(fact)) is not None]
    if not values:
        return True, 0.0
    return False, -max(values) if highest else min(values)


def magnitude(fact: Fact) -> float | None:
    """The number by which values are compared: of a blood pressure the systolic; None for words."""
    if isinstance(fact.value, float | int):
        return float(fact.value)
    pair = BLOOD_PRESSURE.match(fact.value)
    return float(pair[1]) if pair else None


def _moment(time: str) -> tuple[str, bool, str]:
    """Sort key: within a day, values whose hour is known come before those told without one."""
    return time[:10], "T" not in time, time


def _time(sentence: Sentence, facts: Sequence[Fact], rules_dir: Path | None) -> str:
    """When the values were measured; empty where the sentence retells and states no day of its own."""
    times = [fact.time for fact in facts if fact.time]
    if retells(sentence, rules_dir):
        return min((time for time in times if "T" in time), default="")
    return min(times) if times else sentence.date or ""


def _change(found: dict[int, tuple[Fact, ...]], by_time: list[int], sentences: dict[int, Sentence]) -> list[int]:
    """Last and first, table rows before prose where there are two; then sentences that state a change; then others."""
    both = [i for i in by_time if _states_change(found[i])]
    single = [i for i in by_time if i not in both]
    rows = [i for i in single if sentences[i].row is not None]
    ends = rows if len(rows) > 1 else single
    return list(dict.fromkeys([*ends[-1:], *ends[:1], *both, *single[::-1]]))


def _states_change(facts: Sequence[Fact]) -> bool:
    """Whether two facts of one analyte stand in the sentence."""
    names = [fact.name for fact in facts]
    return len(set(names)) < len(names)
