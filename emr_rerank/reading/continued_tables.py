"""Tables as printed page by page → tables of the record: header row told from data, pages joined."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from emr_rerank.reading.labels import is_header, load_labels
from emr_rerank.reading.words import is_vertical
from emr_rerank.record import BBox, Page, PageTable
from emr_rerank.rules.captions import caption_words

_SAME_EDGE = 6.0


@dataclass(frozen=True)
class PrintedRow:
    """One row on one page."""

    cells: tuple[str, ...]
    box: BBox
    header: bool
    confidence: float | None = None


@dataclass(frozen=True)
class TablePart:
    """The rows of a table that stand on one page; `table` numbers the tables of the record."""

    table: int
    header: tuple[str, ...]
    rows: tuple[PrintedRow, ...]


@dataclass(slots=True)
class PrintedTable:
    """A table of the record while its rows are written to the text."""

    header: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    page: int = 0
    bbox: BBox = (0.0, 0.0, 0.0, 0.0)

    def see(self, page: int, box: BBox) -> None:
        """Widen the box by a row; the box is that of the page the table begins on."""
        if not self.page:
            self.page, self.bbox = page, box
        elif page == self.page:
            a, b = self.bbox, box
            self.bbox = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))


def table_parts(pages: Sequence[Page], overrides: Path | None = None) -> dict[tuple[int, int], TablePart]:
    """(page number, index of the table on its page) → its rows, and which table of the record they belong to."""
    parts: dict[tuple[int, int], TablePart] = {}
    count = 0
    open_part: tuple[TablePart, PageTable, int] | None = None
    for page in pages:
        for index, printed in enumerate(page.tables):
            rows = [_clean_row(row) for row in printed.rows]
            heads = _header_rows(rows, overrides)
            previous = open_part if index == 0 and _opens_page(page, printed, overrides) else None
            if previous and previous[2] == page.number - 1 and _same_columns(previous[1], printed, previous[0], rows):
                repeated = bool(rows) and rows[0] == previous[0].header
                heads, number, header = int(repeated), previous[0].table, previous[0].header
            else:
                number, header = count, rows[heads - 1] if heads else ()
                count += 1
            sure = printed.row_confidences or (None,) * len(rows)
            boxes = zip(rows, printed.row_boxes, sure, strict=True)
            printed_rows = tuple(PrintedRow(row, box, i < heads, s) for i, (row, box, s) in enumerate(boxes))
            part = TablePart(number, header, printed_rows)
            parts[(page.number, index)] = part
            open_part = (part, printed, page.number) if _closes_page(page, printed) else None
    return parts


def _clean_row(row: Sequence[str]) -> tuple[str, ...]:
    """Cells as they go into the text: one line each, wrapped Latin words with a space, Chinese without."""
    words = (re.sub(r"(?<=[\x21-\x7e])\s*\n\s*(?=[A-Za-z0-9(])", " ", cell) for cell in row)
    return tuple(re.sub(r"[\t\r\u00a0\u3000]", " ", re.sub(r"\s*\n\s*", "", cell)).strip() for cell in words)


def _header_rows(rows: Sequence[tuple[str, ...]], overrides: Path | None) -> int:
    """1 when the first row names the columns, else 0."""
    if len(rows) < 2:
        return 0
    first = rows[0]
    filled = sum(bool(cell.strip()) for cell in first)
    roles = [load_labels(overrides).role(cell) for cell in first]
    return int(is_header(roles, filled, ruled=True))


def _opens_page(page: Page, table: PageTable, overrides: Path | None) -> bool:
    """Whether nothing but a mark of continuation stands above the table."""
    marks = caption_words("continued", overrides)
    above = [line.text.strip() for line in page.lines if line.bbox[3] <= table.bbox[1] + 2 and not is_vertical(line)]
    return all(any(mark in text and len(text) <= len(mark) + 12 for mark in marks) for text in above)


def _closes_page(page: Page, table: PageTable) -> bool:
    below = (line for line in page.lines if line.bbox[1] >= table.bbox[3] - 2)
    return all(is_vertical(line) for line in below) and table is page.tables[-1]


def _same_columns(before: PageTable, after: PageTable, part: TablePart, rows: Sequence[tuple[str, ...]]) -> bool:
    if not rows or len(before.rows[0]) != len(after.rows[0]):
        return False
    if rows[0] == part.header:
        return True
    edges = zip((before.bbox[0], before.bbox[2]), (after.bbox[0], after.bbox[2]), strict=True)
    return all(abs(a - b) <= _SAME_EDGE for a, b in edges) or not before.ruled
