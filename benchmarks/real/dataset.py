"""The real records and the questions about them; the records stay outside the repository."""

import hashlib
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Literal, NoReturn

from pydantic import BaseModel, ConfigDict

DATA_FILE = "ccks2017_dev.jsonl"
QUESTIONS = Path(__file__).with_name("questions.jsonl")
PRINTED_CODES = {
    "一般项目": "demographics",
    "病史特点": "case_features",
    "诊疗经过": "hospital_course",
    "出院情况": "discharge_condition",
}
"""The printed parts in their order, with the codes of their sections."""
PARTS = tuple(PRINTED_CODES)

Status = Literal["answered", "insufficient_evidence", "conflicting"]

_SENTENCE_END = re.compile(r"[。！？!?；;\n]+")
# An inline item number opens a new statement: `2.既往体健`, `3、查体`, or bare before a known heading (`2既往体健`).
# A digit, point, Latin letter or vertebra before it, or a digit or unit after it, makes it part of a value (`T36.5`,
# `腰5、`).
_ITEM_START = re.compile(
    r"(?<![\d.:：/\-*^（(第腰胸骶颈A-Za-z])\d{1,2}\s*"
    r"(?:[.、．)）]\s*(?![\da-z])|[，,]?\s*(?=患者|患儿|既往|缘于|入院查体|查体|专科|辅助检查))"
)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RealRecord(_Frozen):
    """A record: its id and the text of its printed parts by heading, in print order."""

    id: str
    sections: dict[str, str]

    @property
    def sha256(self) -> str:
        """Hash that ties a question to the exact text its offsets were written for (see README)."""
        dumped = json.dumps(self.sections, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(dumped.encode("utf-8")).hexdigest()


class Gold(_Frozen):
    """A sentence that proves the answer: half-open character offsets into one part."""

    part: str
    start: int
    end: int

    def slice(self, record: RealRecord) -> str:
        """The sentence itself; printed to a terminal at most, never written to a file."""
        return record.sections[self.part][self.start : self.end]


class RealQuestion(_Frozen):
    """A question written by hand, with the sentences that answer it (none when the record does not)."""

    id: str
    record: str
    sha256: str
    question: str
    kind: str
    status: Status
    gold: tuple[Gold, ...]


def data_folder(given: Path | None) -> Path:
    """The folder given, else $EMR_RERANK_DATA, else ../shared/data beside the repository."""
    if given is not None:
        return given
    from_environment = os.environ.get("EMR_RERANK_DATA")
    if from_environment:
        return Path(from_environment)
    return Path(__file__).resolve().parents[3] / "shared" / "data"


def load_records(folder: Path) -> tuple[RealRecord, ...]:
    """Every record of the data set; exits with code 2 and a plain message when it is not there."""
    path = folder / DATA_FILE
    if not path.is_file():
        stop(
            f"{DATA_FILE} is not in {folder}.\nThe real records are not part of this repository (see"
            " benchmarks/real/README.md). Pass --data FOLDER or set EMR_RERANK_DATA."
        )
    lines = path.read_text(encoding="utf-8").splitlines()
    raw = [json.loads(line) for line in lines if line.strip()]
    return tuple(RealRecord(id=item["id"], sections=item["sections"]) for item in raw)


def load_questions(path: Path = QUESTIONS) -> tuple[RealQuestion, ...]:
    """The committed questions, in file order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(RealQuestion.model_validate_json(line) for line in lines if line.strip())


def asked_record(question: RealQuestion, records: Mapping[str, RealRecord]) -> RealRecord:
    """The record of a question; stops when it is missing or has another text than the offsets were written for."""
    record = records.get(question.record)
    if record is None or record.sha256 != question.sha256:
        stop(f"{question.id} was written for another text of {question.record}; run benchmarks.real.check")
    return record


def half(questions: Sequence[RealQuestion], name: str | None) -> Sequence[RealQuestion]:
    """The odd numbers (development), the even ones (held-out), or all: no rule may be tuned on a held-out question."""
    if name is None:
        return questions
    return [question for question in questions if (int(question.id[-3:]) % 2 == 1) == (name == "development")]


def spread(questions: Sequence[RealQuestion], most: int | None) -> Sequence[RealQuestion]:
    """At most so many questions, taken at even steps; all of them when no limit is given."""
    if most is None or most >= len(questions):
        return questions
    return [questions[index * len(questions) // most] for index in range(most)]


def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Half-open spans of the sentences of a part, without surrounding white space.

    A sentence ends after 。！？；, their ASCII forms or a line break, and before an inline item number.
    """
    cuts = {0, len(text)}
    cuts.update(match.end() for match in _SENTENCE_END.finditer(text))
    cuts.update(match.start() for match in _ITEM_START.finditer(text))
    ordered = sorted(cuts)
    spans = (trim(text, start, end) for start, end in pairwise(ordered))
    return tuple(span for span in spans if span[0] < span[1])


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the white space at its ends."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def by_id(records: tuple[RealRecord, ...]) -> Mapping[str, RealRecord]:
    """Records by id."""
    return {record.id: record for record in records}


def stop(message: str) -> NoReturn:
    """Bad usage: say why on stderr and leave with exit code 2."""
    print(message, file=sys.stderr)
    raise SystemExit(2)
