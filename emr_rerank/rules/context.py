"""Schema of `rules/context.*.yaml`: cues that say whether, when and of whom something is asserted."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from emr_rerank.record import Assertion
from emr_rerank.rules.files import Pattern, Rule, load_rules
from emr_rerank.rules.printed import fold_case

_CAPITAL = re.compile(r"(?<!\\)[A-Z]")


class ContextRule(Rule):
    """One kind of cue after ConText (Harkema 2009); the fields are explained at the top of rules/context.zh.yaml."""

    assertion: Assertion | Literal["pseudo", "end", "break"]
    direction: Literal["forward", "backward"] = "forward"
    scope: Literal["list", "clause", "sentence", "near", "label"] = "clause"
    reach: int = Field(0, description="characters that a near scope covers, or that limit a sentence scope")
    cues: tuple[str, ...] = ()
    pattern: Pattern | None = None
    ends: tuple[Assertion, ...] = Field((), description="assertions that this terminator stops; empty: all")
    sections: tuple[str, ...] = Field((), description="section codes where this assertion is the default")

    @model_validator(mode="after")
    def _complete(self) -> "ContextRule":
        if not (self.cues or self.pattern or self.sections):
            raise ValueError("a rule has cues, a pattern or sections")
        if self.scope == "near" and self.reach < 1:
            raise ValueError("a near scope has a reach")
        if self.sections and self.assertion in ("pseudo", "end", "break"):
            raise ValueError("the default of a section is an assertion")
        if self.pattern and (re.compile(self.pattern).groupindex or not _stands_inside(self.pattern)):
            raise ValueError("a pattern has no named groups, and no flags but (?i) in front")
        return self


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
        cues = [rule for rule in rules if rule.assertion != "break"]
        compiled = [(re.compile(_inside(rule.pattern)), rule) for rule in cues if rule.pattern]
        self._cues = _by_cue(cues)
        self._words = re.compile(_one_pattern(self._cues))
        self._pseudo = [pattern for pattern, rule in compiled if rule.assertion == "pseudo"]
        self._patterns = [(pattern, rule) for pattern, rule in compiled if rule.assertion != "pseudo"]
        breaks = [rule for rule in rules if rule.assertion == "break"]
        patterns = [_inside(rule.pattern) for rule in breaks if rule.pattern]
        self._breaks = re.compile("|".join([*patterns, _one_pattern(_by_cue(breaks))]))

    def find(self, text: str) -> tuple[Cue, ...]:
        """Cues in reading order.

        A pseudo cue hides those that begin inside it (but what lasts: 过敏 in 过敏史), a longer word the shorter ones;
        any other pattern and a word may overlap.
        """
        plain = fold_case(text)
        hidden = [found.span() for pattern in self._pseudo for found in pattern.finditer(plain)]
        cues = []
        for start, end, rules in self._words_in(plain):
            if not any(a <= start < b for a, b in hidden):
                cues.append(Cue(start, end, rules))
                if all(rule.assertion == "pseudo" for rule in rules):
                    hidden.append((start, end))
        for pattern, rule in self._patterns:
            for found in pattern.finditer(plain):
                start, end = found.span()
                if rule.assertion == "present" or not any(a <= start and end <= b for a, b in hidden):
                    cues.append(Cue(start, end, (rule,)))
        return tuple(sorted(cues, key=lambda cue: cue.start))

    def _words_in(self, plain: str) -> Iterator[tuple[int, int, tuple[ContextRule, ...]]]:
        return ((*found.span(), self._cues[found.group()]) for found in self._words.finditer(plain))

    def breaks(self, clause: str) -> bool:
        """Whether a clause is a statement of its own and no bare item of a list."""
        plain = fold_case(clause)
        if self._breaks.search(plain) or any(pattern.search(plain) for pattern in self._pseudo):
            return True
        return any(not _names_history(rules) for _, _, rules in self._words_in(plain))


def _names_history(rules: tuple[ContextRule, ...]) -> bool:
    """Whether a cue only closes an item of a history: 否认高血压，糖尿病，心脏病病史."""
    return bool(rules) and all(rule.assertion == "historical" and rule.direction == "backward" for rule in rules)


def _by_cue(rules: Iterable[ContextRule]) -> dict[str, tuple[ContextRule, ...]]:
    table: dict[str, tuple[ContextRule, ...]] = {}
    for rule in rules:
        for cue in rule.cues:
            table[fold_case(cue)] = (*table.get(fold_case(cue), ()), rule)
    return table


def _inside(pattern: str) -> str:
    """A pattern as a part of a larger one. The text it reads is in lower case, so capitals stand for small letters."""
    return f"(?{'i' if _CAPITAL.search(pattern) else ''}:{pattern.removeprefix('(?i)')})"


def _stands_inside(pattern: str) -> bool:
    try:
        re.compile(f"x|{_inside(pattern)}")
    except re.error:
        return False
    return True


def _one_pattern(cues: Iterable[str]) -> str:
    """One pattern for many words, the longest first, Latin ones whole; a branch begins with its letter to be fast."""
    by_first: dict[str, list[str]] = {}
    for word in sorted(cues, key=len, reverse=True):
        latin = word[0].isascii() and word[0].isalpha()
        by_first.setdefault(word[0], []).append(re.escape(word[1:]) + ("(?![a-z])" if latin else ""))
    groups = []
    for first, rest in by_first.items():
        whole = f"(?<![a-z]{first})" if first.isascii() and first.isalpha() else ""
        groups.append(f"{re.escape(first)}{whole}(?:{'|'.join(rest)})")
    return "|".join(groups) or r"(?!)"


@lru_cache(maxsize=8)
def context_cues(overrides: Path | None = None) -> ContextCues:
    """The shipped cues with a hospital's own. Raises RuleError."""
    return ContextCues(load_rules("context", ContextRule, overrides))
