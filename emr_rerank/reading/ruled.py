"""Ruled tables: cells from ruling lines, with the edge and cell functions of pdfplumber.table.

Those follow Anssi Nurminen, Algorithmic Extraction of Data in Tables in PDF Documents (Tampere 2013). Here they get
lines that pdfium found, and only where at least three horizontal and three vertical rules can make a table.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from emr_rerank.reading.cells import split_word
from emr_rerank.reading.rawpage import Edge
from emr_rerank.reading.rules_crossing import merged_rules, tables_between
from emr_rerank.reading.words import Word
from emr_rerank.record import BBox

_MIN_RULES = 3
# A page with more rules is graph paper (ECG, growth chart); no table has as many, and cells cost the square of them.
_MAX_RULES = 400


@dataclass(slots=True)
class Cell:
    """A cell of a grid: where it starts, its box and its words."""

    row: int
    column: int
    box: BBox
    words: list[Word] = field(default_factory=list)


@dataclass(slots=True)
class Grid:
    """A ruled grid: left edges of its columns, top edges of its rows, and its cells (merged ones cover several).

    `by_row` holds the cells that start in a row, from left to right; `merged` those that reach into it from above.
    """

    bbox: BBox
    lefts: list[float]
    tops: list[float]
    cells: list[Cell]
    places: dict[tuple[int, int], Cell] = field(init=False)
    by_row: list[list[Cell]] = field(init=False)
    merged: list[list[Cell]] = field(init=False)

    def __post_init__(self) -> None:
        self.places = {(cell.row, cell.column): cell for cell in self.cells}
        self.by_row = [[] for _ in self.tops]
        self.merged = [[] for _ in self.tops]
        for cell in self.cells:
            self.by_row[cell.row].append(cell)
            for row in range(cell.row + 1, bisect_left(self.tops, cell.box[3] - 1)):
                self.merged[row].append(cell)


def find_grids(edges: Sequence[Edge]) -> list[Grid]:
    """Grids of at least 2 × 2 cells, from top to bottom, without their words."""
    if len(edges) < 2 * _MIN_RULES:
        return []
    across = merged_rules((edge.top, edge.x0, edge.x1) for edge in edges if edge.orientation == "h")
    down = merged_rules((edge.x0, edge.top, edge.bottom) for edge in edges if edge.orientation == "v")
    if min(len(across), len(down)) < _MIN_RULES or len(across) + len(down) > _MAX_RULES:
        return []
    return [grid for group in tables_between(across, down) if (grid := _grid(group)) is not None]


def fill_grid(grid: Grid, words: Sequence[Word]) -> list[Word]:
    """Put words into the cells that hold their middle; give back the words outside the grid."""
    outside = []
    borders = sorted({cell.box[0] for cell in grid.cells} | {cell.box[2] for cell in grid.cells})
    for word in words:
        if not _holds(grid.bbox, (word.x0 + word.x1) / 2, word.middle):
            outside.append(word)
            continue
        cell = _cell_at(grid, (word.x0 + word.x1) / 2, word.middle)
        inside = cell is not None and cell.box[0] - 1 <= word.x0 and word.x1 <= cell.box[2] + 1
        for part in [word] if inside else split_word(word, borders):
            cell = _cell_at(grid, (part.x0 + part.x1) / 2, part.middle)
            if cell is None:
                outside.append(part)
            else:
                cell.words.append(part)
    return outside


def _grid(boxes: list[BBox]) -> Grid | None:
    lefts = sorted({box[0] for box in boxes})
    tops = sorted({box[1] for box in boxes})
    if len(lefts) < _MIN_RULES - 1 or len(tops) < _MIN_RULES - 1:
        return None
    bbox = (lefts[0], tops[0], max(box[2] for box in boxes), max(box[3] for box in boxes))
    cells = [Cell(bisect_right(tops, box[1]) - 1, bisect_right(lefts, box[0]) - 1, box) for box in boxes]
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return Grid(bbox, lefts, tops, cells)


def _holds(box: BBox, x: float, y: float) -> bool:
    return box[0] <= x < box[2] and box[1] <= y < box[3]


def _cell_at(grid: Grid, x: float, y: float) -> Cell | None:
    cell = grid.places.get((bisect_right(grid.tops, y) - 1, bisect_right(grid.lefts, x) - 1))
    if cell is not None and _holds(cell.box, x, y):
        return cell
    return next((merged for merged in grid.cells if _holds(merged.box, x, y)), None)
