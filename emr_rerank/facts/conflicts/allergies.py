"""Allergies stated and denied, those that became known during the stay, and discharge drugs against them."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

from emr_rerank.facts.conflicts.ground import Contradiction, Ground, contradiction
from emr_rerank.facts.reactions import reaction_days
from emr_rerank.findings import Fact, Medication
from emr_rerank.rules.allergens import Allergens, allergens
from emr_rerank.rules.drugs import drug_catalogue


def allergy_contradictions(ground: Ground) -> Iterator[Contradiction]:
    """Allergies that one sentence states and another denies, without a reaction between them."""
    for name, pairs in _stated_and_denied(ground).items():
        day = _reaction(ground, name)
        apart = [(one, other) for one, other in pairs if not _changed(one, other, day)]
        if apart:
            yield _against(name, apart)


def allergy_changes(ground: Ground) -> Iterator[tuple[str, Contradiction]]:
    """(ISO day of the reaction, what was said before and since) of allergies found during the stay.

    Denied until the reaction and stated since: both were true when written.
    """
    for name, pairs in _stated_and_denied(ground).items():
        day = _reaction(ground, name)
        changed = [(one, other) for one, other in pairs if _changed(one, other, day)]
        if day and changed and len(changed) == len(pairs):
            yield day, _against(name, changed)


def drug_contradictions(ground: Ground) -> Iterator[Contradiction]:
    """Drugs given at discharge although the record states an allergy to them, to a part of them or to their class."""
    stated = [fact for fact in ground.facts if fact.kind == "allergy" and fact.value == "present"]
    taken: dict[str, set[int]] = defaultdict(set)
    shown: dict[str, str] = {}
    for fact in ground.facts if stated else ():
        if _sent_home(fact):
            taken[fact.name].add(fact.sentence)
            shown.setdefault(fact.name, fact.display)
    for name, places in taken.items():
        forbidden = _allergies_against(name, shown[name], ground)
        known = {fact.sentence for fact in stated if fact.name in forbidden} - places
        if known:
            yield contradiction(f"discharge_drug:{name}", [("given", places), ("allergy", known)], shown[name])


def _sent_home(fact: Fact) -> bool:
    return isinstance(fact.details, Medication) and fact.details.status == "discharge" and fact.assertion == "present"


def _allergies_against(name: str, printed: str, ground: Ground) -> set[str]:
    """Ids of the allergies that forbid a drug: its own, its parts', its classes'."""
    drugs = drug_catalogue(ground.rules_dir)
    drug = drugs.get(name)
    found = {name, *drugs.classes_of(name), *(drug.parts if drug else ())}
    for mention in allergens(ground.rules_dir).find(printed):
        found |= {mention.allergen.id} | ({mention.allergen.drug_class} if mention.allergen.drug_class else set())
    return found


def _stated_and_denied(ground: Ground) -> dict[str, list[tuple[Fact, Fact]]]:
    """Allergen → pairs of a statement and a denial in different sentences."""
    rules = allergens(ground.rules_dir)
    stated: dict[str, list[Fact]] = defaultdict(list)
    denied: dict[str, list[Fact]] = defaultdict(list)
    for fact in ground.facts:
        if fact.kind == "allergy":
            (stated if fact.value == "present" else denied)[fact.name].append(fact)
    pairs = {
        name: [
            (one, other)
            for one, other in product(statements, _denials(name, denied, rules))
            if one.sentence != other.sentence
        ]
        for name, statements in stated.items()
        if denied
    }
    return {name: found for name, found in pairs.items() if found}


def _denials(name: str, denied: dict[str, list[Fact]], rules: Allergens) -> list[Fact]:
    """Denials of the allergen, of its class or a drug of it, of its group, of any allergy."""
    names = {name, "any", *(other.id for other in rules.by_id.values() if other.drug_class == name)}
    allergen = rules.named(name)
    if allergen:
        names |= {allergen.group} | ({allergen.drug_class} if allergen.drug_class else set())
    return [fact for each in sorted(names) for fact in denied.get(each, ())]


def _reaction(ground: Ground, name: str) -> str | None:
    return reaction_days(ground.record, ground.rules_dir).get(name)


def _changed(statement: Fact, denial: Fact, reaction: str | None) -> bool:
    """Whether dates prove that the denial was true when written: denied before the reaction, stated since."""
    if reaction is None or statement.time is None or denial.time is None:
        return False
    return denial.time[:10] < reaction <= statement.time[:10]


def _against(name: str, pairs: list[tuple[Fact, Fact]]) -> Contradiction:
    stated = {one.sentence for one, _ in pairs}
    denied = {other.sentence for _, other in pairs}
    return contradiction(f"allergy:{name}", [("present", stated), ("absent", denied)], pairs[0][0].display)
