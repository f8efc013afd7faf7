"""Pages as the reader hands them over, set by hand: lines of one size at a left margin, tables with boxes."""

from collections.abc import Sequence

from emr_rerank.reading.pages import PagesRead
from emr_rerank.reading.paragraphs import display_width
from emr_rerank.record import Page, PageTable, PrintedLine

LEFT, TOP, STEP, SIZE = 60.0, 60.0, 17.0, 11.0
RIGHT = 522.0
"""Right margin: 84 half-width letters."""


def line(
    text: str, number: int, *, left: float = LEFT, confidence: float | None = None, size: float = SIZE
) -> PrintedLine:
    """The printed line number `number` of a page."""
    top = TOP + number * STEP
    right = left + display_width(text) * size / 2
    return PrintedLine(text=text, bbox=(left, top, right, top + size), size=size, confidence=confidence)


def table(rows: Sequence[Sequence[str]], number: int, *, ruled: bool = True) -> PageTable:
    """A table whose first row stands where line `number` would."""
    top = TOP + number * STEP
    boxes = tuple((LEFT, top + i * STEP, RIGHT, top + i * STEP + SIZE) for i in range(len(rows)))
    box = (LEFT, top, RIGHT, boxes[-1][3])
    return PageTable(bbox=box, rows=tuple(map(tuple, rows)), row_boxes=boxes, ruled=ruled)


def page(*texts: str, number: int = 1, tables: Sequence[PageTable] = (), running: Sequence[str] = ()) -> Page:
    """A page of lines; a text that begins with two full-width spaces is set in by two letters."""
    lines = []
    for place, text in enumerate(texts):
        if text:
            bare = text.lstrip("\u3000")
            lines.append(line(bare, place, left=LEFT + (len(text) - len(bare)) * SIZE))
    heads = tuple(line(text, -2 + i) for i, text in enumerate(running))
    return Page(number=number, width=595.0, height=842.0, lines=tuple(lines), tables=tuple(tables), running=heads)


def read(*pages: Page) -> PagesRead:
    """What the page reader returns for these pages."""
    return PagesRead(pages=pages, sha256="0" * 64)


def wrapped(text: str, width: int = 84, indent: int = 4) -> list[str]:
    """A paragraph as printed: first line set in, the others at the margin, broken at `width` half-width letters."""
    out, current, room = [], "", width - indent
    for letter in text:
        if display_width(current + letter) > room:
            out.append(current)
            current, room = "", width
        current += letter
    lines = [*out, current]
    return ["\u3000\u3000" + lines[0], *lines[1:]]
