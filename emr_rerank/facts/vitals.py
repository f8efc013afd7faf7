"""Vital signs as facts, from running text and from charts."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from emr_rerank.facts.columns import sign_of
from emr_rerank.facts.context import assertion_of
from emr_rerank.facts.notes import IMPLAUSIBLE, OTHER_PERSON, UNIT_MISSING
from emr_rerank.facts.passage import Passage
from emr_rerank.facts.rows import Cell, cells, column_time, row_time
from emr_rerank.facts.vital_readings import VitalReading, fits, unit_behind, vital_readings
from emr_rerank.findings import Fact
from emr_rerank.rules.units import unit_table
from emr_rerank.rules.vitals import VitalSign, vital_signs

_CELL = re.compile(r"\s*(?P<pair>\d{2,3}\s*/\s*\d{2,3})|\s*(?P<one>\d{1,4}(?:\.\d{1,2})?)")


def prose_vitals(passage: Passage) -> Iterator[Fact]:
    """Vital signs of a sentence that is no table row."""
    for reading in vital_readings(passage):
        time = passage.time_of(reading.start, reading.end)
        yield _fact(passage, reading, time, passage.stay_notes(reading.start, reading.next, time))


def row_vitals(passage: Passage) -> Iterator[Fact]:
    """Vital signs of a chart's row: one column a sign, or one row a sign with a column a day."""
    table = passage.table
    if table is None or len(table.header) != passage.text.count("\t") + 1:
        return
    row = cells(passage)
    points = [cell for cell in row if cell.role == "point"]
    sign = sign_of(row[0].text, passage.rules_dir) if points else None
    if sign:
        for cell in points:
            reading = _in_cell(passage, sign, cell, row[0].text)
            if reading:
                yield _fact(passage, reading, column_time(passage, row, cell), ())
        return
    time = row_time(passage, row)
    for cell, label in zip(row, table.header, strict=True):
        sign = sign_of(label, passage.rules_dir)
        if sign and sign.volume_per_day and time and "T" in time:
            sign = _plain_volume(passage.rules_dir)
        reading = _in_cell(passage, sign, cell, label) if sign else None
        if reading:
            yield _fact(passage, reading, time, ())


def _plain_volume(rules_dir: Path | None) -> VitalSign | None:
    """What a volume of urine noted at an hour is."""
    return next((sign for sign in vital_signs(rules_dir) if sign.unit == "mL"), None)


def _in_cell(passage: Passage, sign: VitalSign, cell: Cell, label: str) -> VitalReading | None:
    """The value that opens a cell; its unit is the cell's, the label's, or the usual one."""
    found = _CELL.match(cell.text)
    kind = "pair" if sign.pair else "one"
    if not found or found.lastgroup != kind:
        return None
    start, end = cell.start + found.start(kind), cell.start + found.end(kind)
    unit = unit_behind(passage, sign, end)[0] or _unit_in(label, sign, passage.rules_dir) or sign.unit
    return VitalReading(sign, found[kind].replace(" ", ""), start, end, unit, end)


def _fact(passage: Passage, reading: VitalReading, time: str | None, notes: tuple[str, ...]) -> Fact:
    sign, start, end = reading.sign, reading.start, reading.end
    value, normal, marks = _normalised(reading, passage.rules_dir, english=not passage.chinese)
    assertion, _ = assertion_of(passage.sentence.text, start, end, passage.sentence.section_code, passage.rules_dir)
    if assertion == "family":
        time, notes = None, (*notes, OTHER_PERSON)
    return Fact(
        kind="vital",
        name=sign.id,
        display=sign.display_zh if passage.chinese else sign.display_en,
        value=value,
        unit=normal,
        time=time,
        page=passage.page(start),
        evidence=None,
        assertion=assertion if assertion in ("family", "conditional") else "present",
        start=passage.sentence.start + start,
        end=passage.sentence.start + end,
        sentence=passage.sentence.index,
        text=passage.sentence.text[start:end],
        notes=(*notes, *marks),
    )


def _normalised(
    reading: VitalReading, rules_dir: Path | None, *, english: bool
) -> tuple[float | str, str | None, tuple[str, ...]]:
    """(value, unit, notes). A sign printed without a unit takes the usual one when the value is plausible in it.

    In an English record only where no other unit of the sign fits as well: 284 may be pounds or kilograms.
    """
    sign, unit = reading.sign, reading.unit
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", reading.text)]
    plain = re.fullmatch(r"[\d./]+", reading.text) is not None
    if unit == "mL" and sign.volume_per_day:
        unit = sign.unit
    if plain and unit and sign.unit and unit != sign.unit:
        numbers = [round(unit_table(rules_dir).convert(number, unit, sign.unit), 1) for number in numbers]
        reading = replace(reading, text="/".join(f"{number:g}" for number in numbers))
        unit = sign.unit
    low, high = sign.plausible
    plausible = all(low <= number <= high for number in numbers) if unit in (None, sign.unit) else True
    unsure = english and unit is None and _may_be_another(sign, numbers, rules_dir)
    marks = () if plausible or unsure else (IMPLAUSIBLE,)
    if unit is None and not sign.score:
        marks = (*marks, UNIT_MISSING)
        unit = sign.unit if plausible and not unsure else None
    value = float(reading.text) if plain and not sign.pair else reading.text
    return value, unit, marks


def _may_be_another(sign: VitalSign, numbers: list[float], rules_dir: Path | None) -> bool:
    """Whether the numbers are plausible in another unit that the sign is printed in."""
    low, high = sign.plausible
    units = unit_table(rules_dir)
    others = [unit for unit in sign.units if sign.unit and unit != "斤"]
    return any(
        all(low <= units.convert(number, unit, sign.unit or unit) <= high for number in numbers) for unit in others
    )


def _unit_in(label: str, sign: VitalSign, rules_dir: Path | None) -> str | None:
    found = re.search(r"[(（\[](.+?)[)）\]]", label)
    unit = unit_table(rules_dir).read(found[1]) if found else None
    return unit if unit and fits(sign, unit, rules_dir) else None
