"""Tables without vertical rules: rows that stand under known column labels.

A header row anchors the table; where its columns part is read off the white channels that the rows below leave open.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from emr_rerank.reading.characters import is_cjk
from emr_rerank.reading.cells import cell_text, split_word
from emr_rerank.reading.grids import split_groups
from emr_rerank.reading.labels import KEY_ROLES, Labels, group_starts, is_header
from emr_rerank.reading.words import Word, row_box
from emr_rerank.record import BBox, PageTable
from emr_rerank.rules.tables import Role

Row = list[Word]
Line = Sequence[list[Word]]
"""A row whose words are placed: one list of words a column."""

_LABEL_WORDS = 5
_LABEL_GAP = 3.0  # of the font size: labels are letter-spaced (项　目) to fill their column
_WORD_GAP = 0.9
_NEAR = 0.8  # of the font size: how far from a border two glued cells may part
_NEAR_VALUE = 3.0
_ROW_GAP = 2.6  # of the usual step from row to row: a wider one ends the table
_FREE = 3.0  # of the font size: more room than this beside a cell, and its text had no reason to wrap


@dataclass(frozen=True, slots=True)
class HeadCell:
    """A column label as printed: its text, left and right edge, and what it means."""

    text: str
    x0: float
    x1: float
    role: Role | None


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of an unruled table: labels, borders between them, first column of each analyte group."""

    head: tuple[HeadCell, ...]
    borders: tuple[float, ...]
    starts: tuple[int, ...]

    @property
    def groups(self) -> list[list[int]]:
        """Column numbers of each analyte group."""
        ends = [*self.starts[1:], len(self.head)]
        return [list(range(start, end)) for start, end in zip(self.starts, ends, strict=True)]

    def place(self, row: Row) -> list[list[Word]]:
        """The words of a row, by column."""
        cells: list[list[Word]] = [[] for _ in self.head]
        for word in row:
            for part in self._parts(word, row):
                cells[sum(border <= (part.x0 + part.x1) / 2 for border in self.borders)].append(part)
        return cells

    def _parts(self, word: Word, row: Row) -> list[Word]:
        # two columns printed without a gap make one word: cut it at the border if the kind of character changes there
        crossed = [border for border in self.borders if word.x0 + 1 < border < word.x1 - 1]
        if len(crossed) != 1 or len(row) < 2 or len(word.rights) != len(word.text):
            return [word]
        cuts = [
            right
            for right, before, after in zip(word.rights, word.text, word.text[1:], strict=False)
            if _kind(before) != _kind(after)
            and abs(right - crossed[0]) < (_NEAR_VALUE if _kind(after) == "digit" else _NEAR) * word.size
        ]
        return split_word(word, [min(cuts, key=lambda cut: abs(cut - crossed[0])) + 0.01]) if cuts else [word]


def _kind(character: str) -> str:
    """Han, digit (signs of a number with it), letter, or a sign that belongs to whatever it stands beside."""
    if character.isdigit() or character in ".-~～<>±+":
        return "digit"
    return "Han" if is_cjk(character) else "letter"


def find_header(row: Row, labels: Labels) -> tuple[HeadCell, ...] | None:
    """The labels of a header row, or None when the row is no header."""
    cells = _head_cells(row, labels)
    roles = [cell.role for cell in cells]
    return tuple(cells) if is_header(roles, len(cells)) else None


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
    if labels.role(word.text) is not None or len(word.rights) != len(word.text):
        return [word]
    cuts: list[int] = []
    start = 0
    while start < len(word.text):
        ends = (end for end in range(len(word.text), start + 1, -1) if labels.role(word.text[start:end]) is not None)
        end = next(ends, None)
        if end is None:
            return [word]
        cuts.append(end)
        start = end
    return split_word(word, [word.rights[cut - 1] + 0.01 for cut in cuts[:-1]])


def _longest_label(row: Row, start: int, labels: Labels) -> tuple[int, Role | None]:
    reach = start + 1
    while reach < min(len(row), start + _LABEL_WORDS) and row[reach].x0 - row[reach - 1].x1 < _LABEL_GAP * row[start].size:
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
    borders = tuple(_border(left, right, words) for left, right in zip(head, head[1:], strict=False))
    return Columns(head, borders, tuple(group_starts([cell.role for cell in head])))


def _border(left: HeadCell, right: HeadCell, words: Sequence[Word]) -> float:
    low, high = (left.x0 + left.x1) / 2, (right.x0 + right.x1) / 2
    near = [(word.x0, word.x1) for word in words if word.x1 > low and word.x0 < high]
    near += [(left.x0, left.x1), (right.x0, right.x1)]
    stops = sorted({low, high, *(x for pair in near for x in pair if low < x < high)})
    best = (len(near) + 1, 0.0)
    border = (left.x1 + right.x0) / 2
    for start, end in zip(stops, stops[1:], strict=False):
        middle = (start + end) / 2
        crossed = sum(x0 < middle < x1 for x0, x1 in near)
        if (crossed, start - end) < best:
            best, border = (crossed, start - end), middle
    return border


def read_aligned(
    rows: Sequence[Row], start: int, columns: Columns, labels: Labels, head_box: BBox | None = None
) -> tuple[PageTable | None, int]:
    """The table whose body begins at `rows[start]`, and the number of the first row after it.

    `head_box` is where the header stands; a table that goes on from the page before has none and takes its first row's top.
    """
    end = _body_end(rows, start, columns, labels)
    placed = [columns.place(row) for row in rows[start:end]]
    kept = _last_value(placed, columns)
    placed, end = placed[:kept], start + kept
    if not placed:
        return None, start
    found: list[tuple[int, int, list[str], BBox]] = []
    for number, group in enumerate(columns.groups):
        for line, cells, box in _group_rows(placed, group, columns):
            found.append((line, number, cells, box))
    found.sort(key=lambda entry: entry[:2])
    top = row_box(rows[start])
    head = head_box or (top[0], top[1], top[2], top[1])
    width = max(len(group) for group in columns.groups)
    heads = [columns.head[column].text for column in columns.groups[0]]
    table = [(heads + [""] * (width - len(heads)), head)]
    table += [(cells + [""] * (width - len(cells)), box) for _, _, cells, box in found]
    return split_groups(table, [range(width)], ruled=False), end


def _body_end(rows: Sequence[Row], start: int, columns: Columns, labels: Labels) -> int:
    steps: list[float] = []
    last = rows[start - 1][0].middle if start else None
    for number in range(start, len(rows)):
        row = rows[number]
        step = row[0].middle - last if last is not None else 0.0
        usual = sorted(steps)[len(steps) // 2] if steps else 2.2 * row[0].size
        if step > max(_ROW_GAP * usual, 2.2 * row[0].size) or not _fits(row, columns, labels):
            return number
        if number > start:
            steps.append(step)
        last = row[0].middle
    return len(rows)


def _fits(row: Row, columns: Columns, labels: Labels) -> bool:
    text = "".join(word.text for word in row)
    if labels.ends_table(text) or find_header(row, labels) is not None:
        return False
    if any(sum(word.x0 + 1 < border < word.x1 - 1 for border in columns.borders) >= 2 for word in row):
        return False
    first = row[0].text
    return not any(first.endswith(mark) or mark in first[1:8] for mark in "：:") or first[0].isdigit()


def is_value_row(cells: Sequence[Sequence[Word]], group: Sequence[int], columns: Columns) -> bool:
    """Whether a placed row states a value: its result column is filled, or two columns where there is none."""
    roles = [columns.head[column].role for column in group]
    results = [column for column, role in zip(group, roles, strict=True) if role in ("result", "point")]
    if results:
        return any(cells[column] for column in results) and sum(bool(cells[column]) for column in group) >= 2
    return sum(bool(cells[column]) for column in group) >= min(3, len(group))


def _last_value(placed: Sequence[Line], columns: Columns) -> int:
    """How many placed rows belong to the table: up to the last value, and the lines that its cells wrap to."""
    values = [i for i, row in enumerate(placed) if any(is_value_row(row, group, columns) for group in columns.groups)]
    if not values:
        return 0
    last = values[-1] + 1
    while last < len(placed) and _wraps(placed[last - 1], placed[last], placed, range(len(columns.head)), columns):
        last += 1
    return last


def _group_rows(
    placed: Sequence[Line], group: Sequence[int], columns: Columns
) -> list[tuple[int, list[str], BBox]]:
    """The rows of one analyte group, each with the number of its line: wrapped lines joined to their value."""
    numbers = [number for number, row in enumerate(placed) if any(row[column] for column in group)]
    lines = [placed[number] for number in numbers]
    values = [is_value_row(row, group, columns) for row in lines]
    owner = [_owner(lines, values, index, group, columns) for index in range(len(lines))]
    rows = []
    for index in range(len(lines)):
        if owner[index] != index:
            continue
        parts = [line for line, own in zip(lines, owner, strict=True) if own == index]
        cells = [[word for part in parts for word in part[column]] for column in group]
        box = row_box([word for cell in cells for word in cell])
        rows.append((numbers[index], [cell_text(cell) if cell else "" for cell in cells], box))
    return rows


def _owner(
    lines: Sequence[Line], values: list[bool], index: int, group: Sequence[int], columns: Columns
) -> int:
    """Which line a line belongs to: itself, or the value that it is a wrapped part of."""
    if values[index]:
        return index
    above = next((i for i in range(index - 1, -1, -1) if values[i]), None)
    below = next((i for i in range(index + 1, len(lines)) if values[i]), None)
    key = next((c for c in group if columns.head[c].role in KEY_ROLES), group[0])
    up = _gap(lines, index - 1, index, group) if above is not None else float("inf")
    down = _gap(lines, index, index + 1, group) if below is not None else float("inf")
    if below is not None and not lines[below][key] and lines[index][key]:
        return below if above is None or lines[above][key] else above
    if above is not None and not lines[above][key] and lines[index][key]:
        return above
    if above is not None and up < 0.8 * down and up < 0.6 * _height(lines[index], group):
        return _owner(lines, values, index - 1, group, columns) if index - 1 != above else above
    if below is not None and down < 0.8 * up and down < 0.25 * _height(lines[index], group):
        return below
    if above is not None and _wraps(lines[index - 1], lines[index], lines, group, columns):
        return _owner(lines, values, index - 1, group, columns)
    return index


def _wraps(before: Line, line: Line, lines: Sequence[Line], group: Sequence[int], columns: Columns) -> bool:
    """Whether every cell of a line goes on from a cell above that had no room for its first word."""
    for column in group:
        if not line[column]:
            continue
        if not before[column]:
            return False
        first, last = line[column][0], before[column][-1]
        right = max(word.x1 for word in before[column])
        widest = max(word.x1 for row in lines for word in row[column] if row is not line)
        needed = first.size if is_cjk(first.text[0]) else first.x1 - first.x0
        free = _next_left(lines, column, columns) - right
        full = right + needed >= widest and free < needed + _FREE * first.size
        if not full or first.top - last.bottom >= 0.8 * first.size:
            return False
    return any(line[column] for column in group)


def _next_left(lines: Sequence[Line], column: int, columns: Columns) -> float:
    """Where the next column begins: the leftmost text in it, its label included."""
    if column + 1 >= len(columns.head):
        return max(word.x1 for row in lines for word in row[column])
    lefts = [word.x0 for row in lines for word in row[column + 1]]
    return min([columns.head[column + 1].x0, *lefts])


def _gap(lines: Sequence[Line], above: int, below: int, group: Sequence[int]) -> float:
    bottom = max(word.bottom for column in group for word in lines[above][column])
    return min(word.top for column in group for word in lines[below][column]) - bottom


def _height(line: Line, group: Sequence[int]) -> float:
    return max(word.bottom - word.top for column in group for word in line[column])
