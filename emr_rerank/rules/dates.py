"""Schema of `rules/dates.*.yaml`: how a sentence states its own day."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from emr_rerank.rules.files import Pattern, Rule, load_rules

DateKind = Literal[
    "calendar", "day_order", "month_day", "document_day", "admission_day", "days_before_admission", "operation_day",
    "days_ago", "hours_ago", "day_of_month", "week_day", "named_day", "unresolved", "ignore", "planned", "compared",
]  # fmt: skip


MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""How the English names of the months begin."""


def month_number(written: str) -> int:
    """The number of a month given in digits or by its English name.

    Raises:
        ValueError: it is neither.
    """
    return int(written) if written.isdigit() else MONTHS.index(written[:3].lower()) + 1


_GROUPS: dict[DateKind, tuple[str, ...]] = {
    "calendar": ("y", "d"),
    "month_day": ("d",),
    "day_of_month": ("d",),
    "day_order": ("a", "b", "y"),
    "week_day": ("w",),
    "days_ago": ("n",),
    "hours_ago": ("n",),
    "days_before_admission": ("n",),
}
"""Named groups that a pattern of each kind must have."""


class DateRule(Rule):
    """One way of writing a date.

    Named groups of the pattern: y, m, d, month (English name), h, min (min2), half (half2; a, p, 上午, 下午 …),
    n (n2; a count of days or hours), a and b (day and month in unknown order), w (day of the week, 一 to 日).
    """

    kind: DateKind = Field(
        description="calendar: all printed; day_order: 03/05/2026, read only where the record shows the order; "
        "month_day, day_of_month: the rest comes from the document; document_day, admission_day, operation_day: "
        "counted from that day; week_day: in the document's week (offset: weeks); named_day: from the day named before "
        "it; days_ago, hours_ago, days_before_admission: back from it; unresolved: a time that is no day; ignore: not "
        "the sentence's; planned, compared: no date itself, says what the date beside it is for"
    )
    pattern: Pattern
    offset: int = Field(0, description="days added to the counted day")
    side: Literal["before", "after"] = Field(
        "before", description="of planned and compared: where its words stand; before: the pattern ends with $"
    )

    @model_validator(mode="after")
    def _complete(self) -> "DateRule":
        groups = set(re.compile(self.pattern).groupindex)
        missing = [name for name in _GROUPS.get(self.kind, ()) if name not in groups]
        if missing or (self.kind in ("calendar", "month_day") and not groups & {"m", "month"}):
            raise ValueError(
                f"a {self.kind} pattern names its parts: {', '.join(missing or ['m or month'])} is missing"
            )
        if self.kind in ("planned", "compared") and self.side == "before" and not self.pattern.endswith("$"):
            raise ValueError(f"a {self.kind} pattern before a date ends with $")
        return self

    def compiled(self) -> re.Pattern[str]:
        """The pattern, compiled (Python caches it)."""
        return re.compile(self.pattern)


def date_rules(overrides: Path | None = None) -> tuple[DateRule, ...]:
    """The date rules in force, read once a folder."""
    return _load(overrides)


@lru_cache(maxsize=8)
def _load(overrides: Path | None) -> tuple[DateRule, ...]:
    return load_rules("dates", DateRule, overrides)
