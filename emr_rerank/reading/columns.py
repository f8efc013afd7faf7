"""The columns of a table without vertical rules: their labels, and where they part.

A header row names them; the borders are read off the white channels that the rows below leave open.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from emr_rerank.reading.cells import cell_text, split_word
from emr_rerank.reading.characters import is_cjk
from emr_rerank.reading.labels import MIN_LABELS, Labels, group_starts, is_header
from emr_rerank.reading.words import Word
from emr_rerank.rules.tables import Role

Row = list[Word]
Line = Sequence[list[Word]]
"""A row whose words are placed: one list of words a column."""

_LABEL_WORDS = 5
_APART = 0.7
_NUMBER = re.compile(r"^[<>≤≥~]?\d+(?:\.\d+)?[%,;.]?$")
_LABEL_GAP = 3.0  # of the font size: labels are letter-spaced (项　目) to fill their column
_WORD_GAP = 0.9
_LABELS_LENGTH = 40  # characters of labels run together; more is prose
_NEAR = 0.8  # of the font size: how far from a border two glued cells may part
_NEAR_VALUE = 3.0


@dataclass(frozen=True, slots=True)
class HeadCell:
    """A column label as printed: its text, left and right edge, and what it means."""

    text: str
    x0: float
    x1: float
    role: Role | None


@dataclass(frozen=True)
class Columns:
    """The columns of an unruled table: labels, borders between them, first column of each analyte group."""

    head: tuple[HeadCell, ...]
    borders: tuple[float, ...]
    starts: tuple[int, ...]

    @cached_property
    def groups(self) -> list[list[int]]:
        """Column numbers of each analyte group."""
        ends = [*self.starts[1:], len(self.head)]
        return [list(range(start, end)) for start, end in zip(self.starts, ends, strict=True)]

    @cached_property
    def results(self) -> frozenset[int]:
        """Numbers of the columns that hold results."""
        return frozenset(column for column, cell in enumerate(self.head) if cell.role in ("result", "point"))

    def place(self, row: Row) -> list[list[Word]]:
        """The words of a row, by column."""
        cells: list[list[Word]] = [[] for _ in self.head]
        borders = self.borders
        for word in row:
            if bisect_right(borders, word.x0 + 1) >= bisect_left(borders, word.x1 - 1):  # crosses none
                cells[bisect_right(borders, (word.x0 + word.x1) / 2)].append(word)
                continue
            for part in self._parts(word, row):
                cells[bisect_right(borders, (part.x0 + part.x1) / 2)].append(part)
        return cells

    def crossed(self, word: Word) -> Sequence[float]:
        """The borders that a word lies across."""
        return self.borders[bisect_right(self.borders, word.x0 + 1) : bisect_left(self.borders, word.x1 - 1)]

    def _parts(self, word: Word, row: Row) -> list[Word]:
        # two columns printed without a gap make one word: cut it at the border if the kind of character changes there
        crossed = self.crossed(word)
        if len(crossed) != 1 or len(row) < 2 or len(word.rights) != len(word.text):
            return [word]
        if self._has_own_words(row, word, crossed[0]):
            return [word]
        cuts = [
            right
            for right, before, after in zip(word.rights, word.text, word.text[1:], strict=False)
            if _kind(before) != _kind(after)
            and abs(right - crossed[0]) < (_NEAR_VALUE if _kind(after) == "digit" else _NEAR) * word.size
        ]
        return split_word(word, [min(cuts, key=lambda cut: abs(cut - crossed[0])) + 0.01]) if cuts else [word]

    def _has_own_words(self, row: Row, word: Word, border: float) -> bool:
        """Whether both columns beside a border are spoken for: one by the word itself, the other by another word."""
        number = self.borders.index(border)
        edges = (float("-inf"), *self.borders, float("inf"))
        middle = (word.x0 + word.x1) / 2
        low, high = (edges[number + 1], edges[number + 2]) if middle <= border else (edges[number], edges[number + 1])
        return any(other is not word and low <= (other.x0 + other.x1) / 2 < high for other in row)


def _kind(character: str) -> str:
    """Han, digit (signs of a number with it), letter, or a sign that belongs to whatever it stands beside."""
    if character.isdigit() or character in ".-~～<>±+":
        return "digit"
    return "Han" if is_cjk(character) else "letter"


class PageRows:
    """The rows of a page, and which of them head a table or end one: each is looked at once."""

    def __init__(self, rows: Sequence[Row], labels: Labels) -> None:
        self.rows = rows
        self.labels = labels
        self._heads: dict[int, tuple[HeadCell, ...] | None] = {}
        self._ends: dict[int, bool] = {}

    def head(self, number: int) -> tuple[HeadCell, ...] | None:
        """The labels of row `number`, or None when it is no header."""
        if number not in self._heads:
            self._heads[number] = find_header(self.rows[number], self.labels)
        return self._heads[number]

    def ends_table(self, number: int) -> bool:
        """Whether row `number` is one that follows tables, or the header of another one."""
        if number not in self._ends:
            text = "".join(word.text for word in self.rows[number])
            self._ends[number] = self.labels.ends_table(text) or self.head(number) is not None
        return self._ends[number]


def find_header(row: Row, labels: Labels) -> tuple[HeadCell, ...] | None:
    """The labels of a header row, or None when the row is no header."""
    most = [labels.most_in(word.text) for word in row]
    if sum(most) < MIN_LABELS or all(word.text[:1].isdigit() for word, count in zip(row, most, strict=True) if count):
        return None
    cells = _head_cells(row, labels)
    roles = [cell.role for cell in cells]
    if not is_header(roles, len(cells)) or any(_NUMBER.match(cell.text) for cell in cells if cell.role is None):
        return None
    # words of a sentence stand a space apart, labels of columns mostly further
    gaps = [right.x0 - left.x1 for left, right in pairwise(cells)]
    wide = sum(gap >= _APART * row[0].size for gap in gaps)
    return tuple(cells) if 2 * wide >= len(gaps) else None


def framed_header(row: Row, labels: Labels) -> tuple[HeadCell, ...] | None:
    """The cells of a row that rules mark as a header, whatever its labels; None for one cell or label: value pairs."""
    cells = _head_cells(row, labels)
    pairs = any(mark in cell.text for cell in cells for mark in "：:。")
    return tuple(cells) if len(cells) >= 2 and not pairs else None


def _head_cells(row: Row, labels: Labels) -> list[HeadCell]:
    cells: list[HeadCell] = []
    start = 0
    row = [part for word in row for part in _labels_apart(word, labels)]
    while start < len(row):
        end, role = _longest_label(row, start, labels)
        words = row[start:end]
        text = cell_text(words)
        near = cells and row[start].x0 - cells[-1].x1 < _WORD_GAP * row[start].size
        if role is None and near and (cells[-1].role is None or text[0] in "(（"):
            last = cells.pop()
            joined = f"{last.text} {text}" if text.isascii() else last.text + text
            cells.append(HeadCell(joined, last.x0, words[-1].x1, last.role))
        else:
            cells.append(HeadCell(text, words[0].x0, words[-1].x1, role))
        start = end
    return cells


def _labels_apart(word: Word, labels: Labels) -> list[Word]:
    """The labels that a word is run together from (结果单位), each a word; the word itself when it is not."""
    if len(word.text) > _LABELS_LENGTH or len(word.text) != len(word.rights) or labels.role(word.text) is not None:
        return [word]
    ends = labels.run_together(word.text)
    return split_word(word, [word.rights[end - 1] + 0.01 for end in ends[:-1]]) if ends else [word]


def _longest_label(row: Row, start: int, labels: Labels) -> tuple[int, Role | None]:
    reach, most = start + 1, min(len(row), start + _LABEL_WORDS)
    while reach < most and row[reach].x0 - row[reach - 1].x1 < _LABEL_GAP * row[start].size:
        reach += 1
    for end in range(reach, start, -1):
        role = labels.role("".join(word.text for word in row[start:end]))
        if role is not None and not _two_labels(row[start:end], labels):
            return end, role
    return start + 1, None


def _two_labels(words: Row, labels: Labels) -> bool:
    """Whether words read as two neighbouring labels (Test, Code) rather than as one in two words (Test name)."""
    for cut in range(1, len(words)):
        left, right = ("".join(word.text for word in part) for part in (words[:cut], words[cut:]))
        roles = {labels.role(left), labels.role(right)}
        if None not in roles and len(roles) == 2:
            return True
    return False


def columns_of(head: tuple[HeadCell, ...], rows: Sequence[Row]) -> Columns:
    """Columns under a header: each border lies in the widest channel that the fewest words of the rows cross."""
    words = [word for row in rows for word in row]
    borders = tuple(_border(left, right, words) for left, right in pairwise(head))
    return Columns(head, borders, tuple(group_starts([cell.role for cell in head])))


def _border(left: HeadCell, right: HeadCell, words: Sequence[Word]) -> float:
    low, high = (left.x0 + left.x1) / 2, (right.x0 + right.x1) / 2
    near = [(word.x0, word.x1) for word in words if word.x1 > low and word.x0 < high]
    near += [(left.x0, left.x1), (right.x0, right.x1)]
    turns = [(max(x0, low), 1) for x0, _ in near] + [(x1, -1) for _, x1 in near if x1 < high] + [(high, 0)]
    best = (len(near) + 1, 0.0)
    border, start, crossed = (left.x1 + right.x0) / 2, low, 0
    for place, turn in sorted(turns):
        if place > start and (crossed, start - place) < best:
            best, border = (crossed, start - place), (start + place) / 2
        start, crossed = place, crossed + turn
    return border
