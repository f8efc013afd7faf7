"""Smoking and drinking told and denied, by the typed facts of both."""

from collections import defaultdict
from collections.abc import Iterator

from emr_rerank.facts.conflicts.ground import Contradiction, Ground, contradiction
from emr_rerank.facts.notes import OTHER_PERSON
from emr_rerank.facts.stated import NONE

_MATTERS = {"tobacco_use": "smoking", "alcohol_use": "alcohol"}


def habit_contradictions(ground: Ground) -> Iterator[Contradiction]:
    """Habits that one sentence tells and another denies; one that was given up was one, and so was one now and then."""
    said: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for fact in ground.facts:
        if fact.name in _MATTERS and OTHER_PERSON not in fact.notes:
            denied = fact.value == NONE
            if denied or fact.assertion in ("present", "historical"):
                said[_MATTERS[fact.name]]["denied" if denied else "stated"].add(fact.sentence)
    for about, values in said.items():
        if len(values) > 1 and not set.intersection(*values.values()):
            yield contradiction(about, values.items())
