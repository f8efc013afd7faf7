"""Schema of `rules/colloquial.*.yaml`: how people say in a question what records write otherwise."""

import re
from functools import lru_cache
from pathlib import Path

from emr_rerank.rules.concepts import ConceptMention
from emr_rerank.rules.files import Pattern, Rule, load_rules


class ColloquialRule(Rule):
    """One way to name a concept in a question; `pattern` is never tried on a record, where a short word says little."""

    concept: str
    pattern: Pattern


def spoken_names(text: str, overrides: Path | None = None) -> tuple[ConceptMention, ...]:
    """Where a question names concepts colloquially; half-open offsets, mentions may overlap.

    Raises:
        RuleError: a rule file is wrong.
    """
    return tuple(
        ConceptMention(concept_id, *match.span())
        for concept_id, pattern in _load(overrides)
        for match in pattern.finditer(text)
    )


@lru_cache(maxsize=8)
def _load(overrides: Path | None) -> tuple[tuple[str, re.Pattern[str]], ...]:
    rules = load_rules("colloquial", ColloquialRule, overrides)
    return tuple((rule.concept, re.compile(rule.pattern, re.IGNORECASE)) for rule in rules)
