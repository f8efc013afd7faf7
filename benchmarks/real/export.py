"""Writes the real questions as a labelled data set for `emr-rerank eval`, into a folder outside the repository.

    python -m benchmarks.real.export FOLDER [--data FOLDER] [--set ccks|mts-en] [--layout a|b]
                                            [--half development|held-out] [--limit N]

Each record that is asked is rendered as a PDF with a JSON file beside it, in the form of docs/evaluation.md. The page
of an expected sentence is found by laying the text that was printed against the text that pdfium finds on each page;
the program's own reader has no part in it. A sentence over a page break is expected on either page.
"""

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pypdfium2

from benchmarks.real.dataset import (
    PRINTED_CODES,
    Gold,
    RealQuestion,
    RealRecord,
    asked_record,
    by_id,
    data_folder,
    half,
    spread,
    stop,
)
from benchmarks.real.looks import CHINESE, Look
from benchmarks.real.render import LAYOUTS, refuse_inside_repository, render_all
from benchmarks.real.sets import DEFAULT, SETS

_UNSEEN = re.compile(r"[\s\x00-\x1f\ufffe\xad-]+")
"""White space, and the hyphens that pdfium changes at the end of a line."""


class PrintedRecord:
    """Where the text of a rendered record stands.

    Args:
        record: the text in its parts.
        pages: what is found on each page.
        title: printed above the first part.
        heading: how a heading prints, `{}` for its words.

    Raises:
        ValueError: the pages do not hold the record's text in its order.
    """

    def __init__(self, record: RealRecord, pages: Sequence[str], title: str, heading: str) -> None:
        self._record = record
        self._starts: dict[str, int] = {}
        text = seen(title)
        for part, body in record.sections.items():
            text += seen(heading.format(part))
            self._starts[part] = len(text)
            text += seen(body)
        self._ends = page_ends(text, [seen(page) for page in pages])

    def pages(self, gold: Gold) -> list[int]:
        """The pages, from 1, that a sentence stands on."""
        body = self._record.sections[gold.part]
        start = self._starts[gold.part] + len(seen(body[: gold.start]))
        end = start + len(seen(gold.slice(self._record)))
        begins = [0, *self._ends]
        return [number for number, last in enumerate(self._ends, start=1) if start < last and begins[number - 1] < end]


def seen(text: str) -> str:
    """The characters that are compared."""
    return _UNSEEN.sub("", text)


def page_ends(text: str, pages: Sequence[str]) -> list[int]:
    """For each page the offset into the text at which it ends; each page holds one run of the text.

    Raises:
        ValueError: the pages do not hold the whole text in order.
    """
    ends: list[int] = []
    start = 0
    for page in pages:
        low, high = start, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if text[start:middle] in page else (low, middle - 1)
        ends.append(low)
        start = low
    if start < len(text):
        raise ValueError(f"the pages end at character {start} of {len(text)}")
    return ends


def expectation(question: RealQuestion, printed: PrintedRecord, record: RealRecord) -> dict[str, Any]:
    """A question in the form of docs/evaluation.md."""
    return {
        "id": question.id,
        "question": question.question,
        "kind": question.kind,
        "status": question.status,
        "evidence": [
            {
                "text": gold.slice(record).replace("&nbsp;", " "),  # as it is read
                "page": page,
                "section_code": PRINTED_CODES.get(gold.part),  # English headings have no code of their own
            }
            for gold in question.gold
            for page in printed.pages(gold)
        ],
    }


def export(
    questions: Sequence[RealQuestion],
    records: Mapping[str, RealRecord],
    layout: str,
    folder: Path,
    look: Look = CHINESE,
) -> Sequence[str]:
    """Write the data set; gives the ids of the records.

    Raises:
        ValueError: the rendered pages do not hold a record's text.
    """
    asked: dict[str, list[RealQuestion]] = {}
    for question in questions:
        asked.setdefault(asked_record(question, records).id, []).append(question)
    pdfs = render_all(tuple(records[name] for name in asked), layout, folder, look)
    heading = look.form_heading if layout == "b" else "{}"
    for name, group in asked.items():
        printed = PrintedRecord(records[name], _page_texts(pdfs[name]), look.title, heading)
        content = {"record": name, "questions": [expectation(question, printed, records[name]) for question in group]}
        file = folder / f"{name}.json"
        file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return tuple(asked)


def _page_texts(pdf: Path) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def main() -> int:
    """0 when written, 2 when the records are missing or the folder lies inside the repository."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where PDFs and JSON files go; outside the repository")
    parser.add_argument("--data", type=Path, help="folder of the records (default: $EMR_RERANK_DATA, ../shared/data)")
    parser.add_argument("--set", choices=SETS, default=DEFAULT, help="which questions")
    parser.add_argument("--layout", choices=LAYOUTS, default="a", help="a: headings on own lines; b: framed form")
    parser.add_argument("--half", choices=("development", "held-out"), help="only that half of the questions")
    parser.add_argument("--limit", type=int, help="only N questions, spread over the records")
    arguments = parser.parse_args()
    refuse_inside_repository(arguments.folder)
    if arguments.folder.exists() and any(arguments.folder.iterdir()):
        stop(f"{arguments.folder} is not empty; files left from another half would be asked too.")
    chosen = SETS[arguments.set]
    records = by_id(chosen.records(data_folder(arguments.data)))
    questions = spread(half(chosen.load_questions(), arguments.half), arguments.limit)
    written = export(questions, records, arguments.layout, arguments.folder, chosen.look)
    print(f"{len(questions)} questions about {len(written)} records in {arguments.folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
