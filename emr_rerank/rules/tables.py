"""Schema of `rules/tables.*.yaml`: labels that head the columns of printed tables, and lines that end unruled ones."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from emr_rerank.rules.files import Pattern, Rule, load_rules

Role = Literal[
    "number", "code", "item", "result", "unit", "reference", "flag", "method", "time", "point", "note", "drug", "spec",
    "dose", "route", "frequency", "quantity", "vital", "order", "person", "end",
]  # fmt: skip


class ColumnLabel(Rule):
    """The printed labels of one kind of column (`labels`, spaces and case ignored) or a `pattern` that they match.

    Role `end` is no column: a line that its pattern matches ends an unruled table.
    """

    role: Role
    labels: tuple[str, ...] = ()
    pattern: Pattern | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "ColumnLabel":
        if not self.labels and self.pattern is None:
            raise ValueError("needs labels or a pattern")
        return self


@lru_cache(maxsize=8)
def column_labels(overrides: Path | None = None) -> tuple[ColumnLabel, ...]:
    """All column labels in force.

    Raises:
        RuleError: a file of purpose `tables` is wrong.
    """
    return load_rules("tables", ColumnLabel, overrides)
