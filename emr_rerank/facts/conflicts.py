"""Evidence → contradictions: statements that can't all be true of one patient."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

from emr_rerank.facts.context import assertion_of
from emr_rerank.facts.extract import extract_facts
from emr_rerank.facts.measurements import contradictions
from emr_rerank.facts.notes import (
    IMPLAUSIBLE,
    OTHER_PERSON,
    OTHER_STAY,
    PLANNED,
    PREVIOUS,
    UNIT_MISSING,
    UNIT_UNEXPECTED,
)
from emr_rerank.facts.reactions import reaction_days
from emr_rerank.findings import Conflict, Evidence, Fact
from emr_rerank.record import Record
from emr_rerank.rules.allergens import Allergens, allergens
from emr_rerank.rules.conflicts import Statement, exclusive_statements

Said = dict[tuple[str, str], dict[str, set[int]]]
"""(matter, subject) → value → ranks of the evidence that states it."""
_NOT_MEASURED = frozenset({OTHER_STAY, OTHER_PERSON, PLANNED, PREVIOUS, IMPLAUSIBLE, UNIT_MISSING, UNIT_UNEXPECTED})


def find_conflicts(record: Record, evidence: Sequence[Evidence], rules_dir: Path | None = None) -> tuple[Conflict, ...]:
    """Contradictions among sentences that the caller holds to be evidence; a copied sentence counts once.

    Found: an allergy asserted and denied, two blood types, two sides of one operation or fracture, smoking asserted
    and denied, two values of one analyte at one minute or, in words, on one morning. An allergy denied until a
    reaction during the stay and stated since is a change and no contradiction.
    """
    ranks: dict[int, int] = {}
    seen: set[str] = set()
    for piece in evidence:
        words = re.sub(r"\W", "", piece.text)
        if words not in seen:
            seen.add(words)
            ranks[piece.sentence] = piece.rank
    facts = extract_facts(record, [record.sentences[index] for index in ranks], rules_dir)
    sides = [
        *_allergies(record, facts, ranks, rules_dir),
        *_statements(record, ranks, rules_dir),
        *_values(facts, ranks),
    ]
    return tuple(Conflict(about=about, evidence=tuple(sorted(places))) for about, places in sides)


def _allergies(
    record: Record, facts: Sequence[Fact], ranks: dict[int, int], rules_dir: Path | None
) -> Iterator[tuple[str, set[int]]]:
    """Allergies stated and denied. A denial before the day of a reaction, a statement after it: that is a change."""
    rules = allergens(rules_dir)
    stated: dict[str, list[Fact]] = defaultdict(list)
    denied: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.kind == "allergy":
            (stated if fact.value == "present" else denied)[fact.name].append(fact)
    if not stated or not denied:
        return
    days = reaction_days(record, rules_dir)
    for name, statements in stated.items():
        places: set[int] = set()
        for one, other in product(statements, _denials(name, denied, rules)):
            if one.sentence != other.sentence and not _changed(one, other, days.get(name)):
                places |= {ranks[one.sentence], ranks[other.sentence]}
        if places:
            yield f"allergy:{name}", places


def _denials(name: str, denied: dict[str, list[Fact]], rules: Allergens) -> list[Fact]:
    """Denials of the allergen, of its class or a drug of it, of its group, of any allergy."""
    names = {name, "any", *(other.id for other in rules.by_id.values() if other.drug_class == name)}
    allergen = rules.named(name)
    if allergen:
        names |= {allergen.group} | ({allergen.drug_class} if allergen.drug_class else set())
    return [fact for each in sorted(names) for fact in denied.get(each, ())]


def _changed(statement: Fact, denial: Fact, reaction: str | None) -> bool:
    """Whether dates prove that the denial was true when written: denied before the reaction, stated since."""
    if reaction is None or statement.time is None or denial.time is None:
        return False
    return denial.time[:10] < reaction <= statement.time[:10]


def _statements(record: Record, ranks: dict[int, int], rules_dir: Path | None) -> Iterator[tuple[str, set[int]]]:
    """Matters stated with two values, by different sentences."""
    said: Said = defaultdict(lambda: defaultdict(set))
    for rule in exclusive_statements(rules_dir):
        for index, rank in ranks.items():
            sentence = record.sentences[index]
            for found in re.finditer(rule.pattern, sentence.text):
                if _not_asserted(sentence.text, found, rule, sentence.section_code, rules_dir):
                    continue
                groups = found.groupdict()
                value = rule.value or rule.values.get(groups["value"], groups["value"].lower())
                said[rule.about, (groups.get("subject") or "").lower()][value].add(rank)
    for (about, subject), values in _by_shortest_subject(said).items():
        sides = list(values.values())
        if len(sides) > 1 and not set.intersection(*sides):
            yield f"{about}:{subject}" if subject else about, set.union(*sides)


def _by_shortest_subject(said: Said) -> Said:
    """The statements with each subject under the shortest one that ends it: 股骨粗隆间骨折 is a 粗隆间骨折."""
    merged: Said = {}
    for (about, subject), values in sorted(said.items(), key=lambda item: len(item[0][1])):
        shorter = (key for key in merged if key[0] == about and key[1] and subject.endswith(key[1]))
        kept = merged.setdefault(next(shorter, (about, subject)), {})
        for value, ranks in values.items():
            kept[value] = kept.get(value, set()) | ranks
    return merged


def _not_asserted(text: str, found: re.Match[str], rule: Statement, section: str, rules_dir: Path | None) -> bool:
    """Whether the statement is of another person, a condition, or denied (a rule with its own value may deny)."""
    start, end = found.span("value") if rule.value is None else (found.end() - 1, found.end())
    assertion = assertion_of(text, start, end, section, rules_dir)[0]
    return assertion in ("family", "conditional") or (rule.value is None and assertion == "absent")


def _values(facts: Sequence[Fact], ranks: dict[int, int]) -> Iterator[tuple[str, set[int]]]:
    """One analyte with two values at one time."""
    measured = [fact for fact in facts if fact.kind == "lab" and not _NOT_MEASURED & set(fact.notes)]
    places: dict[tuple[str, str | None], set[int]] = defaultdict(set)
    for fact, other in contradictions(measured):
        places[fact.name, fact.time] |= {ranks[fact.sentence], ranks[other.sentence]}
    for (name, _), sides in places.items():
        yield f"lab:{name}", sides
