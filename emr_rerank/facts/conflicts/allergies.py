"""Allergies stated and denied, those that became known during the stay, and discharge drugs against them."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import product

from emr_rerank.facts.conflicts.ground import Contradiction, Ground, contradiction
from emr_rerank.facts.conflicts.statements import assertion_at
from emr_rerank.facts.reactions import reaction_days
from emr_rerank.findings import Fact
from emr_rerank.record import Sentence
from emr_rerank.rules.allergens import Allergens, allergens
from emr_rerank.rules.conflicts import avoided

DISCHARGE_DRUGS = ("discharge_medication", "discharge_orders")
_TAKEN_HOME = re.compile(r"出院带药|带药[:：]|(?i:discharge medications?|discharged? (?:home )?on)")


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
    """Drugs given at discharge although the record states an allergy to them or to their class."""
    rules = allergens(ground.rules_dir)
    stated = [fact for fact in ground.facts if fact.kind == "allergy" and fact.value == "present"]
    for sentence in ground.sentences if stated else ():
        for name, printed, classes in _given(sentence, rules, ground):
            known = {fact.sentence for fact in stated if fact.name in classes} - {sentence.index}
            if known:
                sides = [("given", [sentence.index]), ("allergy", known)]
                yield contradiction(f"discharge_drug:{name}", sides, printed)


def _given(sentence: Sentence, rules: Allergens, ground: Ground) -> Iterator[tuple[str, str, set[str]]]:
    """(id, printed name, allergies that forbid it: to itself or its class) of each drug that is sent home."""
    text = sentence.text
    lead = 0
    if sentence.section_code not in DISCHARGE_DRUGS:
        heading = _TAKEN_HOME.search(text)
        if heading is None:
            return
        lead = heading.end()
    for mention in rules.find(text):
        drug = mention.allergen
        if drug.group != "drug" or drug.general or mention.start < lead:
            continue
        kept_off = avoided(text, mention.start, mention.end, ground.rules_dir)
        if not kept_off and assertion_at(sentence, mention.start, mention.end, ground) == "present":
            yield (
                drug.id,
                text[mention.start : mention.end],
                {drug.id} | ({drug.drug_class} if drug.drug_class else set()),
            )


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
