"""Prints the held-out short records of training/bank as a labelled data set for `emr-rerank eval`.

    python -m benchmarks.short_records FOLDER

Each record (the last of each file, never trained on) becomes a PDF with a JSON file beside it, in the form of
docs/evaluation.md: titles on lines of their own, the sentences below them as running text. Sentences about which two
readers could differ stand under "doubtful", by question id: `training.fit_embedded` leaves them out of account.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pypdfium2
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate

from benchmarks.real.dataset import stop
from benchmarks.real.export import seen
from benchmarks.real.looks import CHINESE
from emr_rerank.evidence.passage import PATH_MARK, split_passage
from training.records import FOLDER, Asked, ShortRecord, read_file

_ENDS = "。！？；.;!?"
"""Marks after which the next sentence may go on in the same line; what ends without one is a line of its own."""
_BODY = ParagraphStyle("body", fontName=CHINESE.font, fontSize=10.5, leading=17, wordWrap="CJK")
_SPACED = ParagraphStyle("spaced", parent=_BODY, wordWrap=None)
_HEADING = ParagraphStyle("heading", parent=_BODY, fontSize=12, leading=20, spaceBefore=6)
_TITLE = ParagraphStyle("title", parent=_BODY, fontSize=16, leading=26, alignment=TA_CENTER)


def main() -> int:
    """0 when written, 2 when the folder is not empty."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where PDFs and JSON files go")
    folder = parser.parse_args().folder
    if folder.exists() and any(folder.iterdir()):
        stop(f"{folder} is not empty.")
    asked = write(folder)
    print(f"{asked} questions about {len(list(folder.glob('*.pdf')))} records in {folder}")
    return 0


def write(folder: Path, records: Path = FOLDER) -> int:
    """Write the data set; gives the number of questions."""
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE.font))
    folder.mkdir(parents=True, exist_ok=True)
    asked = 0
    for file in sorted(records.glob("*.txt")):
        record = read_file(file)[-1]
        pdf = folder / f"{file.stem}.pdf"
        SimpleDocTemplate(str(pdf), pagesize=A4, invariant=1).build([*_story(record)])
        content = _content(record, file.stem, _pages(pdf))
        pdf.with_suffix(".json").write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        asked += len(record.questions)
    return asked


def _story(record: ShortRecord) -> Iterator[Paragraph]:
    style = _SPACED if all(passage.isascii() for passage in record.passages) else _BODY
    last: list[str] = []
    line = ""
    for passage in record.passages:
        path, text = split_passage(passage)
        titles = path.split(PATH_MARK) if path else []
        if line and (titles != last or line[-1] not in _ENDS):
            yield Paragraph(escape(line), style)
            line = ""
        yield from _headings(titles, last)
        last = titles
        line += (" " if line and style is _SPACED else "") + text
    yield Paragraph(escape(line), style)


def _headings(titles: list[str], last: list[str]) -> Iterator[Paragraph]:
    """The titles that are new, a document's larger than a section's."""
    if titles == last:
        return
    same = next((depth for depth, title in enumerate(titles[:-1]) if last[depth : depth + 1] != [title]), None)
    for depth in range(len(titles) - 1 if same is None else same, len(titles)):
        yield Paragraph(escape(titles[depth]), _TITLE if depth == 0 and len(titles) > 1 else _HEADING)


def _pages(pdf: Path) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [seen(page.get_textpage().get_text_range()) for page in document]


def _content(record: ShortRecord, name: str, pages: list[str]) -> dict[str, Any]:
    ids = {asked: f"{name}-{number:02}" for number, asked in enumerate(record.questions, start=1)}
    texts = [split_passage(passage)[1] for passage in record.passages]
    return {
        "record": name,
        "questions": [_question(asked, identifier, texts, pages) for asked, identifier in ids.items()],
        "doubtful": {
            identifier: [texts[place] for place in asked.doubtful]
            for asked, identifier in ids.items()
            if asked.doubtful
        },
    }


def _question(asked: Asked, identifier: str, texts: list[str], pages: list[str]) -> dict[str, Any]:
    return {
        "id": identifier,
        "question": asked.text,
        "kind": "english" if asked.text.isascii() else "chinese",
        "status": "answered" if asked.proofs else "insufficient_evidence",
        "evidence": [
            {"text": texts[place], "page": page} for place in asked.proofs for page in _found(texts[place], pages)
        ],
    }


def _found(text: str, pages: list[str]) -> list[int]:
    """The pages, from 1, that the sentence stands on; over a page break those of its ends."""
    whole = seen(text)
    on = [number for number, page in enumerate(pages, start=1) if whole in page]
    ends = (whole[:6], whole[-6:])
    return on or [number for number, page in enumerate(pages, start=1) if any(end in page for end in ends)] or [1]


if __name__ == "__main__":
    raise SystemExit(main())
