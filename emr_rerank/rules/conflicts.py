"""Schema of `rules/conflicts.yaml`: statements of which only one can be true of a patient."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field

from emr_rerank.rules.files import Pattern, Rule, load_rules


class Statement(Rule):
    """One way of stating a matter; the fields are explained at the top of rules/conflicts.yaml."""

    about: str
    pattern: Pattern
    value: str | None = None
    values: dict[str, str] = Field(default_factory=dict, description="printed value → compared value")


@lru_cache(maxsize=8)
def exclusive_statements(overrides: Path | None = None) -> tuple[Statement, ...]:
    """The statements in force."""
    return load_rules("conflicts", Statement, overrides)
