"""How faithful a reading is: character errors, and table cells by row and column."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.printed.document import Document

_MOST = 0.25
"""Share of character errors beyond which they are not counted any more."""
Rows = Sequence[Sequence[str]]


@dataclass
class Reading:
    """What a reader found: text outside tables in reading order (all text for readers that do not part it), tables."""

    lines: list[str]
    tables: list[Rows] = field(default_factory=list)
    paragraphs: list[str] | None = None


@dataclass
class TableScore:
    """Cells and rows of a document's tables: how many are wanted, found, right."""

    wanted: int = 0
    found: int = 0
    right: int = 0
    rows: int = 0
    exact: int = 0
    tables_wanted: int = 0
    tables_found: int = 0

    def __add__(self, other: "TableScore") -> "TableScore":
        return TableScore(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def bare(text: str) -> str:
    """Text without white space, left-overs of web pages included: readers may differ in it."""
    return re.sub(r"\s|&nbsp;", "", text)


def character_errors(wanted: str, found: str) -> tuple[int, int]:
    """(edit distance, length of what is wanted); the distance is cut off at a quarter of the length."""
    return edit_distance(wanted, found, max(50, int(_MOST * len(wanted)))), len(wanted)


def edit_distance(one: str, other: str, most: int) -> int:
    """Levenshtein distance, or `most` where it is greater.

    Furthest-reaching diagonals (E. Ukkonen, Algorithms for approximate string matching, Information and Control 64,
    1985): quick where the texts are nearly alike.
    """
    goal, end = len(other) - len(one), len(one)
    reach = {0: _slide(one, other, 0, 0)}
    if goal == 0 and reach[0] == end:
        return 0
    for errors in range(1, most):
        after: dict[int, int] = {}
        for diagonal in range(-errors, errors + 1):
            best = max(reach.get(diagonal, -2) + 1, reach.get(diagonal - 1, -2), reach.get(diagonal + 1, -2) + 1)
            if best < 0 or best > end or best + diagonal > len(other):
                best = min(best, end, len(other) - diagonal)
            if best >= 0 and best + diagonal >= 0:
                after[diagonal] = _slide(one, other, best, best + diagonal)
        reach = after
        if reach.get(goal, -1) >= end:
            return errors
    return most


def _slide(one: str, other: str, i: int, j: int) -> int:
    while i + 64 < len(one) and one[i : i + 64] == other[j : j + 64]:
        i, j = i + 64, j + 64
    while i < len(one) and j < len(other) and one[i] == other[j]:
        i, j = i + 1, j + 1
    return i


def text_errors(document: Document, reading: Reading) -> tuple[int, int]:
    """Character errors of the text outside tables, white space apart; an error in order counts as characters."""
    return character_errors(bare("".join(document.texts)), bare("".join(reading.lines)))


def paragraphs_kept(document: Document, reading: Reading) -> tuple[int, int]:
    """(paragraphs that came out as one line of text each, paragraphs)."""
    lines = {bare(line) for line in reading.paragraphs or ()}
    return sum(bare(text) in lines for text in document.texts), len(document.texts)


def table_score(document: Document, reading: Reading) -> TableScore:
    """Cells are right where their row and column are; a row is sought by what it holds, header rows left out."""
    score = TableScore(tables_wanted=len(document.tables), tables_found=len(reading.tables))
    headers = {_bare_row(grid.header) for grid in document.tables}
    found = [row for table in reading.tables for cells in table if (row := _bare_row(cells)) not in headers]
    score.found = sum(bool(cell) for row in found for cell in row)
    wanted = [_bare_row(row) for grid in document.tables for row in grid.read]
    left = list(found)
    missed = []
    for row in wanted:
        score.rows += 1
        score.wanted += sum(bool(cell) for cell in row)
        if row in left:
            left.remove(row)
            score.exact += 1
            score.right += sum(bool(cell) for cell in row)
        else:
            missed.append(row)
    for row in missed:
        best = max(left, key=lambda other: _alike(row, other), default=())
        if best and _alike(row, best):
            left.remove(best)
            score.right += _alike(row, best)
    return score


def _alike(row: Sequence[str], other: Sequence[str]) -> int:
    return sum(bool(a) and a == b for a, b in zip(row, other, strict=False))


def _bare_row(row: Sequence[str | None]) -> tuple[str, ...]:
    cells = [bare(cell or "") for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)
