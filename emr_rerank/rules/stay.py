"""Schemas of `rules/stay.yaml` and `rules/specimens.yaml`: which stay and which body fluid a value belongs to."""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from emr_rerank.rules.files import Pattern, Rule, load_rules

StayKind = Literal[
    "elsewhere", "here", "target", "limit_after", "returned", "stayed", "this_morning", "again", "retelling"
]
SpecimenKind = Literal["blood", "urine", "stool", "csf", "pleural", "ascites", "other"]


class StayRule(Rule):
    """Says of the values after it that they are of another stay, of this one, or no measurements."""

    kind: StayKind
    pattern: Pattern | None = None
    sections: tuple[str, ...] = Field((), description="codes of the sections that retell, of the kind retelling")
    day: Literal["admission"] | None = Field(None, description="the day that such sections retell, where it is one")

    @model_validator(mode="after")
    def _complete(self) -> "StayRule":
        if (self.kind == "retelling") != (self.pattern is None):
            raise ValueError("a retelling rule has sections, every other one a pattern")
        return self


class SpecimenRule(Rule):
    """The name of a report on one body fluid."""

    specimen: SpecimenKind
    pattern: Pattern


@lru_cache(maxsize=8)
def stay_patterns(overrides: Path | None = None) -> dict[StayKind, re.Pattern[str]]:
    """One pattern a kind."""
    rules = load_rules("stay", StayRule, overrides)
    kinds = {rule.kind for rule in rules if rule.pattern}
    return {kind: _any(rule.pattern for rule in rules if rule.kind == kind and rule.pattern) for kind in kinds}


@lru_cache(maxsize=8)
def retelling(overrides: Path | None = None) -> dict[str, StayRule]:
    """Section code → the rule by which the section retells."""
    rules = load_rules("stay", StayRule, overrides)
    return {code: rule for rule in rules if rule.kind == "retelling" for code in rule.sections}


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
