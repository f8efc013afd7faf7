"""Sentences → facts of every kind that the program knows."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from emr_rerank.facts.allergies import allergy_facts
from emr_rerank.facts.conclusions import conclusion_facts
from emr_rerank.facts.diagnoses import diagnosis_facts
from emr_rerank.facts.habits import habit_facts
from emr_rerank.facts.medication_rows import row_medications
from emr_rerank.facts.medications import prose_medications
from emr_rerank.facts.passage import DocumentDates, Passage
from emr_rerank.facts.procedures import procedure_facts
from emr_rerank.facts.prose import prose_labs
from emr_rerank.facts.rows import row_labs
from emr_rerank.facts.transfusions import blood_type_facts, transfusion_facts
from emr_rerank.facts.vitals import prose_vitals, row_vitals
from emr_rerank.findings import Fact
from emr_rerank.record import Record, Sentence


def extract_facts(record: Record, sentences: Sequence[Sentence], rules_dir: Path | None = None) -> tuple[Fact, ...]:
    """Facts of the given sentences of a record, in reading order, `evidence` left open.

    `notes` mark what keeps a value out of the stay's series: other_stay, planned, previous, unit_missing,
    unit_unexpected, implausible.
    """
    dates = DocumentDates(record)
    facts: list[Fact] = []
    for sentence in sentences:
        passage = Passage(record, sentence, dates.at(sentence.start), rules_dir)
        facts.extend(sorted(_facts(passage), key=lambda fact: fact.start))
    return tuple(facts)


def _facts(passage: Passage) -> Iterator[Fact]:
    if passage.sentence.row is not None:
        yield from row_labs(passage)
        yield from row_vitals(passage)
        yield from row_medications(passage)
    else:
        vitals = list(prose_vitals(passage))
        taken = {fact.start for fact in vitals}
        yield from vitals
        yield from (fact for fact in prose_labs(passage) if fact.start not in taken)
        yield from prose_medications(passage)
    for read in (diagnosis_facts, procedure_facts, transfusion_facts, blood_type_facts, conclusion_facts, habit_facts):
        yield from read(passage)
    yield from allergy_facts(passage)
