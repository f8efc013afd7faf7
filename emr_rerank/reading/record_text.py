"""Pages → the record's text: logical lines joined over printed lines and pages, each with its places on paper."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from emr_rerank.reading.continued_tables import PrintedTable, TablePart, table_parts
from emr_rerank.reading.margins import Margins, all_margins, is_centred
from emr_rerank.reading.paragraphs import Blocks, Printed, continues
from emr_rerank.reading.words import is_vertical
from emr_rerank.record import Page, Place, PrintedLine

_SPACE = re.compile(r"&nbsp;|[\u00a0\u3000\t\r\n\u2000-\u200b]")
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(slots=True)
class LogicalLine:
    """One paragraph, list item, heading or table row: `text[start:end]` of the record, without its newline."""

    start: int
    end: int
    page: int
    kind: str = "text"
    "text, row (of data) or header (row)"
    table: int | None = None
    row: int | None = None
    left: float = 0.0
    "where it begins between the margins of its page: 0 left, 1 right"
    tops_page: bool = False
    size: float = 0.0
    "its letters against the usual size of its page; 0 when unknown"
    centred: bool = False
    "one line, bold, as far from the left margin as from the right"


@dataclass(slots=True)
class RecordText:
    """The text of a record, its lines and where they stand on paper."""

    text: str = ""
    lines: list[LogicalLine] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    tables: list[PrintedTable] = field(default_factory=list)


def assemble(pages: Sequence[Page], blocks: Blocks, overrides: Path | None = None) -> RecordText:
    """Join the printed lines and table rows of all pages.

    Args:
        blocks: tells which printed lines are headings or begin with one.
    """
    out = RecordText()
    pieces: list[str] = []
    paragraph: list[Printed] = []
    length = 0

    notes: list[Printed] = []  # beside the text: they wait until the paragraph ends

    def flush() -> None:
        nonlocal length
        if paragraph:
            length = _write_paragraph(out, pieces, length, paragraph)
            paragraph.clear()
        for note in notes:
            length = _write_paragraph(out, pieces, length, [note])
        notes.clear()

    parts = table_parts(pages, overrides)
    out.tables = [PrintedTable(header=head) for head in _headers(parts)]
    for page, margins in zip(pages, all_margins(pages), strict=True):
        for item in _in_order(page):
            if isinstance(item, int):
                flush()
                length = _write_rows(out, pieces, length, page, margins, parts[(page.number, item)])
                continue
            text = _clean(item.text)
            if not text:
                continue
            line = item if text == item.text else item.model_copy(update={"text": text})
            if is_vertical(line):
                notes.append((page, line, margins))
                if not paragraph:
                    flush()
                continue
            if paragraph and not continues(paragraph, (page, line, margins), blocks):
                flush()
            paragraph.append((page, line, margins))
    flush()
    out.text = "".join(pieces)
    _mark_page_tops(out.lines)
    return out


def _headers(parts: dict[tuple[int, int], TablePart]) -> list[tuple[str, ...]]:
    heads: dict[int, tuple[str, ...]] = {}
    for part in parts.values():
        heads.setdefault(part.table, part.header)
    return [heads[index] for index in sorted(heads)]


def _clean(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _in_order(page: Page) -> Iterator[PrintedLine | int]:
    """Lines and table numbers of a page from top to bottom; lines keep the order in which they were read."""
    waiting = list(range(len(page.tables)))
    for line in page.lines:
        if is_vertical(line):
            yield line
            continue
        middle = (line.bbox[1] + line.bbox[3]) / 2
        while waiting and page.tables[waiting[0]].bbox[1] <= middle:
            yield waiting.pop(0)
        yield line
    yield from waiting


def _write_paragraph(out: RecordText, pieces: list[str], length: int, paragraph: Sequence[Printed]) -> int:
    page, first, margins = paragraph[0]
    start = length
    text = ""
    for line_page, line, _ in paragraph:
        text = _glue(text, line.text)
        begin = start + len(text) - len(line.text)
        out.places.append(
            Place(start=begin, end=start + len(text), page=line_page.number, bbox=line.bbox, confidence=line.confidence)
        )
    _unhyphenate(out.places[-len(paragraph) :], out.places)
    pieces.append(text + "\n")
    width = max(1.0, margins.right - margins.left)
    out.lines.append(
        LogicalLine(
            start,
            start + len(text),
            page.number,
            left=(first.bbox[0] - margins.left) / width,
            size=first.size / margins.size if margins.size else 0.0,
            centred=len(paragraph) == 1 and first.bold and is_centred(first, margins),
        )
    )
    return start + len(text) + 1


def _glue(before: str, after: str) -> str:
    """Chinese joins without a space, English with one; a hyphen that a line end put in goes."""
    if not before:
        return after
    if re.search(r"[a-z]-$", before) and re.match(r"[a-z]", after):
        return before[:-1] + after
    if _HAN.search(before[-40:]) or _HAN.search(after[:40]):
        spaced = bool(re.search(r"[A-Za-z]$", before) and re.match(r"[A-Za-z]", after))
        spaced |= bool(re.search(r"\d[-/.]\d{1,2}$", before) and re.match(r"\d{1,2}[:：]\d{2}", after))
    else:
        spaced = not before.endswith(("-", "/"))
    return f"{before} {after}" if spaced else before + after


def _unhyphenate(written: Sequence[Place], places: list[Place]) -> None:
    """Places overlap by the one letter that an undone hyphen took; cut the earlier one."""
    offset = len(places) - len(written)
    for index, (one, other) in enumerate(pairwise(written)):
        if one.end > other.start:
            places[offset + index] = one.model_copy(update={"end": other.start})


def _write_rows(out: RecordText, pieces: list[str], length: int, page: Page, margins: Margins, part: TablePart) -> int:
    for row in part.rows:
        text = "\t".join(row.cells)
        if not text.strip():
            continue
        start, end = length, length + len(text)
        pieces.append(text + "\n")
        out.places.append(Place(start=start, end=end, page=page.number, bbox=row.box, confidence=row.confidence))
        table = out.tables[part.table]
        line = LogicalLine(start, end, page.number, "header" if row.header else "row", part.table)
        if not row.header:
            line.row = len(table.rows)
            table.rows.append(row.cells)
            table.spans.append((start, end))
        table.see(page.number, row.box)
        line.left = (row.box[0] - margins.left) / max(1.0, margins.right - margins.left)
        out.lines.append(line)
        length = end + 1
    return length


def _mark_page_tops(lines: Sequence[LogicalLine]) -> None:
    page = 0
    for line in lines:
        line.tops_page = line.page != page
        page = line.page
