"""Schemas of `rules/drugs.yaml` and `rules/drug_classes.yaml`, and the catalogue that finds drugs by name and class."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field

from emr_rerank.errors import RuleError
from emr_rerank.rules.files import Rule, load_rules
from emr_rerank.rules.names import any_name
from emr_rerank.rules.printed import fold_case


class Drug(Rule):
    """One drug or fixed combination; the fields are explained at the top of rules/drugs.yaml."""

    zh: tuple[str, ...] = Field(min_length=1)
    en: tuple[str, ...] = Field(min_length=1)
    unsure: tuple[str, ...] | Literal["all"] = ()
    classes: tuple[str, ...] = Field(min_length=1)
    parts: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, generic ones first."""
        return (*self.zh, *self.en)

    def is_unsure(self, name: str) -> bool:
        """Whether the name means something else too."""
        return self.unsure == "all" or name in self.unsure


class DrugClass(Rule):
    """A class of drugs; `parent` is the class that holds it.

    `unsure`: its names mean something else too (电解质, 补液), so that a question naming it need not mean drugs.
    """

    parent: str | None = None
    display_zh: str
    display_en: str
    forms: tuple[str, ...] = ()
    unsure: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every name; those of kinds (大环内酯类, macrolides) without their ending too."""
        listed = (self.display_zh, self.display_en, *self.forms)
        shorter = (name.removesuffix("s" if name.isascii() else "类") for name in listed)
        return tuple(dict.fromkeys([*listed, *(name for name in shorter if len(name) > 1)]))


class DrugMention(NamedTuple):
    """A drug's name in a text, without salt and dosage form; `unsure` when it may mean something else."""

    drug: Drug
    start: int
    end: int
    unsure: bool


class Drugs:
    """The drugs and classes in force.

    Raises:
        RuleError: a drug names a class, or a class a parent, that is not there.
    """

    def __init__(self, drugs: Iterable[Drug], classes: Iterable[DrugClass]) -> None:
        self.classes = {each.id: each for each in classes}
        self._drugs = {drug.id: drug for drug in drugs}
        self._names: dict[str, tuple[Drug, bool]] = {}
        for drug in self._drugs.values():
            self._known(drug.id, drug.classes)
            for name in drug.names:
                self._names.setdefault(fold_case(name), (drug, drug.is_unsure(name)))
        for each in self.classes.values():
            self._known(each.id, (each.parent,) if each.parent else ())
        self._pattern = re.compile(any_name(self._names))

    def __iter__(self) -> Iterator[Drug]:
        return iter(self._drugs.values())

    def __len__(self) -> int:
        return len(self._drugs)

    def get(self, drug_id: str) -> Drug | None:
        """The drug of that id."""
        return self._drugs.get(drug_id)

    def find(self, text: str) -> tuple[DrugMention, ...]:
        """Drugs named in the text in reading order, the longest name at each place, without overlap."""
        found = self._pattern.finditer(fold_case(text))
        return tuple(
            DrugMention(self._names[name.group()][0], *name.span(), self._names[name.group()][1]) for name in found
        )

    def classes_of(self, drug_id: str) -> frozenset[str]:
        """Ids of the classes that hold the drug or a part of it, with their parents."""
        drug = self._drugs.get(drug_id)
        if drug is None:
            return frozenset()
        direct = {name for each in (drug, *filter(None, map(self.get, drug.parts))) for name in each.classes}
        return frozenset(ancestor for name in direct for ancestor in self._ancestors(name))

    def of_class(self, class_id: str) -> tuple[Drug, ...]:
        """The drugs of a class and of the classes below it."""
        return tuple(drug for drug in self if class_id in self.classes_of(drug.id))

    def _ancestors(self, class_id: str) -> Iterator[str]:
        seen: set[str] = set()
        name: str | None = class_id
        while name and name not in seen:
            seen.add(name)
            yield name
            name = self.classes[name].parent

    def _known(self, rule_id: str, classes: Iterable[str]) -> None:
        for name in classes:
            if name not in self.classes:
                raise RuleError(f"rule '{rule_id}': the class '{name}' is not in drug_classes.yaml.", "Add it.")


@lru_cache(maxsize=8)
def drug_catalogue(overrides: Path | None = None) -> Drugs:
    """The shipped drugs with a hospital's own. Raises RuleError."""
    return Drugs(load_rules("drugs", Drug, overrides), load_rules("drug_classes", DrugClass, overrides))
