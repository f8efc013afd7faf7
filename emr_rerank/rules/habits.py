"""Schema of `rules/habits.yaml`: how smoking and drinking are told."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

from emr_rerank.rules.files import Pattern, Rule, load_rules

HabitKind = Literal["subject", "denied", "occasional", "amount", "years", "quit", "index", "goes_on", "not_a_statement"]
HabitName = Literal["tobacco", "alcohol", "both"]


class HabitRule(Rule):
    """One pattern; the kinds are explained at the top of rules/habits.yaml."""

    kind: HabitKind
    habit: HabitName | None = None
    pattern: Pattern


@lru_cache(maxsize=64)
def habit_patterns(
    kind: HabitKind, overrides: Path | None = None
) -> tuple[tuple[re.Pattern[str], HabitName | None], ...]:
    """(pattern, habit) of each rule of a kind."""
    rules = load_rules("habits", HabitRule, overrides)
    return tuple((re.compile(rule.pattern), rule.habit) for rule in rules if rule.kind == kind)
