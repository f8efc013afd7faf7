"""Contradictions in the evidence of an answer, and in a whole record."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from emr_rerank.facts.conflicts.allergies import allergy_changes, allergy_contradictions, drug_contradictions
from emr_rerank.facts.conflicts.diseases import disease_contradictions
from emr_rerank.facts.conflicts.ground import Contradiction, Ground, Side
from emr_rerank.facts.conflicts.habits import habit_contradictions
from emr_rerank.facts.conflicts.sides import side_contradictions
from emr_rerank.facts.conflicts.statements import exclusive_contradictions
from emr_rerank.facts.conflicts.values import value_contradictions
from emr_rerank.facts.extract import extract_facts
from emr_rerank.findings import Conflict, Evidence, Fact
from emr_rerank.record import Record, Sentence
from emr_rerank.record_check import CitedSentence, CitedSide, RecordChange, RecordCheck, RecordConflict
from emr_rerank.rules.conflicts import matter_label

DETECTORS: tuple[Callable[[Ground], Iterator[Contradiction]], ...] = (
    allergy_contradictions,
    drug_contradictions,
    exclusive_contradictions,
    habit_contradictions,
    side_contradictions,
    disease_contradictions,
    value_contradictions,
)


def find_conflicts(
    record: Record,
    evidence: Sequence[Evidence],
    rules_dir: Path | None = None,
    *,
    facts: Sequence[Fact] | None = None,
) -> tuple[Conflict, ...]:
    """Contradictions among sentences that the caller holds to be evidence; a copied sentence counts once.

    `facts`: those of the record, where they have been read already.

    Found: an allergy asserted and denied, a discharge drug against an allergy, two blood types, two sides of one
    operation or lesion, smoking, drinking or pregnancy asserted and denied, a lasting disease with a history stated
    and denied, two values of one analyte at one time. An allergy denied until a reaction during the stay and stated
    since is a change and no contradiction.
    """
    ranks = {piece.sentence: piece.rank for piece in reversed(evidence)}
    ground = _ground(record, _sentences(record, evidence), rules_dir, facts)
    return tuple(
        Conflict(
            about=found.about,
            evidence=tuple(sorted(ranks[index] for index in found.sentences)),
            label=matter_label(found.about, found.subject, _language(record), rules_dir),
        )
        for found in _contradictions(ground)
    )


def find_changes(
    record: Record,
    evidence: Sequence[Evidence],
    language: Literal["zh", "en"],
    rules_dir: Path | None = None,
    *,
    facts: Sequence[Fact] | None = None,
) -> tuple[tuple[str, str], ...]:
    """(what it is called, ISO day) of matters in the evidence that truly changed during the stay; `facts` as above."""
    ground = _ground(record, _sentences(record, evidence), rules_dir, facts)
    found = allergy_changes(ground)
    return tuple((matter_label(each.about, each.subject, language, rules_dir), day) for day, each in found)


def check_record(record: Record, rules_dir: Path | None = None) -> RecordCheck:
    """Every contradiction that the record holds, both sides cited, and what truly changed during the stay."""
    ground = _ground(record, record.sentences, rules_dir)
    language = _language(record)

    def cited(found: Contradiction) -> dict[str, Any]:
        return {
            "about": found.about,
            "label": matter_label(found.about, found.subject, language, rules_dir),
            "sides": tuple(_cited_side(record, side) for side in found.sides),
        }

    return RecordCheck(
        record_id=record.record_id,
        language=language,
        conflicts=tuple(RecordConflict(**cited(found)) for found in _contradictions(ground)),
        changes=tuple(RecordChange(date=day, **cited(found)) for day, found in allergy_changes(ground)),
    )


def _sentences(record: Record, evidence: Sequence[Evidence]) -> list[Sentence]:
    return [record.sentences[piece.sentence] for piece in evidence]


def _ground(
    record: Record, sentences: Iterable[Sentence], rules_dir: Path | None, facts: Sequence[Fact] | None = None
) -> Ground:
    """The sentences without word-by-word copies of earlier ones, and their facts, read where none are given."""
    first: dict[str, Sentence] = {}
    for sentence in sentences:
        first.setdefault(re.sub(r"\W", "", sentence.text), sentence)
    kept = tuple(first.values())
    if facts is None:
        return Ground(record, kept, extract_facts(record, kept, rules_dir), rules_dir)
    indices = {sentence.index for sentence in kept}
    return Ground(record, kept, tuple(fact for fact in facts if fact.sentence in indices), rules_dir)


def _language(record: Record) -> Literal["zh", "en"]:
    return "en" if record.language == "en" else "zh"


def _contradictions(ground: Ground) -> Iterator[Contradiction]:
    for detect in DETECTORS:
        yield from detect(ground)


def _cited_side(record: Record, side: Side) -> CitedSide:
    sentences = (record.sentences[index] for index in sorted(side.sentences))
    return CitedSide(value=side.value, evidence=tuple(map(_citation, sentences)))


def _citation(sentence: Sentence) -> CitedSentence:
    return CitedSentence(
        text=sentence.text,
        section=sentence.section_path,
        section_code=sentence.section_code,
        page=sentence.page,
        bbox=sentence.bbox,
        more_boxes=sentence.more_boxes,
        start=sentence.start,
        end=sentence.end,
        date=sentence.date[:10] if sentence.date else None,
    )
