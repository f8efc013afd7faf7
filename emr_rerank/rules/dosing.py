"""Schemas of `rules/{routes,frequencies,dose_units,drug_words}.yaml`: how doses, routes and frequencies are printed."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from emr_rerank.rules.files import Pattern, Rule, load_rules
from emr_rerank.rules.names import any_name, any_word
from emr_rerank.rules.printed import fold_case

WordKind = Literal[
    "before", "after", "adjective", "form", "filler", "use", "step", "join", "give", "give_behind", "stop",
    "stop_after", "avoid", "plan", "home", "home_after", "blood", "condition", "not_a_drug",
]  # fmt: skip


class Route(Rule):
    """A route of administration."""

    display_zh: str
    display_en: str
    words: tuple[str, ...]


class Frequency(Rule):
    """How often a drug is given; the fields are explained at the top of rules/frequencies.yaml."""

    kind: Literal["base", "part", "weak", "modifier", "plan"]
    shown: str | None = None
    per_day: float | None = None
    base: str | None = None
    words: tuple[str, ...] = ()
    pattern: Pattern | None = None
    times: Literal["d", "w"] | None = None
    every: Literal["min", "h", "d", "w", "month"] | None = None

    @model_validator(mode="after")
    def _complete(self) -> "Frequency":
        if not self.words and self.pattern is None:
            raise ValueError("needs words or a pattern")
        if (self.pattern is None) != (self.times is None and self.every is None):
            raise ValueError("a pattern needs `times` or `every`, and only a pattern does")
        return self


class DoseUnit(Rule):
    """A unit of doses; the fields are explained at the top of rules/dose_units.yaml."""

    kind: Literal["amount", "count", "use"]
    shown: str | None = None
    factor: float = 1.0
    words: tuple[str, ...]


class DrugWords(Rule):
    """Words around the name of a drug."""

    kind: WordKind
    words: tuple[str, ...]


@lru_cache(maxsize=8)
def routes(overrides: Path | None = None) -> tuple[re.Pattern[str], dict[str, str]]:
    """(pattern over folded lower-case text, printed form → id of the route)."""
    ids = {fold_case(word): rule.id for rule in load_rules("routes", Route, overrides) for word in rule.words}
    return re.compile(any_word(ids)), ids


@lru_cache(maxsize=8)
def frequencies(
    overrides: Path | None = None,
) -> tuple[re.Pattern[str], dict[str, Frequency], tuple[tuple[re.Pattern[str], Frequency], ...], dict[str, Frequency]]:
    """(pattern of the fixed words, printed form → rule, patterns with a number, id → rule)."""
    rules = load_rules("frequencies", Frequency, overrides)
    words = {fold_case(word): rule for rule in rules if rule.kind != "plan" for word in rule.words}
    numbered = tuple((re.compile(rule.pattern), rule) for rule in rules if rule.pattern)
    return re.compile(any_word(words)), words, numbered, {rule.id: rule for rule in rules}


@lru_cache(maxsize=8)
def plan_times(overrides: Path | None = None) -> dict[str, str]:
    """Word for a time of day before a dose (早16U、晚14U) → what the frequency shows."""
    rules = load_rules("frequencies", Frequency, overrides)
    return {fold_case(word): rule.shown or rule.id for rule in rules if rule.kind == "plan" for word in rule.words}


@lru_cache(maxsize=8)
def dose_units(overrides: Path | None = None) -> tuple[str, dict[str, DoseUnit]]:
    """(source of a pattern over folded lower-case text, printed form → rule)."""
    words = {fold_case(word): rule for rule in load_rules("dose_units", DoseUnit, overrides) for word in rule.words}
    return any_word(words), words


@lru_cache(maxsize=64)
def drug_words(kind: WordKind, overrides: Path | None = None) -> str:
    """Source of a pattern of that kind's words over folded lower-case text."""
    rules = load_rules("drug_words", DrugWords, overrides)
    words = {fold_case(word) for rule in rules if rule.kind == kind for word in rule.words}
    return any_name(sorted(words))
