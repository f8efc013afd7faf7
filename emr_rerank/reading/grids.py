"""From a filled ruled grid to table rows: header found, groups split, prose given back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from emr_rerank.reading.cells import cell_text
from emr_rerank.reading.labels import Labels, group_starts, is_header
from emr_rerank.reading.ruled import Cell, Grid
from emr_rerank.reading.words import Word, row_box, visual_rows
from emr_rerank.record import BBox, PageTable
from emr_rerank.rules.tables import Role

_HEADER_WITHIN = 8
_PROSE_CHARACTERS = 200
# A short merged cell names every row that it covers; a long one is said once.
_MERGED_CHARACTERS = 40
_SAME_LEFT = 3.0
_VALUE = re.compile(r"^[<>≤≥＜＞+\-±]?\d|^[阴阳弱未][性检]|^[-+±]+$")


@dataclass(slots=True)
class GridRow:
    """One row of a table to be: cell texts by column, and its box."""

    cells: list[str]
    box: BBox
    words: list[Word]


@dataclass(frozen=True, slots=True)
class RuledHead:
    """The header of a ruled table that may go on overleaf: its cells, and where its columns begin."""

    cells: tuple[str, ...]
    lefts: tuple[float, ...]

    def fits(self, grid: Grid) -> bool:
        """Whether a grid has the same columns."""
        same = len(grid.lefts) == len(self.lefts)
        return same and all(abs(a - b) <= _SAME_LEFT for a, b in zip(grid.lefts, self.lefts, strict=True))


def tables_of_grid(
    grid: Grid, labels: Labels, above: RuledHead | None = None
) -> tuple[list[PageTable], list[Word], RuledHead | None]:
    """Tables of one grid, its words that are prose (framed notes, titles above the header), and its last header.

    `above` is the header that the page before ended with; rows that go on under it get it again.
    """
    rows = [row for number in range(len(grid.tops)) for row in _rows(grid, number)]
    tables: list[PageTable] = []
    prose: list[Word] = []
    stretch: list[GridRow] = []
    head = above if above is not None and above.fits(grid) else None
    for row in [*rows, None]:
        if row is not None and not _is_prose(row, grid):
            stretch.append(row)
            continue
        table, rest, head = _table(stretch, labels, grid, head)
        tables.extend([table] if table else [])
        prose.extend(rest)
        prose.extend(row.words if row else [])
        stretch = []
    return tables, prose, head


def _rows(grid: Grid, number: int) -> list[GridRow]:
    """The printed rows of one ruled row: one, or many where a ruled body holds unruled rows."""
    cells = [cell for cell in grid.by_row[number] if cell.words]
    if not cells:
        return []
    width = len(grid.lefts)
    lines = _lines_in(cells)
    if lines is None:
        texts = [""] * width
        for cell in cells:
            texts[cell.column] = cell_text(cell.words)
        for cell in grid.merged[number]:
            text = cell_text(cell.words) if cell.words else ""
            texts[cell.column] = text if len(text) <= _MERGED_CHARACTERS else ""
        top, bottom = min(cell.box[1] for cell in cells), max(cell.box[3] for cell in cells)
        left, right = grid.bbox[0], grid.bbox[2]
        words = [word for cell in cells for word in cell.words]
        return [GridRow(texts, (round(left, 2), round(top, 2), round(right, 2), round(bottom, 2)), words)]
    rows = []
    for line in lines:
        texts = [""] * width
        for cell in cells:
            inside = [word for word in line if any(word is own for own in cell.words)]
            texts[cell.column] = cell_text(inside) if inside else ""
        rows.append(GridRow(texts, row_box(line), line))
    return rows


def _lines_in(cells: Sequence[Cell]) -> list[list[Word]] | None:
    """Printed rows inside one ruled row, when its columns run in step and hold several values; else None."""
    if sum(len(cell.words) > 1 for cell in cells) < 2 or not any(_is_tall(cell) for cell in cells):
        return None
    counts = [len(visual_rows(cell.words)) for cell in cells]
    if sum(count >= 2 for count in counts) < 2:
        return None
    lines = visual_rows([word for cell in cells for word in cell.words])
    values = 0
    for cell, count in zip(cells, counts, strict=True):
        starts = [row[0].text for row in visual_rows(cell.words)]
        values += count >= max(2, 0.6 * len(lines)) and all(_VALUE.match(start) for start in starts)
    in_step = sum(count == len(lines) for count in counts)
    return lines if (values and in_step >= 2) or (in_step >= 3 and len(lines) >= 3) else None


def _is_tall(cell: Cell) -> bool:
    """Whether the words of a cell stand on more than one line."""
    return max(word.top for word in cell.words) > min(word.middle for word in cell.words)


def _is_prose(row: GridRow, grid: Grid) -> bool:
    filled = [text for text in row.cells if text]
    if len(filled) > 2:
        return False
    longest = max(len(text) for text in filled)
    if len(filled) == 2 or longest > _PROSE_CHARACTERS:
        return longest > _PROSE_CHARACTERS
    wide = max(word.x1 for word in row.words) - min(word.x0 for word in row.words)
    lines = len(visual_rows(row.words))
    return (lines >= 2 or longest > 60) and wide > 0.5 * (grid.bbox[2] - grid.bbox[0])


def _table(
    rows: list[GridRow], labels: Labels, grid: Grid, above: RuledHead | None
) -> tuple[PageTable | None, list[Word], RuledHead | None]:
    """The table that a stretch of rows makes, the words that are not in it, and the header it stands under."""
    head, roles = _header(rows, labels)
    outside = [word for row in rows[:head] for word in row.words]
    body = rows[head:]
    if not roles and above is not None and body:
        left, top, right, _ = body[0].box
        body = [GridRow(list(above.cells), (left, top, right, top), []), *body]
        roles = [labels.role(cell) for cell in above.cells]
    columns = [c for c in range(len(grid.lefts)) if any(row.cells[c] for row in body)]
    if len(body) < 2 or len(columns) < 2:
        return None, outside + [word for row in body for word in row.words], None
    starts = group_starts([roles[c] for c in columns]) if roles else [0]
    groups = [columns[a:b] for a, b in zip(starts, [*starts[1:], len(columns)], strict=True)]
    known = RuledHead(tuple(body[0].cells), tuple(grid.lefts)) if roles else None
    return split_groups([(row.cells, row.box) for row in body], groups, ruled=True), outside, known


def _header(rows: Sequence[GridRow], labels: Labels) -> tuple[int, list[Role | None]]:
    for index, row in enumerate(rows[:_HEADER_WITHIN]):
        roles = [labels.role(cell) for cell in row.cells]
        if is_header(roles, sum(bool(cell) for cell in row.cells), ruled=True):
            return index, roles
    return 0, []


def split_groups(
    rows: Sequence[tuple[Sequence[str], BBox]], groups: Sequence[Sequence[int]], *, ruled: bool
) -> PageTable:
    """A table of rows whose columns fall into groups side by side: one row a group, one header for all."""
    if len(groups) == 1:
        kept = tuple(groups[0])
        texts = [tuple(cells[column] for column in kept) for cells, _ in rows]
        return _page_table(texts, [box for _, box in rows], ruled=ruled)
    width = max(len(group) for group in groups)
    texts = []
    boxes: list[BBox] = []
    for number, (cells, box) in enumerate(rows):
        for place, group in enumerate(groups[:1] if number == 0 else groups):
            row = [cells[column] for column in group]
            if not any(row):
                continue
            texts.append(tuple(row + [""] * (width - len(row))))
            boxes.append(_share(box, place, len(groups)))
    return _page_table(texts, boxes, ruled=ruled)


def _page_table(texts: Sequence[tuple[str, ...]], boxes: Sequence[BBox], *, ruled: bool) -> PageTable:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    box = (min(lefts), min(tops), max(rights), max(bottoms))
    return PageTable(bbox=box, rows=tuple(texts), row_boxes=tuple(boxes), ruled=ruled)


def _share(box: BBox, place: int, groups: int) -> BBox:
    step = (box[2] - box[0]) / groups
    return (round(box[0] + place * step, 2), box[1], round(box[0] + (place + 1) * step, 2), box[3])
