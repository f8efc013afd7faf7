"""Takes the tables out of a page: ruled grids first, then rows aligned under known column labels."""

from collections.abc import Sequence
from dataclasses import dataclass

from emr_rerank.reading.aligned import is_value_row, read_aligned
from emr_rerank.reading.columns import Columns, HeadCell, PageRows, Row, columns_of, framed_header
from emr_rerank.reading.grids import RuledHead, tables_of_grid
from emr_rerank.reading.horizontal import RuleStack, rule_stacks
from emr_rerank.reading.labels import Labels
from emr_rerank.reading.rawpage import Edge
from emr_rerank.reading.ruled import fill_grid, find_grids
from emr_rerank.reading.slanted import part_stacks
from emr_rerank.reading.words import Word, row_box, visual_rows
from emr_rerank.record import PageTable

# Rows looked at when the columns of an unruled table are laid out, and lines that may stand above a table that goes on.
_LAYOUT_ROWS = 60
_FIRST_ROWS = 4
_LINES_ABOVE = 8


@dataclass(frozen=True, slots=True)
class GoingOn:
    """What a table that may go on overleaf stands under: unruled columns, a ruled header."""

    columns: Columns | None = None
    ruled: RuledHead | None = None


NOTHING = GoingOn()


@dataclass(frozen=True, slots=True)
class TablesFound:
    """Tables from top to bottom, the rows of words that stand in none, vertical notes, and what may go on overleaf."""

    tables: list[PageTable]
    rows: list[Row]
    notes: list[Word]
    going_on: GoingOn


def find_tables(words: Sequence[Word], edges: Sequence[Edge], labels: Labels, above: GoingOn = NOTHING) -> TablesFound:
    """The tables of a page. `above` is what the last tables of the page before stood under."""
    tables: list[PageTable] = []
    rest = list(words)
    ruled = above.ruled
    for grid in find_grids(edges):
        rest = fill_grid(grid, rest)
        found, prose, ruled = tables_of_grid(grid, labels, ruled if not tables else None)
        tables.extend(found)
        rest.extend(prose)
    rest, notes = part_stacks(rest)
    rows = visual_rows(rest)
    aligned, kept, columns = _aligned(PageRows(rows, labels), above.columns, rule_stacks(edges))
    tables = sorted([*tables, *aligned], key=lambda table: table.bbox[1])
    return TablesFound(tables, kept, notes, GoingOn(columns, ruled))


def _aligned(
    page: PageRows, going_on: Columns | None, stacks: Sequence[RuleStack]
) -> tuple[list[PageTable], list[Row], Columns | None]:
    rows = page.rows
    tables: list[PageTable] = []
    kept: list[Row] = []
    last: Columns | None = None
    number = 0
    if going_on is not None:
        kept, tables, number = _continued(page, going_on)
        last = going_on if tables else None
    while number < len(rows):
        head = page.head(number)
        table, after = None, number + 1
        if head is not None:
            columns = _laid_out(head, page, number + 1)
            table, after = read_aligned(page, number + 1, columns, row_box(rows[number]))
            last = columns if table else last
        elif stacks:
            table, after = _framed(page, number, stacks)
        if table is None:
            kept.append(rows[number])
            number += 1
        else:
            tables.append(table)
            number = after
    return tables, kept, last


def _framed(page: PageRows, number: int, stacks: Sequence[RuleStack]) -> tuple[PageTable | None, int]:
    """The table whose header is row `number`, by the rules above and below it; its labels may be unknown."""
    rows = page.rows
    middle = rows[number][0].middle
    stack, rule = next(((s, i) for s in stacks if (i := s.head_of(middle)) is not None), (None, None))
    head = framed_header(rows[number], page.labels) if stack is not None else None
    if stack is None or rule is None or head is None or _beside(rows, number, stack.tops[rule : rule + 2]):
        return None, number + 1
    body: list[Row] = []
    for top, bottom in zip(stack.tops[rule + 1 :], stack.tops[rule + 2 :], strict=False):
        zone = [row for row in rows[number + 1 :] if top < row[0].middle < bottom]
        if not zone or not _in_step(columns_of(head, [*body, *zone]), zone):
            break
        body += zone
    if not body:
        return None, number + 1
    columns = columns_of(head, body)
    return read_aligned(page, number + 1, columns, row_box(rows[number]), number + 1 + len(body))


def _beside(rows: Sequence[Row], number: int, zone: Sequence[float]) -> bool:
    """Whether further rows share the header's zone: then it is a paragraph between rules."""
    return sum(zone[0] < row[0].middle < zone[1] for row in rows) > 1


def _in_step(columns: Columns, rows: Sequence[Row]) -> bool:
    """Whether most rows keep to the columns: no word over a border, two cells filled or a wrapped part of one."""
    good = 0
    for row in rows:
        crossing = any(columns.crossed(word) for word in row)
        good += not crossing and sum(bool(cell) for cell in columns.place(row)) >= 2
    return good >= max(1, 0.6 * len(rows))


def _laid_out(head: tuple[HeadCell, ...], page: PageRows, start: int) -> Columns:
    """Columns from the rows that fit them: laid out twice, the second time without what comes after the table."""
    rows = page.rows
    first = rows[start : start + _FIRST_ROWS]
    columns = columns_of(head, first)
    for _ in range(2):
        body: list[Row] = []
        last = values = 0
        for number in range(start, min(len(rows), start + _LAYOUT_ROWS)):
            if page.ends_table(number):
                break
            row = rows[number]
            body.append(row)
            cells = columns.place(row)
            if any(is_value_row(cells, group, columns) for group in columns.groups):
                last = len(body)
                values += 1
            elif len(row) == 1 and row[0].x1 - row[0].x0 > 0.6 * (head[-1].x1 - head[0].x0):
                break
        before, columns = columns, columns_of(head, body[:last] or first)
        if values == last or columns.borders == before.borders:  # a second look would find the same
            break
    return columns


def _continued(page: PageRows, columns: Columns) -> tuple[list[Row], list[PageTable], int]:
    """(rows above, the table that goes on, first row after it); no table when the page begins with something else."""
    for number, row in enumerate(page.rows[:_LINES_ABOVE]):
        if page.head(number) is not None:
            break
        if not _goes_on(row, columns):
            continue
        table, after = read_aligned(page, number, columns)
        if table is not None:
            return list(page.rows[:number]), [table], after
    return [], [], 0


def _goes_on(row: Row, columns: Columns) -> bool:
    cells = columns.place(row)
    group = columns.groups[0]
    if not is_value_row(cells, group, columns) or sum(bool(cells[column]) for column in group) < 3:
        return False
    label = any(mark in word.text for word in row for mark in "：:" if not word.text[0].isdigit())
    return not label and not any(columns.crossed(word) for word in row)
