"""The cells between ruling lines: lines merged, their crossings found, the smallest boxes between crossings, and tables.

The method of pdfplumber.table (and tabula before it), from A. Nurminen, Algorithmic Extraction of Data in Tables in PDF
Documents (Tampere 2013), with the same tolerances; written for rules that are merged first, so that it costs little on
the hundreds of short lines that some producers draw around every cell.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from emr_rerank.record import BBox

_SNAP = 2.0  # points: rules this near are one
_JOIN = 3.0  # gap that a rule goes on over
_REACH = 3.0  # how far a crossing rule may fall short
_MIN_LENGTH = 4.0


class RuleLine(NamedTuple):
    """A rule: its place (height of a horizontal, distance from the left of a vertical one), and where it runs."""

    place: float
    start: float
    end: float


def merged_rules(lines: Iterable[tuple[float, float, float]]) -> list[RuleLine]:
    """Rules in order of their places: those that lie on one another or end to end made one."""
    rules: list[RuleLine] = []
    near: list[tuple[float, float, float]] = []
    for line in sorted(line for line in lines if line[2] - line[1] >= 1.0):
        if near and line[0] - near[-1][0] > _SNAP:
            rules += _end_to_end(near)
            near = []
        near.append(line)
    return rules + (_end_to_end(near) if near else [])


def _end_to_end(lines: Sequence[tuple[float, float, float]]) -> list[RuleLine]:
    place = sum(line[0] for line in lines) / len(lines)
    found: list[RuleLine] = []
    start = end = None
    for _, first, last in sorted(lines, key=lambda line: line[1]):
        if start is None or end is None or first > end + _JOIN:
            if start is not None and end is not None:
                found.append(RuleLine(place, start, end))
            start, end = first, last
        else:
            end = max(end, last)
    if start is not None and end is not None:
        found.append(RuleLine(place, start, end))
    return [rule for rule in found if rule.end - rule.start >= _MIN_LENGTH]


class _Crossing(NamedTuple):
    """Numbers of the horizontal and vertical rules that meet at a point."""

    across: frozenset[int]
    down: frozenset[int]


def cells_between(across: Sequence[RuleLine], down: Sequence[RuleLine]) -> list[BBox]:
    """The smallest boxes whose four corners are crossings and whose sides are rules."""
    points = _crossings(across, down)
    in_column: dict[float, list[float]] = defaultdict(list)
    in_row: dict[float, list[float]] = defaultdict(list)
    for x, y in sorted(points):
        in_column[x].append(y)
        in_row[y].append(x)
    cells = []
    for x, y in sorted(points):
        box = _smallest(x, y, points, in_column[x], in_row[y])
        if box:
            cells.append(box)
    return cells


def _crossings(across: Sequence[RuleLine], down: Sequence[RuleLine]) -> dict[tuple[float, float], _Crossing]:
    met: dict[tuple[float, float], tuple[set[int], set[int]]] = {}
    places = [rule.place for rule in down]
    for number, rule in enumerate(across):
        first = bisect_right(places, rule.start - _REACH - 1e-9)
        for other in range(first, bisect_right(places, rule.end + _REACH)):
            upright = down[other]
            if upright.start - _REACH <= rule.place <= upright.end + _REACH:
                here = met.setdefault((upright.place, rule.place), (set(), set()))
                here[0].add(number)
                here[1].add(other)
    return {point: _Crossing(frozenset(rows), frozenset(columns)) for point, (rows, columns) in met.items()}


def _smallest(
    x: float, y: float, points: dict[tuple[float, float], _Crossing], column: Sequence[float], row: Sequence[float]
) -> BBox | None:
    here = points[x, y]
    rights = [right for right in row[bisect_right(row, x) :] if here.across & points[right, y].across]
    for below in column[bisect_right(column, y) :]:
        corner = points[x, below]
        if not here.down & corner.down:
            continue
        for right in rights:
            far = points.get((right, below))
            if far and far.down & points[right, y].down and far.across & corner.across:
                return x, y, right, below
    return None


def joined_cells(cells: Sequence[BBox]) -> list[list[BBox]]:
    """Cells that share a corner, as tables from top to bottom; a cell on its own is none."""
    above = list(range(len(cells)))

    def root(number: int) -> int:
        while above[number] != number:
            above[number] = above[above[number]]
            number = above[number]
        return number

    owner: dict[tuple[float, float], int] = {}
    for number, (x0, top, x1, bottom) in enumerate(cells):
        for corner in ((x0, top), (x1, top), (x0, bottom), (x1, bottom)):
            above[root(number)] = root(owner.setdefault(corner, number))
    tables: dict[int, list[BBox]] = defaultdict(list)
    for number, cell in enumerate(cells):
        tables[root(number)].append(cell)
    found = [sorted(table, key=lambda cell: (cell[1], cell[0])) for table in tables.values() if len(table) > 1]
    return sorted(found, key=lambda table: (table[0][1], table[0][0]))
