"""Vital signs from running text (`T36.0℃P80次/分R18次/分BP150/90mmHg`) and from charts."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from emr_rerank.facts.context import assertion_of
from emr_rerank.facts.notes import IMPLAUSIBLE, OTHER_PERSON, UNIT_MISSING
from emr_rerank.facts.passage import Passage
from emr_rerank.facts.rows import cells, row_time
from emr_rerank.findings import Fact
from emr_rerank.rules.printed import fold_case
from emr_rerank.rules.units import UnitError, unit_table
from emr_rerank.rules.values import value_words
from emr_rerank.rules.vitals import VitalSign, vital_signs

_PAIR = r"(?P<value>\d{2,3}\s*/\s*\d{2,3})(?!\d)"
_GLUED = re.compile(r"[A-Z](?=[A-Z]{1,2}\s*[:=]?\s*\d)")
"""A one-letter unit with the next sign's letter glued to it: T36.4CP80次/分."""
_NUMBER = r"(?P<value>\d{1,3}(?:\.\d{1,2})?)(?![\d.]*\d)(?!\s*[-~/]\s*\d)"


def prose_vitals(passage: Passage) -> Iterator[Fact]:
    """Vital signs of a sentence that is no table row."""
    found: dict[int, tuple[int, int, VitalSign, str | None, bool, int]] = {}
    for sign, pattern, sure in _patterns(passage.rules_dir):
        for match in pattern.finditer(passage.masked):
            start, end = match.span("value")
            unit, behind = _unit_behind(passage, sign, end)
            found.setdefault(start, (start, end, sign, unit, sure, behind))
    certain = [each[0] for each in found.values() if each[4] or each[3]]
    for start, end, sign, unit, sure, behind in sorted(found.values(), key=lambda each: each[0]):
        beside = any(abs(start - place) <= 30 for place in certain if place != start)
        if sure or unit or beside:
            time = passage.time_of(start, end)
            yield _fact(passage, sign, start, end, unit, time, passage.stay_notes(start, behind, time))


def row_vitals(passage: Passage) -> Iterator[Fact]:
    """Vital signs of a chart's row: one column a sign."""
    table = passage.table
    if table is None or len(table.header) != passage.text.count("\t") + 1:
        return
    row = cells(passage)
    for cell, label in zip(row, table.header, strict=True):
        sign = _named(label, passage.rules_dir)
        pattern = _PAIR if sign and sign.pair else r"(?P<value>\d{1,3}(?:\.\d{1,2})?)"
        match = re.match(rf"\s*{pattern}", cell.text) if sign else None
        if sign and match:
            start = cell.start + match.start("value")
            end = cell.start + match.end("value")
            unit = _unit_behind(passage, sign, end)[0] or _unit_in(label, sign, passage.rules_dir) or sign.unit
            yield _fact(passage, sign, start, end, unit, row_time(passage, row), ())


def _fact(
    passage: Passage, sign: VitalSign, start: int, end: int, unit: str | None, time: str | None, notes: tuple[str, ...]
) -> Fact:
    text = passage.text[start:end]
    value, normal, marks = _normalised(sign, text.replace(" ", ""), unit, passage.rules_dir)
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
    sign: VitalSign, text: str, unit: str | None, rules_dir: Path | None
) -> tuple[float | str, str | None, tuple[str, ...]]:
    """(value, unit, notes). A sign printed without a unit takes the usual one when the value is plausible in it."""
    numbers = [float(number) for number in text.split("/")]
    if unit and unit != sign.unit:
        numbers = [round(unit_table(rules_dir).convert(number, unit, sign.unit), 1) for number in numbers]
    low, high = sign.plausible
    plausible = all(low <= number <= high for number in numbers)
    marks = () if plausible else (IMPLAUSIBLE,)
    if unit is None:
        marks = (*marks, UNIT_MISSING)
    value: float | str = numbers[0]
    if sign.pair:
        value = "/".join(f"{number:g}" for number in numbers)
    return value, sign.unit if unit or plausible else None, marks


def _unit_behind(passage: Passage, sign: VitalSign, at: int) -> tuple[str | None, int]:
    text = passage.text
    while at < len(text) and text[at] == " ":
        at += 1
    units = unit_table(passage.rules_dir)
    found = units.match(text, at)
    if found is None and _GLUED.match(text, at) and (unit := units.read(text[at])):
        found = unit, at + 1
    return found if found and _fits(sign, found[0], passage.rules_dir) else (None, at)


def _unit_in(label: str, sign: VitalSign, rules_dir: Path | None) -> str | None:
    found = re.search(r"[(（\[](.+?)[)）\]]", label)
    unit = unit_table(rules_dir).read(found[1]) if found else None
    return unit if unit and _fits(sign, unit, rules_dir) else None


def _fits(sign: VitalSign, unit: str, rules_dir: Path | None) -> bool:
    try:
        unit_table(rules_dir).convert(1.0, unit, sign.unit)
    except UnitError:
        return False
    return True


@lru_cache(maxsize=1024)
def _named(label: str, rules_dir: Path | None) -> VitalSign | None:
    """The sign that heads a column: 体温(℃), BP mmHg."""
    plain = re.sub(r"[(\[].*|\s", "", fold_case(label))
    for sign in vital_signs(rules_dir):
        if plain in {re.sub(r"\s", "", fold_case(name)) for name in (*sign.names, *sign.cased)}:
            return sign
    return None


@lru_cache(maxsize=8)
def _patterns(rules_dir: Path | None) -> tuple[tuple[VitalSign, re.Pattern[str], bool], ...]:
    """(sign, pattern, whether the name alone is proof)."""
    made = []
    words = "|".join(re.escape(word) for word in value_words("bridge", rules_dir))
    bridge = rf"(?:\s+|[:=]|\([^()]{{0,8}}\)|{words}){{0,4}}"
    for sign in vital_signs(rules_dir):
        value = _PAIR if sign.pair else _NUMBER
        names = "|".join(re.escape(name) for name in sorted(sign.names, key=len, reverse=True))
        made.append((sign, re.compile(rf"(?<![A-Za-z])(?i:{names})(?i:{bridge}){value}"), True))
        if sign.cased:
            cased = "|".join(map(re.escape, sign.cased))
            made.append((sign, re.compile(rf"(?:(?<![A-Za-z0-9/-])|(?<=\dC))(?:{cased})\s*[:=]?\s*{value}"), False))
    return tuple(made)
