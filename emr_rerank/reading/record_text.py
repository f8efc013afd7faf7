"""Pages → the record's text: logical lines joined over printed lines and pages, each with its places on paper."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from emr_rerank.reading.continued_tables import PrintedTable, TablePart, table_parts
from emr_rerank.reading.margins import Margins, all_margins, right_edge
from emr_rerank.record import Page, Place, PrintedLine

_SPACE = re.compile(r"&nbsp;|[\u00a0\u3000\t\r\n\u2000-\u200b]")
_LIST_ITEM = re.compile(
    r"^(?:[（(]?\d{1,2}\s*[、.．)）](?!\d)|[①-⑳]|[（(][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}[、.．]"
    r"|[-•●○■□◆▪*·]\s)"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_LABEL_RUN = re.compile(r"^\S{1,10}[:：]\S*(?:\s{2,}\S{1,10}[:：]\S*)+")


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


@dataclass(slots=True)
class RecordText:
    """The text of a record, its lines and where they stand on paper."""

    text: str = ""
    lines: list[LogicalLine] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    tables: list[PrintedTable] = field(default_factory=list)


def assemble(pages: Sequence[Page], opens_block: Callable[[str], bool], overrides: Path | None = None) -> RecordText:
    """Join the printed lines and table rows of all pages.

    Args:
        opens_block: whether a printed line is a heading or begins with one, so that it never continues a paragraph.
    """
    out = RecordText()
    pieces: list[str] = []
    paragraph: list[tuple[Page, PrintedLine, Margins]] = []
    length = 0

    def flush() -> None:
        nonlocal length
        if paragraph:
            length = _write_paragraph(out, pieces, length, paragraph)
            paragraph.clear()

    parts = table_parts(pages, overrides)
    out.tables = [PrintedTable(header=head) for head in _headers(parts)]
    for page, margins in zip(pages, all_margins(pages), strict=True):
        for item in _in_order(page):
            if isinstance(item, int):
                flush()
                length = _write_rows(out, pieces, length, page, margins, parts[(page.number, item)])
                continue
            line = item.model_copy(update={"text": _clean(item.text)})
            if not line.text:
                continue
            if paragraph and not _continues(paragraph, (page, line, margins), opens_block):
                flush()
            paragraph.append((page, line, margins))
    flush()
    out.text = "".join(pieces)
    _mark_page_tops(out.lines)
    return out


def display_width(text: str) -> int:
    """Width in half-width columns: 2 for a Chinese or other wide letter, 1 for the rest."""
    return len(text) if text.isascii() else sum(map(_letter_width, text))


@lru_cache(maxsize=16384)
def _letter_width(letter: str) -> int:
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


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
        middle = (line.bbox[1] + line.bbox[3]) / 2
        while waiting and page.tables[waiting[0]].bbox[1] <= middle:
            yield waiting.pop(0)
        yield line
    yield from waiting


def _continues(
    paragraph: Sequence[tuple[Page, PrintedLine, Margins]],
    after: tuple[Page, PrintedLine, Margins],
    opens_block: Callable[[str], bool],
) -> bool:
    """Whether a printed line goes on with the paragraph before it."""
    page, line, margins = after
    last_page, last, last_margins = paragraph[-1]
    if _LABEL_RUN.match(line.text):
        return False
    if not _hangs_out(paragraph, line, margins):
        if _LIST_ITEM.match(line.text) and not _broken_number(last.text, line.text):
            return False
        if opens_block(line.text):
            return False
    elif opens_block(line.text) and not re.search(r"[，。；,;]", line.text):
        return False
    if _differs(last, line) or not _reaches_margin(last, line, last_margins):
        return False
    if page.number == last_page.number:
        step = line.bbox[1] - last.bbox[1]
        if step > 1.7 * margins.gap or step < 0:
            return False
    return not _indented(paragraph, line, margins)


def _hangs_out(paragraph: Sequence[tuple[Page, PrintedLine, Margins]], line: PrintedLine, margins: Margins) -> bool:
    """Whether the paragraph began with a first-line indent and this line stands at the margin: it goes on.

    Then a heading or number at its start is one inside the running paragraph.
    """
    _, first, first_margins = paragraph[0]
    em = margins.size or 10.0
    return first.bbox[0] - first_margins.left >= line.bbox[0] - margins.left + 1.2 * em


def _broken_number(before: str, after: str) -> bool:
    """A decimal or list number cut at the line end (`血钾4` / `.2`, `12` / `.5`) is no list item."""
    return bool(re.search(r"\d[.．]?$|[第约≥≤<>＜＞]$", before)) and bool(re.match(r"\d+[.．)）]\d", after))


def _differs(last: PrintedLine, line: PrintedLine) -> bool:
    if last.size and line.size and abs(last.size - line.size) > 0.15 * max(last.size, line.size):
        return True
    return last.bold and not line.bold


def _reaches_margin(last: PrintedLine, line: PrintedLine, margins: Margins) -> bool:
    """Whether the first word of the next line would not have fitted behind the last one."""
    if re.search(r"[a-z]-$", last.text) and line.text[:1].islower():
        return True
    letter = (last.bbox[2] - last.bbox[0]) / max(1, display_width(last.text))
    word = re.match(r"[A-Za-z0-9.,%/+\-]+|.[，。、；：！？）】”’]*", line.text)
    needed: float = display_width(word.group()) + (1 if word.group().isascii() else 0) if word else 2
    if word and word.group().isascii():
        needed *= 1.15  # proportional letters differ from the line's mean
    slack = 2.5 if display_width(line.text[:1]) == 2 else 1.5
    return right_edge(last) + (needed + slack) * letter >= margins.right


def _indented(paragraph: Sequence[tuple[Page, PrintedLine, Margins]], line: PrintedLine, margins: Margins) -> bool:
    """Whether the line is set in as a new paragraph is: further than the line before, and not a hanging item."""
    _, last, last_margins = paragraph[-1]
    inset, last_inset = line.bbox[0] - margins.left, last.bbox[0] - last_margins.left
    em = margins.size or 10.0
    if inset <= last_inset + 0.8 * em:
        return False
    hanging = len(paragraph) == 1 and (_LIST_ITEM.match(last.text) or re.match(r"^\S{1,12}[:：]", last.text))
    return not (hanging and inset - last_inset < 8 * em)


def _write_paragraph(
    out: RecordText, pieces: list[str], length: int, paragraph: Sequence[tuple[Page, PrintedLine, Margins]]
) -> int:
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
        out.places.append(Place(start=start, end=end, page=page.number, bbox=row.box))
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
