"""Short whole records written for training, each with questions about it: `bank/records/*.txt`.

    python -m training.records FILE...     checks files and counts what they hold

A record begins with `=== language | what it is`; then its sentences, numbered from 1, as a reranker reads them
(`3 入院记录 › 现病史 | …`, in the shape of `passage`); then its questions: `Q text = 4 7` names the sentences that each
prove the answer, `= 0` says that none does, `~ 9` after that names sentences about which two readers could differ: they
are neither proof nor negative.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "bank" / "records"
_SENTENCE = re.compile(r"(?P<number>\d+) (?P<passage>.+)")
_QUESTION = re.compile(r"Q (?P<text>.+?) = (?P<proofs>\d+(?: \d+)*)(?: ~ (?P<doubtful>\d+(?: \d+)*))?")


@dataclass(frozen=True)
class Asked:
    """A question, the places of the sentences that prove its answer, and of those left out of account."""

    text: str
    proofs: tuple[int, ...]
    doubtful: tuple[int, ...]


@dataclass(frozen=True)
class ShortRecord:
    """A record's passages, in order, and its questions. `name`: its file and title."""

    name: str
    passages: tuple[str, ...]
    questions: tuple[Asked, ...]


def read_file(file: Path, known: Mapping[str, Sequence[str]] | None = None) -> list[ShortRecord]:
    """The records of a file.

    Args:
        known: passages of records that the file names and does not print.

    Raises:
        ValueError: a line is none of the three kinds, a number is out of place; says the file and the line.
    """
    records: list[tuple[str, list[str], list[Asked]]] = []
    for place, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        where = f"{file.name}:{place}"
        line = line.strip()
        if not line:
            continue
        if line.startswith("==="):
            title = line.strip("= ")
            records.append((f"{file.stem}: {title}", [*(known or {}).get(title, ())], []))
            continue
        if not records:
            raise ValueError(f"{where}: a record begins with ===")
        _, passages, questions = records[-1]
        if found := _QUESTION.fullmatch(line):
            questions.append(_asked(found, len(passages), where))
        elif found := _SENTENCE.fullmatch(line):
            if questions or int(found["number"]) != len(passages) + 1:
                raise ValueError(f"{where}: sentence {found['number']} is out of place")
            passages.append(found["passage"])
        else:
            raise ValueError(f"{where}: neither a sentence nor a question")
    return [ShortRecord(name, tuple(passages), tuple(questions)) for name, passages, questions in records]


def _asked(found: re.Match[str], sentences: int, where: str) -> Asked:
    proofs, doubtful = (tuple(int(number) for number in (found[key] or "").split()) for key in ("proofs", "doubtful"))
    if proofs == (0,):
        proofs = ()
    if not all(0 < number <= sentences for number in (*proofs, *doubtful)) or {*proofs} & {*doubtful}:
        raise ValueError(f"{where}: a number names no sentence, or is given twice")
    return Asked(found["text"], tuple(n - 1 for n in proofs), tuple(n - 1 for n in doubtful))


def main() -> None:
    files = [Path(name) for name in sys.argv[1:]] or sorted(FOLDER.glob("*.txt"))
    records = [record for file in files for record in read_file(file)]
    questions = [asked for record in records for asked in record.questions]
    empty = sum(not asked.proofs for asked in questions)
    length = sum(len(record.passages) for record in records)
    print(f"{len(records)} records, {length} sentences, {len(questions)} questions, {empty} without an answer")


if __name__ == "__main__":
    main()
