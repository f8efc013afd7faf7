"""Schemas of `rules/allergens.yaml` and `rules/allergy_statements.yaml`."""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import ConfigDict, Field

from emr_rerank.rules.files import Pattern, Rule, load_rules
from emr_rerank.rules.printed import fold_case

StatementKind = Literal[
    "allergy", "other", "test_positive", "tested", "rest", "none", "denial", "unlisted", "reaction", "heads", "parted",
    "given", "blamed", "affirmed", "abbreviation",
]  # fmt: skip
AllergenGroup = Literal["any", "drug", "food", "environment"]


class Allergen(Rule):
    """What a patient may be allergic to, or a whole group of such (`general`)."""

    model_config = ConfigDict(populate_by_name=True)

    group: AllergenGroup
    drug_class: str | None = Field(None, alias="class", description="id of the class that a single drug belongs to")
    general: bool = False
    display_zh: str
    display_en: str
    forms: tuple[str, ...]


class AllergyStatement(Rule):
    """Words that make a sentence one about allergies; the kinds are explained at the top of the rule file."""

    kind: StatementKind
    group: AllergenGroup = "any"
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
        self._statements = [(re.compile(rule.pattern), rule) for rule in statements]

    def find(self, text: str) -> tuple[AllergenMention, ...]:
        """Allergens named in the text, in reading order."""
        found = self._names.finditer(fold_case(text))
        listed = [AllergenMention(self._forms[name.group()], name.start(), name.end()) for name in found]
        found_in = [mention for mention in self._unlisted(text) if not any(_overlap(mention, each) for each in listed)]
        return tuple(sorted([*listed, *found_in], key=lambda mention: mention.start))

    def statements(self, text: str, kind: StatementKind) -> tuple[tuple[int, int], ...]:
        """Where the text holds words of that kind."""
        ways = [pattern for pattern, rule in self._statements if rule.kind == kind]
        return tuple(sorted(found.span() for pattern in ways for found in pattern.finditer(text)))

    def follows(self, text: str, place: int, kind: StatementKind) -> bool:
        """Whether words of that kind stand right behind the place."""
        return any(pattern.match(text, place) for pattern, rule in self._statements if rule.kind == kind)

    def precedes(self, text: str, place: int, kind: StatementKind) -> bool:
        """Whether words of that kind, whose pattern ends with $, stand right before the place."""
        return any(pattern.search(text, 0, place) for pattern, rule in self._statements if rule.kind == kind)

    def named(self, name: str) -> Allergen | None:
        """The allergen of that id, or the one that an unlisted name means; None when nothing tells what it is."""
        return self.by_id.get(name) or next((mention.allergen for mention in self.find(name)), None)

    def _unlisted(self, text: str) -> list[AllergenMention]:
        """Allergens by their form and place alone, named as printed in lower case."""
        made: list[AllergenMention] = []
        for pattern, rule in self._statements:
            for found in pattern.finditer(text) if rule.kind == "unlisted" else ():
                name = found["name"].lower()
                allergen = Allergen(id=name, group=rule.group, display_zh=name, display_en=name, forms=())
                mention = AllergenMention(allergen, *found.span("name"))
                if not any(_overlap(mention, each) for each in made):
                    made.append(mention)
        return made


def _overlap(mention: AllergenMention, other: AllergenMention) -> bool:
    return mention.start < other.end and other.start < mention.end


@lru_cache(maxsize=8)
def allergens(overrides: Path | None = None) -> Allergens:
    """The shipped allergens with a hospital's own. Raises RuleError."""
    return Allergens(
        load_rules("allergens", Allergen, overrides), load_rules("allergy_statements", AllergyStatement, overrides)
    )
