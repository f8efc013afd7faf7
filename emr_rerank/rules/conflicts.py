"""Schema of `rules/conflicts.yaml`: statements of which only one can be true of a patient, and what they are called."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field, model_validator

from emr_rerank.rules.files import Pattern, Rule, load_rules


class ConflictRule(Rule):
    """One rule; the kinds and fields are explained at the top of rules/conflicts.yaml."""

    kind: Literal["statement", "region", "repeatable", "label"] = "statement"
    about: str = ""
    pattern: Pattern = ""
    value: str | None = None
    values: dict[str, str] = Field(default_factory=dict, description="printed value → compared value")
    role: Literal["", "lesion", "operation"] = ""
    current: bool = False
    planned: bool = False
    not_in: tuple[str, ...] = Field((), description="section codes")
    region: str = ""
    analytes: tuple[str, ...] = ()
    zh: str = ""
    en: str = ""

    @model_validator(mode="after")
    def _complete(self) -> "ConflictRule":
        needed = {
            "statement": (self.about and self.pattern),
            "region": (self.region and self.pattern and self.zh and self.en),
            "repeatable": self.analytes,
            "label": (self.about and self.zh and self.en),
        }
        if not needed[self.kind]:
            raise ValueError(f"a rule of kind '{self.kind}' lacks a field; see the top of rules/conflicts.yaml")
        if self.kind == "statement" and self.value is None and "value" not in re.compile(self.pattern).groupindex:
            raise ValueError("a statement needs a value of its own or a group 'value' in its pattern")
        return self


class BodyRegion(NamedTuple):
    """A paired region of the body and its names."""

    region: str
    zh: str
    en: str


@lru_cache(maxsize=8)
def _rules(overrides: Path | None) -> tuple[ConflictRule, ...]:
    return load_rules("conflicts", ConflictRule, overrides)


@lru_cache(maxsize=8)
def exclusive_statements(overrides: Path | None = None) -> tuple[ConflictRule, ...]:
    """The statements in force. Raises RuleError."""
    return tuple(rule for rule in _rules(overrides) if rule.kind == "statement")


@lru_cache(maxsize=1024)
def body_region(subject: str, overrides: Path | None = None) -> BodyRegion | None:
    """The paired region of the body that a lesion or operation of this name lies in, if any."""
    regions = (rule for rule in _rules(overrides) if rule.kind == "region")
    return next(
        (BodyRegion(rule.region, rule.zh, rule.en) for rule in regions if re.search(rule.pattern, subject)), None
    )


@lru_cache(maxsize=8)
def repeatable_analytes(overrides: Path | None = None) -> frozenset[str]:
    """Analytes measured several times a day, so that two values of a day are no contradiction."""
    return frozenset(name for rule in _rules(overrides) if rule.kind == "repeatable" for name in rule.analytes)


def matter_label(about: str, subject: str, language: Literal["zh", "en"], overrides: Path | None = None) -> str:
    """What a contradiction about `matter:…` is called with its subject as printed: `左右侧别：股骨颈骨折`."""
    matter = about.partition(":")[0]
    rule = next((rule for rule in _rules(overrides) if rule.kind == "label" and rule.about == matter), None)
    name = matter if rule is None else rule.zh if language == "zh" else rule.en
    return f"{name}{'：' if language == 'zh' else ': '}{subject}" if subject else name
