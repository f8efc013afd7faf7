"""Facts as witnesses: which sentences hold a value that the question asks for, and in which order they answer it."""

from collections.abc import Sequence
from pathlib import Path

from emr_rerank.evidence.days import same_day
from emr_rerank.evidence.terms import lexicon
from emr_rerank.findings import Fact, Question
from emr_rerank.record import Sentence

ELSEWHERE = frozenset({"other_stay", "planned", "other_person"})
"""Notes of facts that are no finding of this stay."""
PAST_RULE = ".past"
"""Ending of the ids of question rules that ask about an earlier time."""
RETELLING = frozenset(
    {"present_illness", "past_history", "admission_condition", "hospital_course", "auxiliary_exam", "case_features"}
)
"""Sections that retell values of other days; their document's date is not when a value was measured."""
FAMILY = "family"
"""Name of the concept whose naming asks about relatives."""


def asked_names(question: Question, rules_dir: Path | None = None) -> frozenset[str]:
    """Fact names that the question asks for: its analytes, and the concepts it names (concept.x asks for facts x)."""
    words = lexicon(rules_dir)
    ids = frozenset().union(*(words.concepts.with_form(group[0]) for group in question.anchors if group))
    named = (words.concept(concept_id).facts or (concept_id.removeprefix("concept."),) for concept_id in ids)
    return frozenset(question.analytes).union(*named)


def witnesses(
    question: Question, facts: Sequence[Fact], sentences: Sequence[Sentence], names: frozenset[str]
) -> dict[int, tuple[Fact, ...]]:
    """Facts that answer, by sentence index: right name, this patient and stay unless asked otherwise, the day asked."""
    dates = {sentence.index: sentence.date for sentence in sentences}
    elsewhere = FAMILY in names or any(rule.endswith(PAST_RULE) for rule in question.rules)
    found: dict[int, tuple[Fact, ...]] = {}
    for fact in facts:
        if fact.name not in names or fact.sentence not in dates or fact.kind not in ("lab", "vital"):
            continue
        if not elsewhere and (ELSEWHERE & set(fact.notes) or fact.assertion in ("family", "historical", "conditional")):
            continue
        if question.day is not None and not same_day(fact.time or dates[fact.sentence], question.day):
            continue
        found[fact.sentence] = (*found.get(fact.sentence, ()), fact)
    return found


def rank_witnesses(
    question: Question, found: dict[int, tuple[Fact, ...]], sentences: Sequence[Sentence], scores: dict[int, float]
) -> list[int]:
    """Sentence indices in the order in which they answer the question's shape.

    - highest and lowest: by value, table rows before prose.
    - first, or at admission: by time. last, or at discharge: by time from the end.
    - change: last and first, then sentences that state a change, then the others by time.
    - otherwise by score, the later one first among equals.
    """
    by_index = {sentence.index: sentence for sentence in sentences}
    times = {index: _time(by_index[index], found[index]) for index in found}
    by_time = sorted((i for i in found if times[i]), key=lambda i: (times[i], i))
    timeless = [i for i in found if not times[i]]
    if question.shape in ("highest", "lowest"):
        highest = question.shape == "highest"
        return sorted(found, key=lambda i: (_extreme(found[i], highest), by_index[i].row is None, times[i] or "9", i))
    if question.shape == "change":
        return [*_change(found, by_time, by_index), *timeless]
    if question.shape == "first" or question.window == "admission":
        return [*by_time, *timeless]
    if question.shape == "last" or question.window == "discharge":
        return [*by_time[::-1], *timeless]
    latest = [*by_time[::-1], *timeless]
    return sorted(latest, key=lambda i: -round(scores[i], 1))


def _extreme(facts: Sequence[Fact], highest: bool) -> float:
    """Sort key: the sentence's extreme value, numbers before words."""
    values = [float(fact.value) for fact in facts if isinstance(fact.value, float | int)]
    if not values:
        return float("inf")
    return -max(values) if highest else min(values)


def _time(sentence: Sentence, facts: Sequence[Fact]) -> str:
    """When the values were measured; empty where the sentence retells and states no day of its own."""
    times = [fact.time for fact in facts if fact.time]
    own = sentence.row is not None or sentence.date_rule is not None or sentence.section_code not in RETELLING
    if not own:
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
