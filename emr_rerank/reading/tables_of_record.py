"""Printed tables → tables of the record: section, caption and the time of the report."""

import re
from collections.abc import Sequence
from pathlib import Path

from emr_rerank.reading.continued_tables import PrintedTable
from emr_rerank.reading.date_order import in_calendar_order
from emr_rerank.reading.dates import DateReader, date_reader
from emr_rerank.reading.headings import HeadingFinder, heading_finder
from emr_rerank.reading.record_text import LogicalLine
from emr_rerank.record import Section, Span, Table
from emr_rerank.rules.captions import caption_words

_LINES_ABOVE = 8
_LINES_BELOW = 3
_PROSE = 80

Leaf = tuple[Section, Section]


def tables_of_record(
    text: str, lines: Sequence[LogicalLine], printed: Sequence[PrintedTable], leaves: Sequence[Leaf],
    overrides: Path | None = None,
) -> tuple[Table, ...]:  # fmt: skip
    """Each printed table with what stands around it. `leaves`: (leaf, the section it speaks for)."""
    dates, finder = date_reader(overrides), heading_finder(overrides)
    labels = caption_words("time", overrides)
    order = dates.month_first(text)
    tables = []
    for number, table in enumerate(printed):
        own = [index for index, line in enumerate(lines) if line.table == number]
        above = _above(text, lines, own[0], finder, leaves) if own else []
        caption = "\n".join(text[lines[i].start : lines[i].end].replace("\t", " ") for i in above)
        leaf = _leaf_at(leaves, lines[own[0]].start) if own else None
        below = _below(text, lines, own[-1], leaf) if own else ""
        tables.append(
            Table(
                page=table.page or 1, bbox=table.bbox, section_code=leaf[1].code if leaf else "other",
                header=table.header, rows=tuple(table.rows),
                row_spans=tuple(Span(start=start, end=end) for start, end in table.spans),
                caption=caption, time=_time(caption, below, labels, dates, order),
            )
        )  # fmt: skip
    return tuple(tables)


def _time(caption: str, below: str, labels: Sequence[str], dates: DateReader, month_first: bool | None) -> str | None:
    around = (in_calendar_order(words, month_first) for words in (caption, below))
    return next((time for words in around if (time := dates.labelled_date(words, labels))), None)


def _above(
    text: str, lines: Sequence[LogicalLine], first: int, finder: HeadingFinder, leaves: Sequence[Leaf]
) -> list[int]:
    """The lines that head a table: up to the document's start, prose, a signature or another table with data."""
    found: list[int] = []
    leaf = _leaf_at(leaves, lines[first].start)
    for index in range(first - 1, max(-1, first - 1 - _LINES_ABOVE), -1):
        line = lines[index]
        words = text[line.start : line.end]
        if line.kind == "header" or (line.kind == "row" and not re.search(r"[:：]|日期|时间|姓名", words)):
            break
        if len(words) > _PROSE or (leaf and line.start < leaf[0].start):
            break
        if any(heading.rule.level == "stop" for heading in finder.candidates(words, lines_only=True)):
            break
        found.insert(0, index)
    return found


def _below(text: str, lines: Sequence[LogicalLine], last: int, leaf: Leaf | None) -> str:
    """The lines of its section right below a table, where some laboratories print the times."""
    found = []
    for line in lines[last + 1 : last + 1 + _LINES_BELOW]:
        words = text[line.start : line.end]
        if line.kind != "text" or len(words) > _PROSE or (leaf and line.start >= leaf[0].end):
            break
        found.append(words)
    return "\n".join(found)


def _leaf_at(leaves: Sequence[Leaf], offset: int) -> Leaf | None:
    return next((leaf for leaf in leaves if leaf[0].start <= offset < leaf[0].end), None)
