"""Checks the committed questions against the records: hashes, offsets, sentence borders; shows them for reading."""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.real.dataset import (
    RealQuestion,
    RealRecord,
    by_id,
    data_folder,
)
from benchmarks.real.sets import DEFAULT, SETS, QuestionSet


def problems(
    question: RealQuestion, records: Mapping[str, RealRecord], chosen: QuestionSet = SETS[DEFAULT]
) -> Iterator[str]:
    """What is wrong with a question; nothing when it is sound."""
    record = records.get(question.record)
    if record is None:
        yield "no such record"
        return
    if record.sha256 != question.sha256:
        yield "the record's text is not the one the offsets were written for"
        return
    if bool(question.gold) == (question.status == "insufficient_evidence"):
        yield "status and gold disagree"
    if question.status == "conflicting" and len(question.gold) < 2:
        yield "a contradiction needs two sentences"
    if len(set(question.gold)) < len(question.gold):
        yield "a sentence is listed twice"
    for gold in question.gold:
        if gold.part not in record.sections:
            yield f"no part {gold.part}"
        elif (gold.start, gold.end) not in set(chosen.sentence_spans(record.sections[gold.part])):
            yield f"{gold.part} {gold.start}:{gold.end} is no sentence"
    if _copies(question.question, record, chosen.least_copied):
        yield f"{chosen.least_copied} characters in a row are the record's own words"


def _copies(question: str, record: RealRecord, least: int) -> bool:
    text = "".join(record.sections.values())
    pieces = (question[i : i + least] for i in range(len(question) - least + 1))
    return any(piece in text for piece in pieces)


def set_problems(questions: tuple[RealQuestion, ...]) -> Iterator[str]:
    """What is wrong with the set as a whole: a repeated id, a question asked twice of a record."""
    for what, counts in (
        ("id", Counter(question.id for question in questions)),
        ("question", Counter(f"{question.record} {question.question}" for question in questions)),
    ):
        yield from (f"{what} used {count} times: {key}" for key, count in counts.items() if count > 1)


def show(question: RealQuestion, record: RealRecord) -> None:
    """One question with its gold sentences, for a reader who wants to judge them."""
    print(f"{question.id} {record.id} {question.kind} {question.status}\n  {question.question}")
    for gold in question.gold:
        print(f"    {gold.part} {gold.start}:{gold.end}  {gold.slice(record)}")


def main() -> int:
    """0 when every question is sound, 1 when one is not, 2 when the records are missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the records (default: $EMR_RERANK_DATA, ../shared/data)")
    parser.add_argument("--set", choices=SETS, default=DEFAULT, help="which questions")
    parser.add_argument("--show", action="store_true", help="print each question with its gold sentences")
    arguments = parser.parse_args()
    chosen = SETS[arguments.set]
    records = by_id(chosen.records(data_folder(arguments.data)))
    questions = chosen.load_questions()
    found = [f"set: {problem}" for problem in set_problems(questions)]
    for question in questions:
        own = [f"{question.id}: {problem}" for problem in problems(question, records, chosen)]
        found.extend(own)
        if arguments.show and question.record in records and not own:
            show(question, records[question.record])
    print("\n".join(found) if found else f"{len(questions)} questions are sound")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
