"""Groups from questions about real English notes: sections of MTS-Dialog, put together to records.

    python -m training.note_groups WORK [--rounds 4] [--seed 7]

`bank/notes/records.jsonl` says which lines of the data set stand under which heading of which record;
`bank/notes/*.txt` asks about their sentences as `bank/records` does. The text stays outside the repository, and nothing
that `benchmarks/real` prints is among it. Writes WORK/groups.notes.jsonl; the last record of each file is held out, in
WORK/held.notes.jsonl. Data: Ben Abacha et al. 2023, EACL, CC BY 4.0.
"""

import argparse
import hashlib
import random
from pathlib import Path

from benchmarks.real.mts import held_out_lines, load_records, sentence_spans
from emr_rerank.evidence.passage import titled
from training.record_groups import groups_of, whole, write
from training.records import ShortRecord, read_file
from training.texts import BANK, DATA

FOLDER = BANK / "notes"
RECORDS = FOLDER / "records.jsonl"
DIGEST = "passages.sha256"


def main() -> None:
    """Write the groups."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--rounds", type=int, default=4, help="groups a question, each drawn anew")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    files, chance = notes(DATA), random.Random(arguments.seed)
    measured = {records[-1].passages for records in files}
    trained = [record for records in files for record in records if record.passages not in measured]
    groups = [each for _ in range(arguments.rounds) for each in groups_of(trained, chance)]
    write(arguments.work / "groups.notes.jsonl", groups)
    held = [whole(records[-1], asked) for records in files for asked in records[-1].questions]
    write(arguments.work / "held.notes.jsonl", held)
    print(f"{len(trained)} records, {len(groups)} groups; held out {len(files)} records")


def notes(data: Path) -> list[list[ShortRecord]]:
    """The records of each file of questions.

    Raises:
        ValueError: a record has a line of the data set that measures, or the sentences are not those asked about.
    """
    if shared := held_out_lines() & held_out_lines(RECORDS):
        raise ValueError(f"{RECORDS.name}: lines {sorted(shared)} stand in the records that measure")
    known = passages(data)
    if digest(known) != (FOLDER / DIGEST).read_text().strip():
        raise ValueError(f"the sentences of {data} are not those that bank/notes asks about")
    return [read_file(file, known) for file in sorted(FOLDER.glob("*.txt"))]


def passages(data: Path) -> dict[str, list[str]]:
    """The passages of each record by its id, as `bank/notes` numbers them."""
    return {
        record.id: [
            titled((heading,), text[start:end])
            for heading, text in record.sections.items()
            for start, end in sentence_spans(text)
        ]
        for record in load_records(data, RECORDS)
    }


def digest(known: dict[str, list[str]]) -> str:
    """SHA-256 of all passages, in order."""
    return hashlib.sha256("\n".join(each for own in known.values() for each in own).encode()).hexdigest()


if __name__ == "__main__":
    main()
