"""Schema of `rules/values.yaml`: the words around a printed value."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from emr_rerank.rules.files import Rule, load_rules
from emr_rerank.rules.printed import fold_case

ValueRole = Literal["bridge", "step", "high", "low", "normal", "qualitative", "less", "more", "count"]


class ValueWords(Rule):
    """Words of one role; the roles are explained at the top of rules/values.yaml."""

    role: ValueRole
    words: tuple[str, ...]


@lru_cache(maxsize=64)
def value_words(role: ValueRole, overrides: Path | None = None) -> tuple[str, ...]:
    """The words of a role in lower case, longest first."""
    rules = load_rules("values", ValueWords, overrides)
    words = {fold_case(word) for rule in rules if rule.role == role for word in rule.words}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))
