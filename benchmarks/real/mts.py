"""English records put together from MTS-Dialog sections, and how their sentences are told apart.

`mts_records.jsonl` says which lines of the data set stand under which heading of which record; the text stays outside
the repository. Data: Ben Abacha et al. 2023, "An Empirical Study of Clinical Note Generation from Doctor-Patient
Encounters", EACL, CC BY 4.0.
"""

import json
import re
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from benchmarks.real.dataset import RealRecord, stop, trim

DATA_FILE = "mts_dialog_sections.jsonl"
QUESTIONS = Path(__file__).with_name("mts_questions.jsonl")
RECORDS = Path(__file__).with_name("mts_records.jsonl")

# A full stop ends a sentence before white space and a capital, digit or quote, unless it belongs to a title, to an
# abbreviation before a name, or to an item number (`2.  Asthma`).
_SENTENCE_END = re.compile(
    r"(?:(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bvs)(?<!^\d)(?<![.;:?!\n]\s\d)(?<![.;:?!\n]\s\s\d)\.|[?!])"
    r"[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])|\n+"
)


class Composition(BaseModel):
    """Which lines of the data set (from 1) stand under which heading of a record; order is print order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    parts: dict[str, tuple[int, ...]]


def load_compositions(path: Path = RECORDS) -> tuple[Composition, ...]:
    """The committed compositions, in file order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(Composition.model_validate_json(line) for line in lines if line.strip())


def held_out_lines(path: Path = RECORDS) -> frozenset[int]:
    """Every line of the data set (from 1) that a record prints: nothing with this text may train a model."""
    return frozenset(
        line for composition in load_compositions(path) for lines in composition.parts.values() for line in lines
    )


def load_records(folder: Path, compositions: Path = RECORDS) -> tuple[RealRecord, ...]:
    """Every record put together; exits with code 2 and a plain message when the data set is not there."""
    path = folder / DATA_FILE
    if not path.is_file():
        stop(
            f"{DATA_FILE} is not in {folder}; see benchmarks/real/README.md. Pass --data FOLDER or set EMR_RERANK_DATA."
        )
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    return tuple(compose(composition, texts) for composition in load_compositions(compositions))


def compose(composition: Composition, texts: list[str]) -> RealRecord:
    """A record: under each heading its sections of the data set, each on a line of its own."""
    sections = {
        heading: "\n".join(texts[line - 1].strip() for line in lines) for heading, lines in composition.parts.items()
    }
    return RealRecord(id=composition.id, sections=sections)


def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Half-open spans of the English sentences of a part, without surrounding white space."""
    cuts = sorted({0, len(text), *(match.end() for match in _SENTENCE_END.finditer(text))})
    spans = (trim(text, start, end) for start, end in pairwise(cuts))
    return tuple(span for span in spans if span[0] < span[1])
