"""Schemas of `rules/allergens.yaml` and `rules/allergy_statements.yaml`."""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from emr_rerank.rules.files import Pattern, Rule, load_rules
from emr_rerank.rules.printed import fold_case

StatementKind = Literal["allergy", "other", "test_positive", "rest", "none"]


class Allergen(Rule):
    """What a patient may be allergic to, or a whole group of such (`general`)."""

    group: Literal["any", "drug", "food", "environment"]
    general: bool = False
    display_zh: str
    display_en: str
    forms: tuple[str, ...]


class AllergyStatement(Rule):
    """Words that make a sentence one about allergies; the kinds are explained at the top of the rule file."""

    kind: StatementKind
    pattern: Pattern


class AllergenMention(NamedTuple):
    """An allergen's name in a text."""

    allergen: Allergen
    start: int
    end: int


class Allergens:
    """The allergens and allergy statements in force."""

    def __init__(self, allergens: Iterable[Allergen], statements: Iterable[AllergyStatement]) -> None:
        self.by_id = {allergen.id: allergen for allergen in allergens}
        self._forms = {fold_case(form): allergen for allergen in self.by_id.values() for form in allergen.forms}
        forms = sorted(self._forms, key=len, reverse=True)
        ways = [rf"(?<![a-z]){re.escape(form)}(?![a-z])" if form.isascii() else re.escape(form) for form in forms]
        self._names = re.compile("|".join(ways))
        self._statements = [(re.compile(rule.pattern), rule.kind) for rule in statements]

    def find(self, text: str) -> tuple[AllergenMention, ...]:
        """Allergens named in the text, in reading order."""
        found = self._names.finditer(fold_case(text))
        return tuple(AllergenMention(self._forms[name.group()], name.start(), name.end()) for name in found)

    def statements(self, text: str, kind: StatementKind) -> tuple[tuple[int, int], ...]:
        """Where the text holds words of that kind."""
        spans = [found.span() for pattern, its in self._statements if its == kind for found in pattern.finditer(text)]
        return tuple(sorted(spans))


@lru_cache(maxsize=8)
def allergens(overrides: Path | None = None) -> Allergens:
    """The shipped allergens with a hospital's own. Raises RuleError."""
    return Allergens(
        load_rules("allergens", Allergen, overrides), load_rules("allergy_statements", AllergyStatement, overrides)
    )
