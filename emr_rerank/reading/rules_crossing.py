"""The cells between ruling lines: lines merged, crossings found, the smallest boxes between crossings, and tables.

The method of pdfplumber.table (and tabula before it), from A. Nurminen, Algorithmic Extraction of Data in Tables in PDF
Documents (Tampere 2013), with the same tolerances; written for rules that are merged first, so that it costs little on
the hundreds of short lines that some producers draw around every cell.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
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


def tables_between(across: Sequence[RuleLine], down: Sequence[RuleLine]) -> list[list[BBox]]:
    """The cells of every table, tables from top to bottom: the smallest boxes whose corners are crossings of rules."""
    tables: list[list[BBox]] = []
    crossing = []
    for flat, upright in _bands(across, down):
        if _all_cross(flat, upright):
            tables.append(_grid([rule.place for rule in upright], [rule.place for rule in flat]))
        else:
            crossing += _networks(flat, upright)
    for rows, columns, points in crossing:
        xs, ys = sorted({across_at for across_at, _ in points}), sorted({down_at for _, down_at in points})
        if len(points) == len(xs) * len(ys) == len(rows) * len(columns):  # a full grid
            tables.append(_grid(xs, ys))
        else:
            tables += joined_cells(cells_between(points))
    found = [table for table in tables if len(table) > 1]
    return sorted(found, key=lambda table: (table[0][1], table[0][0]))


def _bands(across: Sequence[RuleLine], down: Sequence[RuleLine]) -> Iterator[tuple[list[RuleLine], list[RuleLine]]]:
    """The rules of stretches of the page that no vertical rule joins; horizontal ones between them are left out."""
    places = [rule.place for rule in across]
    waiting = sorted(down, key=lambda rule: rule.start)
    while waiting:
        start, end, count = waiting[0].start, waiting[0].end, 0
        while count < len(waiting) and waiting[count].start - _REACH <= end + _REACH:
            end = max(end, waiting[count].end)
            count += 1
        upright, waiting = sorted(waiting[:count]), waiting[count:]
        yield list(across[bisect_left(places, start - _REACH) : bisect_right(places, end + _REACH)]), upright


def _all_cross(across: Sequence[RuleLine], down: Sequence[RuleLine]) -> bool:
    """Whether every rule crosses every other: then all of them make one full grid."""
    if not across or not down:
        return False
    for rules, others in ((across, down), (down, across)):
        places = [rule.place for rule in others]  # in order
        if any(place == after for place, after in pairwise(places)):
            return False
        start, end = max(rule.start for rule in rules), min(rule.end for rule in rules)
        if start - _REACH > places[0] or end + _REACH < places[-1]:
            return False
    return True


def _grid(xs: Sequence[float], ys: Sequence[float]) -> list[BBox]:
    return [(x, y, right, low) for y, low in pairwise(ys) for x, right in pairwise(xs)]


class Crossing(NamedTuple):
    """Numbers of the horizontal and vertical rules that meet at a point."""

    across: set[int]
    down: set[int]


Points = dict[tuple[float, float], Crossing]


def _networks(across: Sequence[RuleLine], down: Sequence[RuleLine]) -> list[tuple[set[int], set[int], Points]]:
    """Rules that hang together: numbers of the horizontal and of the vertical ones, and the points where they cross."""
    above = list(range(len(across) + len(down)))

    def root(number: int) -> int:
        while above[number] != number:
            above[number] = above[above[number]]
            number = above[number]
        return number

    met: list[tuple[int, int]] = []
    places = [rule.place for rule in down]
    for number, (place, start, end) in enumerate(across):
        first = bisect_left(places, start - _REACH)
        for other in range(first, bisect_right(places, end + _REACH)):
            upright = down[other]
            if upright.start - _REACH <= place <= upright.end + _REACH:
                met.append((number, other))
                above[root(number)] = root(len(across) + other)
    networks: dict[int, tuple[set[int], set[int], Points]] = {}
    for number, other in met:
        rows, columns, points = networks.setdefault(root(number), (set(), set(), {}))
        rows.add(number)
        columns.add(other)
        here = points.setdefault((down[other].place, across[number].place), Crossing(set(), set()))
        here.across.add(number)
        here.down.add(other)
    return list(networks.values())


def cells_between(points: Points) -> list[BBox]:
    """The smallest boxes whose four corners are crossings and whose sides are rules."""
    in_column: dict[float, list[float]] = defaultdict(list)
    in_row: dict[float, list[float]] = defaultdict(list)
    for x, y in sorted(points):
        in_column[x].append(y)
        in_row[y].append(x)
    boxes = (_smallest(x, y, points, in_column[x], in_row[y]) for x, y in sorted(points))
    return [box for box in boxes if box]


def _smallest(x: float, y: float, points: Points, column: Sequence[float], row: Sequence[float]) -> BBox | None:
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
    """Cells that share a corner, as tables, each from top to bottom."""
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
    return [sorted(table, key=lambda cell: (cell[1], cell[0])) for table in tables.values()]
