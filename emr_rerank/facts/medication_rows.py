"""Medications of table rows: order sheets, administration records, lists of discharge drugs."""

import re
from collections.abc import Iterator
from dataclasses import replace

from emr_rerank.facts.dosing import Dosing
from emr_rerank.facts.dosing_reader import dosing_reader
from emr_rerank.facts.drug_names import DrugName, drug_names
from emr_rerank.facts.drug_status import Status, cues_around, default_status, means_else
from emr_rerank.facts.medications import medication_facts, prose_medications, read_dosings
from emr_rerank.facts.passage import Passage
from emr_rerank.facts.rows import Cell, cells, row_time
from emr_rerank.findings import Fact
from emr_rerank.rules.dosing import drug_words
from emr_rerank.rules.printed import fold, fold_case

SHEETS = frozenset({"orders", "medication_record", "discharge_medication", "discharge_orders"})
_NAMED = ("drug", "order", "item", None)
_DOSED = ("dose", "route", "frequency", "order", "note", None)
_STOP = re.compile(r"停止|终止|停药|结束|(?i:stop|end)")
_START = re.compile(r"开始|起始|开立|日期|时间|(?i:start|date|time|from|ordered)")
_NOT_A_DRUG = re.compile(r"皮试|吸氧|oxygen")


def row_medications(passage: Passage) -> Iterator[Fact]:
    """Medications of a sentence that is a table row."""
    row = cells(passage)
    if passage.sentence.section_code in SHEETS or any(cell.role == "drug" for cell in row):
        yield from _of_sheet(passage, row)
    elif passage.sentence.section_code in ("nursing_record", "progress_note"):
        yield from prose_medications(passage)


def _of_sheet(passage: Passage, row: list[Cell]) -> Iterator[Fact]:
    span = _span(passage, row)
    default = default_status(passage.sentence.section_code, row=True)
    status: Status = "stopped" if default == "ordered" and span[1] else default
    for cell in sorted(row, key=lambda each: each.role != "drug"):
        if cell.role not in _NAMED or not cell.text or _date_only(cell.text):
            continue
        facts = list(_of_cell(passage, row, cell, status, span))
        yield from facts
        if facts:
            return


def _of_cell(
    passage: Passage, row: list[Cell], cell: Cell, status: Status, span: tuple[str | None, str | None]
) -> Iterator[Fact]:
    """The drugs of one cell, each with what other cells of the row tell of it where it stands alone."""
    names = drug_names(cell.text, passage.rules_dir)
    dosings = read_dosings(cell.text, names, passage.rules_dir)
    if not names and (made := _unlisted(passage, cell)):
        names, dosings = (made[0],), [made[1]]
    plain = fold_case(cell.text)
    for name, dosing in zip(names, dosings, strict=True):
        whole, end = _completed(passage, dosing, row, cell) if len(names) == 1 else (dosing, 0)
        if means_else(plain, name.end, passage.rules_dir) or not _is_order(passage, cell, name, whole):
            continue
        said = cues_around(plain, name.start, name.end, (0, len(plain)), passage.rules_dir).status
        moved = replace(name, start=name.start + cell.start, end=name.end + cell.start)
        last = max(cell.start + max(dosing.end, name.end), end)
        own = said if said in ("stopped", "planned") else status
        yield from medication_facts(passage, moved, whole, own, moved.start, last, span=span)


def _is_order(passage: Passage, cell: Cell, name: DrugName, dosing: Dosing) -> bool:
    """Whether the cell orders the drug: not a nurse's remark that names one without a dose, nor a bag of blood."""
    if _NOT_A_DRUG.search(cell.text) or re.search(drug_words("blood", passage.rules_dir), fold_case(cell.text)):
        return False
    return cell.role == "drug" or not dosing.empty or (name.sure and passage.sentence.section_code in SHEETS)


def _completed(passage: Passage, dosing: Dosing, row: list[Cell], named: Cell) -> tuple[Dosing, int]:
    """The dosing with what stands in other cells of the row, and where the last of them ends in the sentence."""
    reader = dosing_reader(passage.rules_dir)
    end = 0
    for cell in row:
        if cell is named or cell.role not in _DOSED or not cell.text or _date_only(cell.text):
            continue
        plain = fold_case(cell.text)
        unit = next((each.text for each in row if each.role == "unit"), "") if cell.role == "dose" else ""
        more = reader.read(plain, 0, len(plain))
        if more.empty and unit:
            more = replace(reader.read(plain + fold_case(unit), 0, len(plain) + len(unit)), end=len(plain))
        if more.empty or not (
            more.end >= len(plain.rstrip()) or cell.role in ("dose", "route", "frequency") or more.frequency
        ):
            continue
        end = max(end, cell.start + more.end)
        dose = more.dose if more.dose and (dosing.dose is None or cell.role == "dose") else dosing.dose
        dosing = replace(dosing.filled(more), dose=dose)
    return dosing, end


def _unlisted(passage: Passage, cell: Cell) -> tuple[DrugName, Dosing] | None:
    """A drug that the catalogue lacks: in a column of drugs, or a text with a dose and a route or frequency."""
    plain = fold_case(cell.text)
    if cell.role == "drug":
        return DrugName(fold(cell.text), 0, len(cell.text), True, listed=False), Dosing(end=len(cell.text))
    found = re.match(r"(?P<name>[^\d\s,，;；:：]{2,20}?)\s*(?=\d)", plain)
    if not found or cell.role not in ("order", None):
        return None
    end = found.end("name")
    dosing = dosing_reader(passage.rules_dir).read(plain, end, len(plain))
    if dosing.dose is None or not (dosing.route or dosing.frequency):
        return None
    return DrugName(cell.text[:end].strip(), 0, end, True, listed=False), dosing


def _span(passage: Passage, row: list[Cell]) -> tuple[str | None, str | None]:
    """ISO times from which and to which the order of a row holds."""
    header = passage.table.header if passage.table else ()
    times: dict[str, str] = {}
    last = ""
    for place, cell in enumerate(row):
        label = header[place] if len(header) == len(row) else ""
        if not cell.text or cell.role not in ("time", None):
            continue
        clock = re.fullmatch(r"([01]?\d|2[0-3])\s*:\s*([0-5]\d)(?::\d\d)?", cell.text)
        if clock and len(times.get(last, "")) == 10:
            times[last] += f"T{int(clock[1]):02d}:{clock[2]}"
        elif time := _time(passage, cell.text):
            last = "stop" if _STOP.search(label) or (not label and "start" in times) else "start"
            if last == "stop" or _START.search(label) or not label:
                times.setdefault(last, time)
    return times.get("start") or row_time(passage, row), times.get("stop")


def _time(passage: Passage, text: str) -> str | None:
    return next(
        (when.iso for when in passage.dates_in(text) if when.iso),
        None,
    )


def _date_only(text: str) -> bool:
    return bool(re.fullmatch(r"(?=.*[-:/.年月])[\d\s:/.年月日T-]{4,}", text))
