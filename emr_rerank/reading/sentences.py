"""Splits leaf sections into sentences and says where they stand on paper."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from emr_rerank.reading.dates import DateReader, date_reader
from emr_rerank.reading.paragraphs import display_width
from emr_rerank.reading.record_text import LogicalLine
from emr_rerank.reading.sentence_ends import split
from emr_rerank.record import BBox, Place, RowRef, Section

_WORD = re.compile(r"[^\W_]")
_PROSE_CELL = 80
_SURE = 0.8
_LONGEST_DATE = 32


@dataclass(frozen=True)
class Stretch:
    """A sentence to be: its offsets, the leaf it lies in, and the table row it is, if one."""

    start: int
    end: int
    leaf: Section
    owner: Section
    row: RowRef | None = None
    whole_box: bool = False


def find_sentences(
    text: str, lines: Sequence[LogicalLine], sections: Sequence[Section], overrides: Path | None = None
) -> list[Stretch]:
    """The sentences of every leaf, in reading order. Headings on their own line and table headers are none."""
    found: list[Stretch] = []
    starts = [line.start for line in lines]
    dates = date_reader(overrides)
    for leaf, owner in leaves_with_owner(sections):
        for line in lines[max(0, bisect_right(starts, leaf.start) - 1) : bisect_left(starts, leaf.end)]:
            start, end = max(line.start, leaf.start), min(line.end, leaf.end)
            if start >= end or leaf.body_start >= line.end or line.kind == "header":
                continue
            if line.kind == "text" and _is_date_line(text, start, end, dates):
                continue
            if start < leaf.body_start and not _WORD.search(text, leaf.body_start, end):
                continue  # a heading whose first words are a part of their own
            if line.kind == "row" and not _is_prose(text[start:end]):
                if _WORD.search(text, start, end):
                    found.append(Stretch(start, end, leaf, owner, _row_ref(line)))
                continue
            spans = split(text[start:end], overrides)
            found.extend(Stretch(start + a, start + b, leaf, owner, None, line.kind == "row") for a, b in spans)
    return sorted(found, key=lambda stretch: stretch.start)


def _is_date_line(text: str, start: int, end: int, dates: DateReader) -> bool:
    """Whether a line holds nothing but a date: that of a note or a signature. Below a label it is the label's value."""
    if end - start > _LONGEST_DATE or text[:start].rstrip()[-1:] in (":", "："):
        return False
    found = dates.first_date(text[start:end], at_start=True)
    return found is not None and not _WORD.search(text, start + found[2], end)


def leaves_with_owner(sections: Iterable[Section], parent: Section | None = None) -> Iterator[tuple[Section, Section]]:
    """Every leaf with the section it speaks for: itself, or the parent for a preamble leaf inside one."""
    for section in sections:
        if section.children:
            yield from leaves_with_owner(section.children, section)
        else:
            yield section, parent if parent is not None and section.code == "preamble" else section


def boxes(
    text: str, start: int, end: int, places: Sequence[Place], starts: Sequence[int], *, whole: bool = False
) -> tuple[list[tuple[int, BBox]], bool]:
    """(page, box) of a stretch of text on each page it stands on, and whether OCR was unsure of any of it.

    Inside a printed line the share is by display width; with `whole` the box of the line or row is taken as it is.
    """
    found: dict[int, BBox] = {}
    unsure = False
    for place in places[max(0, bisect_right(starts, start) - 1) : bisect_left(starts, end)]:
        a, b = max(start, place.start), min(end, place.end)
        if a >= b:
            continue
        unsure |= place.confidence is not None and place.confidence < _SURE
        box = place.bbox if whole else _share(text, place, a, b)
        found[place.page] = _union(found[place.page], box) if place.page in found else box
    return list(found.items()), unsure


def _share(text: str, place: Place, start: int, end: int) -> BBox:
    if start == place.start and end == place.end:
        return place.bbox
    x0, top, x1, bottom = place.bbox
    total = max(1, display_width(text[place.start : place.end]))
    before, inside = display_width(text[place.start : start]), display_width(text[start:end])
    left = x0 + (x1 - x0) * before / total
    return (round(left, 2), top, round(left + (x1 - x0) * inside / total, 2), bottom)


def _union(a: BBox, b: BBox) -> BBox:
    return (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))


def _is_prose(row: str) -> bool:
    """A row of one or two cells that holds a paragraph: a form printed as a table."""
    filled = [cell for cell in row.split("\t") if cell.strip()]
    return len(filled) <= 2 and max(map(len, filled), default=0) > _PROSE_CELL


def _row_ref(line: LogicalLine) -> RowRef | None:
    return RowRef(table=line.table, row=line.row) if line.table is not None and line.row is not None else None
