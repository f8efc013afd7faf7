"""Schema of `rules/context.*.yaml`: cues that say whether, when and of whom something is asserted."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from emr_rerank.record import Assertion
from emr_rerank.rules.files import Pattern, Rule, load_rules
from emr_rerank.rules.printed import fold_case


class ContextRule(Rule):
    """One kind of cue after ConText (Harkema 2009); the fields are explained at the top of rules/context.zh.yaml."""

    assertion: Assertion | Literal["pseudo", "end", "break"]
    direction: Literal["forward", "backward"] = "forward"
    scope: Literal["list", "clause", "sentence", "near"] = "clause"
    reach: int = Field(0, description="characters that a near scope covers")
    cues: tuple[str, ...] = ()
    pattern: Pattern | None = None
    ends: tuple[Assertion, ...] = Field((), description="assertions that this terminator stops; empty: all")
    sections: tuple[str, ...] = Field((), description="section codes where this assertion is the default")


@dataclass(frozen=True)
class Cue:
    """A cue in a text. Several rules may share one (forward and backward)."""

    start: int
    end: int
    rules: tuple[ContextRule, ...]


class ContextCues:
    """The cues in force and where a text holds them."""

    def __init__(self, rules: Iterable[ContextRule]) -> None:
        rules = tuple(rules)
        self.defaults = {code: rule for rule in rules for code in rule.sections}
        self._cues = _by_cue(rule for rule in rules if rule.assertion != "break")
        self._breaks = _one_pattern(_by_cue(rule for rule in rules if rule.assertion == "break"))
        self._break_patterns = [
            re.compile(rule.pattern) for rule in rules if rule.pattern and rule.assertion == "break"
        ]
        self._words = _one_pattern(self._cues)
        self._patterns = [
            (re.compile(rule.pattern, re.IGNORECASE), rule)
            for rule in rules
            if rule.pattern and rule.assertion != "break"
        ]

    def find(self, text: str) -> tuple[Cue, ...]:
        """Cues in reading order; a longer one hides those inside it, a pattern and a word may overlap."""
        plain = fold_case(text)
        cues = [Cue(found.start(), found.end(), self._cues[found.group()]) for found in self._words.finditer(plain)]
        for pattern, rule in self._patterns:
            cues += [Cue(found.start(), found.end(), (rule,)) for found in pattern.finditer(plain)]
        return tuple(sorted(cues, key=lambda cue: cue.start))

    def breaks(self, clause: str) -> bool:
        """Whether a clause is a statement of its own and no bare item of a list."""
        plain = fold_case(clause)
        return bool(
            self._breaks.search(plain)
            or self._words.search(plain)
            or any(pattern.search(plain) for pattern in self._break_patterns)
        )


def _by_cue(rules: Iterable[ContextRule]) -> dict[str, tuple[ContextRule, ...]]:
    table: dict[str, tuple[ContextRule, ...]] = {}
    for rule in rules:
        for cue in rule.cues:
            table[fold_case(cue)] = (*table.get(fold_case(cue), ()), rule)
    return table


def _one_pattern(cues: Iterable[str]) -> re.Pattern[str]:
    words = sorted(cues, key=len, reverse=True)
    latin = [re.escape(word) for word in words if word[0].isascii() and word[0].isalpha()]
    other = [re.escape(word) for word in words if not (word[0].isascii() and word[0].isalpha())]
    groups = [rf"(?<![a-z])(?:{'|'.join(latin)})(?![a-z])"] if latin else []
    groups += ["|".join(other)] if other else []
    return re.compile("|".join(groups) or r"(?!)")


@lru_cache(maxsize=8)
def context_cues(overrides: Path | None = None) -> ContextCues:
    """The shipped cues with a hospital's own. Raises RuleError."""
    return ContextCues(load_rules("context", ContextRule, overrides))
