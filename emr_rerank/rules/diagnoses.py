"""Schema of `rules/diagnoses.*.yaml`: how lists of diagnoses are headed, and what stands in them without being one."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import model_validator

from emr_rerank.findings import DiagnosisRole
from emr_rerank.rules.files import Pattern, Rule, load_rules
from emr_rerank.rules.printed import fold_case


class DiagnosisRule(Rule):
    """Labels, section codes or a pattern; the kinds are explained at the top of diagnoses.zh.yaml."""

    kind: Literal["label", "section", "prose", "qualifier", "noise", "cut", "skip"]
    role: DiagnosisRole | None = None
    first: int = 1
    words: tuple[str, ...] = ()
    pattern: Pattern | None = None

    @model_validator(mode="after")
    def _complete(self) -> "DiagnosisRule":
        if bool(self.words) == bool(self.pattern):
            raise ValueError("needs words or a pattern, not both")
        return self


class Label(NamedTuple):
    """The head of a list: its role (None where the section tells it), the rank of its first item, where it ends."""

    role: DiagnosisRole | None
    first: int
    start: int
    end: int


class DiagnosisRules:
    """The diagnosis rules in force."""

    def __init__(self, rules: tuple[DiagnosisRule, ...]) -> None:
        self._labels = {_plain(word): rule for rule in rules if rule.kind == "label" for word in rule.words}
        words = "|".join(map(re.escape, sorted(self._labels, key=len, reverse=True)))
        self._label = re.compile(
            rf"(?<![一-鿿a-z])(?P<word>{words})(?:\s*[a-z][a-z ]{{2,30}})?\s*(?:[:：\t]|(?=\s*\d\s*[.、)]))"
        )
        self.sections = {code: rule.role for rule in rules if rule.kind == "section" for code in rule.words}
        self.told = tuple(re.compile(rule.pattern) for rule in rules if rule.kind == "prose" and rule.pattern)
        self.qualifier, self.noise = _any(rules, "qualifier"), _any(rules, "noise")
        self.cut, self.skip = _any(rules, "cut"), _any(rules, "skip")

    def labels(self, text: str) -> tuple[Label, ...]:
        """Every head of a list in a text."""
        found = self._label.finditer(fold_case(text))
        return tuple(
            Label(rule.role, rule.first, head.start(), head.end())
            for head in found
            for rule in [self._labels[head["word"]]]
        )

    def titled(self, title: str) -> DiagnosisRule | None:
        """The rule of a heading or a column label."""
        return self._labels.get(_plain(title))


def _plain(text: str) -> str:
    return fold_case(text).strip(" :\t")


def _any(rules: tuple[DiagnosisRule, ...], kind: str) -> re.Pattern[str]:
    ways = [rule.pattern for rule in rules if rule.kind == kind and rule.pattern]
    return re.compile("|".join(f"(?i:{way.removeprefix('(?i)')})" for way in ways))


@lru_cache(maxsize=8)
def diagnosis_rules(overrides: Path | None = None) -> DiagnosisRules:
    """The shipped rules with a hospital's own. Raises RuleError."""
    return DiagnosisRules(load_rules("diagnoses", DiagnosisRule, overrides))
