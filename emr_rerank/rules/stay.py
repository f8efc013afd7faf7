"""Schemas of `rules/stay.yaml` and `rules/specimens.yaml`: which stay and which body fluid a value belongs to."""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal

from emr_rerank.rules.files import Pattern, Rule, load_rules

StayKind = Literal["elsewhere", "here", "target", "limit_after"]
SpecimenKind = Literal["urine", "blood", "other"]


class StayRule(Rule):
    """Says of the values after it that they are of another stay, of this one, or no measurements."""

    kind: StayKind
    pattern: Pattern


class SpecimenRule(Rule):
    """The name of a report on one body fluid."""

    specimen: SpecimenKind
    pattern: Pattern


@lru_cache(maxsize=8)
def stay_patterns(overrides: Path | None = None) -> dict[StayKind, re.Pattern[str]]:
    """One pattern a kind."""
    rules = load_rules("stay", StayRule, overrides)
    return {kind: _any(rule.pattern for rule in rules if rule.kind == kind) for kind in {rule.kind for rule in rules}}


@lru_cache(maxsize=8)
def specimen_patterns(overrides: Path | None = None) -> tuple[tuple[re.Pattern[str], SpecimenKind], ...]:
    """(pattern, body fluid) of each rule."""
    return tuple((re.compile(rule.pattern), rule.specimen) for rule in load_rules("specimens", SpecimenRule, overrides))


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    ways = []
    for pattern in patterns:
        plain = pattern.removeprefix("(?i)")
        ways.append(f"(?i:{plain})" if plain != pattern else f"(?:{plain})")
    return re.compile("|".join(ways))
