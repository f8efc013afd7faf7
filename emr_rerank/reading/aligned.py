"""Tables without vertical rules: rows that stand under known column labels, wrapped cells joined."""

from bisect import insort
from collections.abc import Iterable, Sequence
from statistics import median

from emr_rerank.reading.cells import cell_text, runs_on
from emr_rerank.reading.characters import is_cjk
from emr_rerank.reading.columns import Columns, Line, PageRows, Row
from emr_rerank.reading.grids import split_groups
from emr_rerank.reading.labels import KEY_ROLES
from emr_rerank.reading.words import row_box
from emr_rerank.record import BBox, PageTable

_TIGHT = 0.88  # of the step from row to row: lines that stand closer are one cell
_SAME_STEP = 1.15
_LONG = 0.6  # of the widest cell of the column: shorter ones do not wrap
_ROW_GAP = 2.6  # of the usual step from row to row: a wider one ends the table
_FREE = 3.0  # of the font size: more room than this beside a cell, and its text had no reason to wrap


def read_aligned(
    page: PageRows, start: int, columns: Columns, head_box: BBox | None = None, end: int | None = None
) -> tuple[PageTable | None, int]:
    """The table whose body begins at `rows[start]`, and the number of the first row after it.

    `head_box` is where the header stands; a table that goes on from the page before has none, and the repeated header
    gets an empty box on top of the first row. The table ends before row `end` at the latest.
    """
    rows = page.rows
    end = _body_end(page, start, len(rows) if end is None else end, columns)
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


def _body_end(page: PageRows, start: int, end: int, columns: Columns) -> int:
    rows = page.rows
    steps: list[float] = []
    last = rows[start - 1][0].middle if start else None
    for number in range(start, end):
        row = rows[number]
        step = row[0].middle - last if last is not None else 0.0
        usual = steps[len(steps) // 2] if steps else 2.2 * row[0].size
        if step > max(_ROW_GAP * usual, 2.2 * row[0].size) or page.ends_table(number) or not _fits(row, columns):
            return number
        if number > start:
            insort(steps, step)
        last = row[0].middle
    return end


def _fits(row: Row, columns: Columns) -> bool:
    if any(len(columns.crossed(word)) >= 2 for word in row):
        return False
    first = row[0].text
    return not any(first.endswith(mark) or mark in first[1:8] for mark in "：:") or first[0].isdigit()


def is_value_row(cells: Line, group: Sequence[int], columns: Columns) -> bool:
    """Whether a placed row states a value: its result column is filled, or two columns where there is none."""
    results = [column for column in group if column in columns.results]
    filled = sum(1 for column in group if cells[column])
    if results:
        return filled >= 2 and any(cells[column] for column in results)
    return filled >= min(3, len(group))


def _last_value(placed: Sequence[Line], columns: Columns) -> int:
    """How many placed rows belong to the table: up to the last value, and the lines that its cells wrap to."""
    values = [i for i, row in enumerate(placed) if any(is_value_row(row, group, columns) for group in columns.groups)]
    if not values:
        return 0
    last = values[-1] + 1
    everything = range(len(columns.head))
    middles = [_middle(row, everything) for row in placed]
    stated = set(values)
    step = row_step(middles, [number in stated for number in range(len(placed))])
    while last < len(placed):
        tight = step is not None and middles[last] - middles[last - 1] <= _TIGHT * step
        tight = tight and _could_wrap(placed[last - 1], placed[last], placed, everything)
        if not tight and not _wraps(placed[last - 1], placed[last], placed, everything, columns, step):
            break
        last += 1
    return last


def _group_rows(placed: Sequence[Line], group: Sequence[int], columns: Columns) -> list[tuple[int, list[str], BBox]]:
    """The rows of one analyte group, each with the number of its line: wrapped lines joined to their value."""
    numbers = [number for number, row in enumerate(placed) if any(row[column] for column in group)]
    lines = [placed[number] for number in numbers]
    values = [is_value_row(row, group, columns) for row in lines]
    owner = _owners(lines, values, group, columns)
    rows = []
    for index in range(len(lines)):
        if owner[index] != index:
            continue
        parts = [line for line, own in zip(lines, owner, strict=True) if own == index]
        cells = [[word for part in parts for word in part[column]] for column in group]
        box = row_box([word for cell in cells for word in cell])
        rows.append((numbers[index], [cell_text(cell) if cell else "" for cell in cells], box))
    return rows


def _owners(lines: Sequence[Line], values: Sequence[bool], group: Sequence[int], columns: Columns) -> list[int]:
    """Which line each line belongs to: itself, or the value that it is a wrapped part of.

    Lines of one cell stand closer than rows do; where all lines are equally far apart, a full line above tells.
    """
    middles = [_middle(line, group) for line in lines]
    step = row_step(middles, values)
    key = next((c for c in group if columns.head[c].role in KEY_ROLES), group[0])

    def after(number: int) -> bool:
        return _could_wrap(lines[number - 1], lines[number], lines, group)

    owners: list[int] = []
    for index, value in enumerate(values):
        owners.append(index)
        if value:
            continue
        above = next((i for i in range(index - 1, -1, -1) if values[i]), None)
        below = next((i for i in range(index + 1, len(lines)) if values[i]), None)
        up = middles[index] - middles[index - 1] if above is not None else float("inf")
        down = middles[index + 1] - middles[index] if below is not None else float("inf")
        named = bool(lines[index][key])
        if named and below is not None and not lines[below][key] and (above is None or lines[above][key]):
            owners[index] = below
        elif named and above is not None and not lines[above][key]:
            owners[index] = above
        elif above is not None and up <= 1.1 * down and up <= _TIGHT * (step or down) and after(index):
            owners[index] = owners[index - 1]
        elif below is not None and down <= _TIGHT * (step or up) and after(index + 1):
            owners[index] = below
        elif above is not None and _wraps(lines[index - 1], lines[index], lines, group, columns, step):
            owners[index] = owners[index - 1]
    return owners


def _could_wrap(upper: Line, lower: Line, lines: Sequence[Line], group: Iterable[int]) -> bool:
    """Whether a cell of a line is long enough to go on in the next: a short title or name wraps into nothing."""
    shared = [column for column in group if upper[column] and lower[column]]
    for column in shared:
        left = min(word.x0 for line in lines for word in line[column])
        widest = max(word.x1 for line in lines for word in line[column])
        if runs_on(upper[column][-1].text) or max(word.x1 for word in upper[column]) - left >= _LONG * (widest - left):
            return True
    return not shared


def row_step(middles: Sequence[float], values: Sequence[bool]) -> float | None:
    """Usual distance from row to row, by the rows that follow each other without wrapped lines between them."""
    steps = [middles[i + 1] - middles[i] for i in range(len(middles) - 1) if values[i] and values[i + 1]]
    return median(steps) if steps else None


def _middle(line: Line, group: Iterable[int]) -> float:
    middles = [word.middle for column in group for word in line[column]]
    return sum(middles) / len(middles)


def _wraps(
    before: Line, line: Line, lines: Sequence[Line], group: Sequence[int], columns: Columns, step: float | None
) -> bool:
    """Whether every cell of a line goes on from a cell above that had no room for its first word.

    `step` is the usual distance from row to row: a line further off than that goes on with nothing.
    """
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
        far = first.middle - last.middle > _SAME_STEP * step if step else first.top - last.bottom >= 0.8 * first.size
        if not full or far:
            return False
    return any(line[column] for column in group)


def _next_left(lines: Sequence[Line], column: int, columns: Columns) -> float:
    """Where the next column begins: the leftmost text in it, its label included."""
    if column + 1 >= len(columns.head):
        return max(word.x1 for row in lines for word in row[column])
    lefts = [word.x0 for row in lines for word in row[column + 1]]
    return min([columns.head[column + 1].x0, *lefts])
