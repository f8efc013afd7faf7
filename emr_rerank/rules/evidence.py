"""Schema of `rules/evidence.yaml`: which sections play which part when evidence is chosen."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from emr_rerank.findings import FactKind
from emr_rerank.rules.concepts import Group
from emr_rerank.rules.files import Pattern, Rule, load_rules

Role = Literal[
    "hypothetical", "intended", "results", "household", "admission", "never_discharge", "discharge", "operation",
    "listing", "measured", "at_admission", "at_discharge", "before_operation", "during_operation", "after_operation",
    "history", "this_stay", "event_aside", "operation_done", "verbal_finding", "no_result",
    "nothing_found", "refers_back", "signature",
    "person_asked", "reason_asked", "compares", "discharge_part", "discharge_word", "past_word", "bare_item",
    "admission_part", "plan_asked", "result_asked", "name_asked", "dose_asked", "opinion_asked", "only_invited",
    "drug_like", "fragment", "examination",
]  # fmt: skip


class EvidenceRule(Rule):
    """The sections of one role, the usual sections and fact kinds of a concept group, or words that tell a time."""

    role: Role | None = None
    group: Group | None = None
    sections: tuple[str, ...] = ()
    kinds: tuple[FactKind, ...] = ()
    pattern: Pattern | None = None

    @model_validator(mode="after")
    def _complete(self) -> "EvidenceRule":
        if (self.role is None) == (self.group is None):
            raise ValueError("a rule has a role or a group")
        if bool(self.sections) == bool(self.pattern):
            raise ValueError("a rule has sections or a pattern")
        return self


@lru_cache(maxsize=256)
def role_sections(role: Role, overrides: Path | None = None) -> tuple[str, ...]:
    """Codes of the sections that play a role, best first."""
    return tuple(dict.fromkeys(code for rule in _load(overrides) if rule.role == role for code in rule.sections))


@lru_cache(maxsize=256)
def role_pattern(role: Role, overrides: Path | None = None) -> re.Pattern[str]:
    """The words of a role, in any case."""
    ways = [rule.pattern for rule in _load(overrides) if rule.role == role and rule.pattern]
    return re.compile("|".join(f"(?:{way})" for way in ways), re.IGNORECASE)


def group_rule(group: Group, overrides: Path | None = None) -> EvidenceRule | None:
    """Where matters of a concept group are usually written, and the kinds of facts that state them."""
    return next((rule for rule in _load(overrides) if rule.group == group), None)


@lru_cache(maxsize=8)
def _load(overrides: Path | None) -> tuple[EvidenceRule, ...]:
    return load_rules("evidence", EvidenceRule, overrides)
