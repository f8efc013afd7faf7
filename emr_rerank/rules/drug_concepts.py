"""Drugs of the catalogue as concepts: a question meets them by any name, a class word by any of its drugs."""

from collections.abc import Container, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from emr_rerank.rules.concepts import Concept, Concepts
from emr_rerank.rules.drugs import Drug, Drugs, drug_catalogue
from emr_rerank.rules.files import load_rules


def with_drugs(concepts: Iterable[Concept], drugs: Drugs) -> tuple[Concept, ...]:
    """The concepts, and one for every drug that none of them names and every class that none means.

    A drug that a concept names already (低分子肝素, 依诺肝素) adds its id to that concept's facts; one of a concept's
    `drug_classes` becomes narrower than it. Names that mean something else too are left out.
    """
    known = {concept.id: concept for concept in concepts}
    by_form = {form.lower(): concept.id for concept in known.values() for form in concept.forms}
    concept_of: dict[str, str] = {}
    for drug in drugs:
        own = f"concept.{drug.id}"
        names = [name for name in drug.names if not drug.is_unsure(name)]
        held = own if own in known else next((i for name in names if (i := by_form.get(name.lower(), ""))), None)
        if held is None or known[held].group != "drug":
            if names and held is None:
                known[own] = Concept(id=own, group="drug", forms=tuple(names), kinds=("medication",))
                concept_of[drug.id] = own
            continue
        concept_of[drug.id] = held
        known[held] = _named(known[held], drug, [name for name in names if name.lower() not in by_form])
    classes = tuple(_classes([*known.values()], drugs))
    taken = {form.lower() for concept in [*known.values(), *classes] for form in concept.forms}
    return tuple(_with_class(concept, drugs, concept_of, taken) for concept in [*known.values(), *classes])


def _classes(known: Sequence[Concept], drugs: Drugs) -> Iterator[Concept]:
    """A concept for every class of the catalogue that none means yet, by the names that are no other concept's."""
    meant = {name for concept in known for name in concept.drug_classes}
    taken = {form.lower() for concept in known for form in concept.forms}
    for each in drugs.classes.values():
        names = tuple(name for name in each.names if name.lower() not in taken)
        if names and each.id not in meant and not each.unsure:
            own = f"concept.class_{each.id}"
            yield Concept(id=own, group="drug", forms=names, kinds=("medication",), drug_classes=(each.id,))


def _named(concept: Concept, drug: Drug, names: list[str]) -> Concept:
    facts = concept.facts or (concept.id.removeprefix("concept."),)
    forms = tuple(dict.fromkeys([*concept.forms, *names]))
    return concept.model_copy(update={"forms": forms, "facts": tuple(dict.fromkeys([*facts, drug.id]))})


def _with_class(concept: Concept, drugs: Drugs, concept_of: dict[str, str], taken: Container[str]) -> Concept:
    if not concept.drug_classes:
        return concept
    members = {drug.id for name in concept.drug_classes for drug in drugs.of_class(name)}
    narrower = [concept_of[drug] for drug in sorted(members) if drug in concept_of and concept_of[drug] != concept.id]
    facts = concept.facts or (concept.id.removeprefix("concept."),)
    classes = [known for name in concept.drug_classes if (known := drugs.classes.get(name)) and not known.unsure]
    names = [name for each in classes for name in each.names if name.lower() not in taken]
    return concept.model_copy(
        update={
            "forms": (*concept.forms, *names),
            "narrower": tuple(dict.fromkeys([*concept.narrower, *narrower])),
            "facts": tuple(dict.fromkeys([*facts, *sorted(members)])),
        }
    )


@lru_cache(maxsize=8)
def concepts_and_drugs(overrides: Path | None = None) -> Concepts:
    """All concepts in force, drugs of the catalogue included.

    Raises:
        RuleError: a rule file is wrong.
    """
    return Concepts(with_drugs(load_rules("concepts", Concept, overrides), drug_catalogue(overrides)))
