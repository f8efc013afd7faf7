"""Schema of `rules/demographics.*.yaml`: what the record's header says about the stay."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import field_validator

from emr_rerank.rules.files import Pattern, Rule, load_rules


class DemographicRule(Rule):
    """One printed label and its value (the named group `value`). A name is no key on purpose."""

    key: Literal["admission_date", "discharge_date", "sex", "age"]
    pattern: Pattern

    @field_validator("pattern")
    @classmethod
    def _has_value(cls, pattern: str) -> str:
        if "(?P<value>" not in pattern:
            raise ValueError("needs a group named value")
        return pattern


def demographic_rules(overrides: Path | None = None) -> tuple[DemographicRule, ...]:
    """The demographic rules in force, read once a folder."""
    return _load(overrides)


@lru_cache(maxsize=8)
def _load(overrides: Path | None) -> tuple[DemographicRule, ...]:
    return load_rules("demographics", DemographicRule, overrides)
