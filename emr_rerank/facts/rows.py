"""Laboratory results in table rows: one result a row, one column a day, or one column an analyte."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from emr_rerank.facts.columns import roles, sign_of
from emr_rerank.facts.labs import lab_fact, meant
from emr_rerank.facts.notes import OTHER_STAY
from emr_rerank.facts.passage import Passage
from emr_rerank.facts.printed_values import PrintedValue, read_reference, value_reader
from emr_rerank.facts.timeline import days_between
from emr_rerank.findings import Fact, Flag
from emr_rerank.rules.analytes import Mention, catalogue
from emr_rerank.rules.printed import fold
from emr_rerank.rules.units import unit_table

_LONGEST_RESULT = 20
_SPLIT_DIGITS = re.compile(r"\d(?: \d)+(?: ?\. ?\d(?: \d)*)?")
"""Every digit set apart, as OCR does: 1 0 8."""
_RATIO = re.compile(r"[/:]|比")
_ASIDE = re.compile(r"\s*\((?:[-+±\d.]+|[^()\d]{1,4})\)\s*$")
"""What a result is glossed with in brackets: 弱阳性(±), +++(3.0)."""


@dataclass(frozen=True)
class Cell:
    """A cell of a row; offsets inside the sentence, the blanks at its ends left out."""

    text: str
    start: int
    role: str | None


def row_labs(passage: Passage) -> Iterator[Fact]:
    """Results of a sentence that is a table row."""
    row = cells(passage)
    if any(cell.role == "drug" for cell in row):
        return
    heads = _heads(passage)
    if heads:
        yield from _column_an_analyte(passage, row, heads)
        return
    name = _name(passage, row)
    if name is None:
        return
    place, mention = name
    points = [cell for cell in row if cell.role == "point" and cell.text]
    if points:
        yield from _column_a_day(passage, row, points, mention)
    else:
        yield from _one_result(passage, row, place, mention)


def cells(passage: Passage) -> list[Cell]:
    """The cells of the row with the roles of their columns."""
    texts = passage.text.split("\t")
    table = passage.table
    header = table.header if table else ()
    known = roles(header, passage.rules_dir) if len(header) == len(texts) else (None,) * len(texts)
    row, at = [], 0
    for text, role in zip(texts, known, strict=True):
        row.append(Cell(text.strip(), at + len(text) - len(text.lstrip()), role))
        at += len(text) + 1
    return row


def row_time(passage: Passage, row: list[Cell]) -> str | None:
    """ISO time of a row: its own time column, its table's, its sentence's."""
    stamp = " ".join(cell.text for cell in row if cell.role == "time")
    if stamp:
        day = next((when.iso for when in passage.dates_in(stamp) if when.iso), None)
        clock = re.search(r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)", stamp)
        day = day or (passage.sentence.date or passage.document_date or "")[:10] or None
        if day and clock and "T" not in day:
            return f"{day}T{int(clock[1]):02d}:{clock[2]}"
        if day:
            return day
    table = passage.table
    return (table.time if table else None) or passage.inherited


def column_time(passage: Passage, row: list[Cell], cell: Cell) -> str | None:
    """ISO time that the label of a cell's column names."""
    label = passage.table.header[row.index(cell)] if passage.table else ""
    return next((when.iso for when in passage.dates_in(label) if when.iso), None) or _bare_day(label, passage)


def _name(passage: Passage, row: list[Cell]) -> tuple[int, Mention] | None:
    """The first cell that names an analyte, the item column before the code column."""
    order = sorted(range(len(row)), key=lambda place: (row[place].role != "item", row[place].role != "code", place))
    for place in order[:6]:
        cell = row[place]
        if cell.role not in (None, "item", "code", "method") or not cell.text or re.fullmatch(r"[\d.\s]+", cell.text):
            continue
        found = catalogue(passage.rules_dir).find(cell.text)
        if len({each.analyte_id for each in found}) > 1 and _RATIO.search(cell.text):
            continue
        if found and not (cell.role is None and value_reader(passage.rules_dir).flag_of(cell.text)):
            mention = max(found, key=lambda each: (each.end - each.start) if each.start < 3 else 0)
            return place, mention._replace(start=mention.start + cell.start, end=mention.end + cell.start)
    return None


def _one_result(passage: Passage, row: list[Cell], place: int, mention: Mention) -> Iterator[Fact]:
    cell = _result(passage, row, place)
    printed = _printed(passage, cell) if cell else None
    if cell is None or printed is None:
        return
    unit = _unit(passage, row, cell)
    analyte = meant(passage, mention, unit, printed.value)
    if analyte is None:
        return
    reference = next((read_reference(other.text) for other in row if other.role == "reference" and other.text), None)
    if reference is None and not any(other.role == "reference" for other in row):
        rest = [read_reference(other.text) for other in row[place + 1 :] if other is not cell]
        reference = next((each for each in rest if each), None)
    if printed.flag is None:
        printed = replace(printed, flag=_flag(passage, row, cell))
    time = row_time(passage, row)
    yield lab_fact(
        passage, analyte, printed, unit, flag=printed.flag, reference=reference, time=time, notes=_early(passage, time),
        in_row=True,
    )  # fmt: skip


def _column_a_day(passage: Passage, row: list[Cell], points: list[Cell], mention: Mention) -> Iterator[Fact]:
    unit = _unit(passage, row, None)
    analyte = meant(passage, mention, unit)
    reference = next((read_reference(cell.text) for cell in row if cell.role == "reference"), None)
    for cell in points:
        printed = _printed(passage, cell)
        if printed is None or analyte is None:
            continue
        time = column_time(passage, row, cell)
        yield lab_fact(
            passage, analyte, printed, unit, flag=printed.flag, reference=reference, time=time,
            notes=_early(passage, time), in_row=True,
        )  # fmt: skip


def _column_an_analyte(passage: Passage, row: list[Cell], heads: dict[int, Mention]) -> Iterator[Fact]:
    header = passage.table.header if passage.table else ()
    time = row_time(passage, row)
    for place, mention in heads.items():
        printed = _printed(passage, row[place]) if row[place].text else None
        if printed is None:
            continue
        unit = _last_unit(passage, header[place])
        analyte = meant(passage, mention._replace(start=0, end=0), unit, printed.value)
        if analyte:
            yield lab_fact(
                passage, analyte, printed, unit, flag=printed.flag, time=time, notes=_early(passage, time), in_row=True
            )


def _heads(passage: Passage) -> dict[int, Mention]:
    """Columns headed by an analyte, when at least two are (or one with its unit, beside a column of times).

    None when a column holds names of items.
    """
    header = passage.table.header if passage.table else ()
    known = roles(header, passage.rules_dir)
    if not header or {"item", "drug"} & set(known) or len(header) != passage.text.count("\t") + 1:
        return {}
    signs = {place for place, label in enumerate(header) if sign_of(label, passage.rules_dir)}
    found = {place: catalogue(passage.rules_dir).find(label) for place, label in enumerate(header)}
    heads = {place: mentions[0] for place, mentions in found.items() if mentions and place not in signs}
    if "vital" in known:
        heads = {place: mention for place, mention in heads.items() if not mention.bare}
    alone = len(heads) == 1 and "time" in known and _last_unit(passage, header[next(iter(heads))])
    return heads if len(heads) >= 2 or alone else {}


def _result(passage: Passage, row: list[Cell], place: int) -> Cell | None:
    """The result cell: by its column's label, else the first cell behind the name that holds a value."""
    labelled = [cell for cell in row if cell.role == "result"]
    if labelled:
        return next((cell for cell in labelled if cell.text), None)
    for cell in row[place + 1 :]:
        if cell.role in (None, "point") and cell.text and _printed(passage, cell) is not None:
            return cell
    return None


def _printed(passage: Passage, cell: Cell) -> PrintedValue | None:
    """The value of a cell, its glued flag and unit aside; words that are no known result stay as they are printed."""
    reader = value_reader(passage.rules_dir)
    text = cell.text
    if _SPLIT_DIGITS.fullmatch(text):
        return PrintedValue(float(text.replace(" ", "")), cell.start, cell.start + len(text))
    flag, at = reader.flag_at(text, 0)
    if not re.match(r"\s*\(?[<>≤≥+\-±\d]", text[at:]):
        flag, at = None, 0
    found = reader.read(text, at, signed=True)
    if found is None:
        in_words = cell.role == "result" and 0 < len(text) <= _LONGEST_RESULT and any(map(str.isalpha, text))
        return PrintedValue(text, cell.start, cell.start + len(text), numeric=False) if in_words else None
    after, end = reader.flag_at(text, found.next)
    tail = _ASIDE.sub("", text[end:]).strip(" *()+-")
    unit = unit_table(passage.rules_dir).match(text, end + len(text[end:]) - len(text[end:].lstrip()))
    if tail and unit is None and cell.role != "result":
        return None
    if tail and unit is None:
        return PrintedValue(text, cell.start, cell.start + len(text), numeric=False)
    return replace(found, start=cell.start + found.start, end=cell.start + found.end, flag=after or flag)


def _unit(passage: Passage, row: list[Cell], result: Cell | None) -> str | None:
    """The unit of a row: its column, the result's own tail, any cell that is a unit, the name's brackets."""
    units = unit_table(passage.rules_dir)
    for cell in row:
        if cell.role == "unit" and cell.text:
            return units.read(cell.text)
    if result:
        tail = re.sub(r"^[^\d]*[\d.,]+\s*[↑↓HL*]*\s*", "", result.text)
        found = re.search(r"[^\d\s.<>≤≥↑↓*].*$", re.sub(r"(?:\s*[↑↓*]+|\s+[HL])\s*$", "", tail))
        if found and (unit := units.read(found.group())):
            return unit
    for cell in row:
        if cell.role is None and cell.text and cell is not result and (unit := units.read(cell.text)):
            return unit
    return next(
        (unit for cell in row if cell.role in ("item", None) and (unit := _last_unit(passage, cell.text))), None
    )


def _last_unit(passage: Passage, label: str) -> str | None:
    """The unit in the last brackets of a label (肌酐(μmol/L)), or a percent sign at its end (N%)."""
    if fold(label).rstrip().endswith("%"):
        return "%"
    found = re.search(r"[(\[]([^()\[\]]+)[)\]]\s*$", fold(label))
    return unit_table(passage.rules_dir).read(found[1]) if found else None


def _flag(passage: Passage, row: list[Cell], result: Cell) -> Flag | None:
    reader = value_reader(passage.rules_dir)
    labelled = [cell for cell in row if cell.role == "flag"]
    free = [cell for cell in row if cell.role is None and cell is not result and len(cell.text) <= 3]
    return next((flag for cell in labelled or free if cell.text and (flag := reader.flag_of(cell.text))), None)


def _early(passage: Passage, time: str | None) -> tuple[str, ...]:
    known = time or passage.document_date
    if known and passage.admission and (days_between(known, passage.admission) or 0) > 1:
        return (OTHER_STAY,)
    return ()


def _bare_day(label: str, passage: Passage) -> str | None:
    """A header like 3-5 or 03/05: month and day of the document's year."""
    found = re.fullmatch(r"\s*(\d{1,2})[-/.](\d{1,2})(?:\s+(\d{1,2}):(\d{2}))?\s*", fold(label))
    year = (passage.document_date or passage.admission or "")[:4]
    if not found or not year or not (1 <= int(found[1]) <= 12 and 1 <= int(found[2]) <= 31):
        return None
    day = f"{year}-{int(found[1]):02d}-{int(found[2]):02d}"
    return f"{day}T{int(found[3]):02d}:{found[4]}" if found[3] else day
