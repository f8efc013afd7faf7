"""Groups from the short records of bank/records: a question, its proofs, and other sentences of the same record.

    python -m training.record_groups WORK [--rounds 2] [--seed 7] [--files PATTERN --out NAME]

Writes WORK/groups.records.jsonl, or groups.NAME.jsonl of the files that match. The last record of each file is held
out: nothing of it is trained on, `training.measure` measures on WORK/held.NAME.jsonl, and `training.fit_embedded` fits
the mix on it.
"""

import argparse
import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from emr_rerank.evidence.glossed import glossed
from emr_rerank.evidence.passage import PATH_MARK, split_passage, titled
from emr_rerank.evidence.record_index import told_before
from emr_rerank.evidence.terms import is_chinese, lexicon
from emr_rerank.record import Sentence
from training.records import FOLDER, Asked, ShortRecord, read_file

MOST_POSITIVES = 3
NO_PATH, LAST_TITLE = 0.1, 0.15
"""Shares of the groups whose passages lose their titles, or all but the last: hospitals title differently."""
IN_CONTEXT = 0.7
"""Share of the groups whose sentences are read with the clause that they go on from, as the program reads them."""
MARK_CHANGED = 0.3
"""Share of the questions that lose or gain their question mark."""
GLOSSED = 0.5
"""Share of the questions in the other language than the record that are read with their glosses, as they are beside
those without when the program answers (`emr_rerank.evidence.glossed`)."""


def main() -> None:
    """Write the groups."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument(
        "--rounds", type=int, default=2, help="groups a question, each with titles and proofs drawn anew"
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--files", default="*.txt", help="the files of bank/records to make groups of")
    parser.add_argument("--out", default="records")
    arguments = parser.parse_args()
    trained, held = split(FOLDER, arguments.files)
    chance = random.Random(arguments.seed)
    groups = [each for _ in range(arguments.rounds) for each in groups_of(trained, chance)]
    write(arguments.work / f"groups.{arguments.out}.jsonl", groups)
    measured = [whole(record, asked) for record in held for asked in record.questions]
    write(arguments.work / f"held.{arguments.out}.jsonl", measured)
    print(f"{len(trained)} records, {len(groups)} groups; held out {len(held)} records")


def write(file: Path, groups: Iterable[dict[str, Any]]) -> None:
    """One group a line."""
    lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in groups)
    file.write_text(lines, encoding="utf-8")


def split(folder: Path, pattern: str = "*.txt") -> tuple[list[ShortRecord], list[ShortRecord]]:
    """The records that are trained on, and those held out."""
    files = [read_file(file) for file in sorted(folder.glob(pattern))]
    return [record for records in files for record in records[:-1]], [records[-1] for records in files]


def groups_of(records: Sequence[ShortRecord], chance: random.Random) -> Iterator[dict[str, Any]]:
    """One group of every question."""
    return (group(record, asked, chance) for record in records for asked in record.questions)


def group(record: ShortRecord, asked: Asked, chance: random.Random) -> dict[str, Any]:
    """One group: at most MOST_POSITIVES proofs, and all of the record's other sentences."""
    shown = _shown(record, chance)
    proofs, rest = proofs_and_rest(shown, asked)
    return {
        "intent": "records",
        "question": _glossed(_marked_otherwise(asked.text, chance), record, chance),
        "positives": chance.sample(proofs, min(len(proofs), MOST_POSITIVES)),
        "negatives": rest,
    }


def whole(record: ShortRecord, asked: Asked) -> dict[str, Any]:
    """A question as it is, with all of its proofs and all other sentences, as the program reads them."""
    proofs, rest = proofs_and_rest(in_context(record.passages, clauses(record)), asked)
    return {"intent": "records", "question": asked.text, "positives": proofs, "negatives": rest}


def proofs_and_rest(passages: Sequence[str], asked: Asked) -> tuple[list[str], list[str]]:
    """The sentences that prove the answer, and all others but the doubtful ones."""
    other = {*asked.proofs, *asked.doubtful}
    rest = [passage for place, passage in enumerate(passages) if place not in other]
    return [passages[place] for place in asked.proofs], rest


@cache
def clauses(record: ShortRecord) -> dict[int, str]:
    """For sentences that go on from an earlier one, its clause that says of what (`RecordIndex.contexts`)."""
    words, sentences = lexicon(None), []
    for place, passage in enumerate(record.passages):
        path, text = split_passage(passage)
        titles = tuple(path.split(PATH_MARK))
        sentences.append(Sentence.model_construct(index=place, text=text, section_path=titles, row=None))
    _, told = told_before(sentences, [words.terms(each.text) for each in sentences], words)
    return told


def in_context(passages: Sequence[str], told: Mapping[int, str]) -> list[str]:
    """The passages, each with the clause that it goes on from below its titles."""
    return [
        titled((path, told.get(place, "")), text)
        for place, (path, text) in enumerate(split_passage(passage) for passage in passages)
    ]


def _shown(record: ShortRecord, chance: random.Random) -> list[str]:
    passages = [*map(_titles(chance), record.passages)]
    return in_context(passages, clauses(record)) if chance.random() < IN_CONTEXT else passages


def _titles(chance: random.Random) -> Callable[[str], str]:
    """How the passages of a group are titled: as they are, by their last title, or not at all."""
    drawn = chance.random()
    if drawn < NO_PATH:
        return lambda passage: split_passage(passage)[1]
    if drawn < NO_PATH + LAST_TITLE:
        return _last_title
    return lambda passage: passage


def _last_title(passage: str) -> str:
    path, text = split_passage(passage)
    return titled(path.split(PATH_MARK)[-1:], text)


def _glossed(question: str, record: ShortRecord, chance: random.Random) -> str:
    if chance.random() >= GLOSSED:
        return question
    return glossed(question, chinese=is_chinese(" ".join(record.passages)))


def _marked_otherwise(question: str, chance: random.Random) -> str:
    if chance.random() >= MARK_CHANGED:
        return question
    bare = question.rstrip("?？ ")
    return bare if bare != question else question + ("？" if not question.isascii() else "?")


if __name__ == "__main__":
    main()
