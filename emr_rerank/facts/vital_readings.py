"""Where vital signs stand in running text, and with which values.

`T36.0℃P80次/分`, `GCS E3V4M5=12分`, `血压由180/110降至146/88mmHg`, `体温波动于37.5-38.6℃`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from emr_rerank.facts.passage import Passage
from emr_rerank.facts.printed_values import value_reader
from emr_rerank.facts.readings import CHANGED_BY, SEPARATOR, TREATED
from emr_rerank.rules.units import UnitError, unit_table
from emr_rerank.rules.values import value_words
from emr_rerank.rules.vitals import VitalSign, vital_signs

_DIGIT = re.compile(r"\d")
_ONE = r"\d{1,4}(?:\.\d{1,2})?"
_TWO = r"\d{2,3}(?:\s?[-~]{1,2}\s?\d{2,3})?\s?/\s?\d{2,3}(?:\s?[-~]{1,2}\s?\d{2,3})?"
_SINGLE = re.compile(
    rf"(?P<split>\d{{1,2}}(?: \d{{1,3}})+(?:\.\d+)?)(?=\s?[^\d\s.,，、。;；/~-])"
    rf"|(?P<span>{_ONE}\s?[-~]{{1,2}}\s?{_ONE})(?![\d.]*\d)(?!\s*[-~/]\s*\d)"
    rf"|(?P<number>{_ONE})(?![\d.]*\d)(?!\s*[-~/]\s*\d)"
)
_PAIRED = re.compile(rf"(?P<span>{_TWO}\s?[-~]{{1,2}}\s?{_TWO})(?!\d)|(?P<number>{_TWO})(?!\d)")
_PARTS_IN_WORDS = r"(?:(?:睁眼|言语|语言|运动|肢体)(?:反应|运动)?\s*\d\s*分?\s*[+,，、]?\s*){3}"
_SCORE = re.compile(
    rf"{_PARTS_IN_WORDS}(?:共计?|总分|合计|总计|=)?\s*(?P<total>\d{{1,2}})(?!\d)|"
    r"(?:[EeVvMm]\s*\d\s*[+,，、]?\s*){3}[=为:]?\s*(?P<number>\d{1,2})(?!\d)|(?P<parts>(?:[EeVvMm]\s*\d\s*[+,，、]?\s*){3})"
    r"|(?P<points>\d{1,2})(?![\d.]*\d)(?:\s*/\s*1[05](?!\d))?(?!\s*/\s*\d)(?![A-Za-z%℃])"
)
_COMPARED = re.compile(
    r"\s*(?P<sign>[<>≤≥]=?|超过|高于|大于|多于|低于|小于|少于|不足|(?i:above|over|below|under))\s*(?=\d)"
)
_LESS = re.compile(r"[<≤]|低于|小于|少于|不足|below|under", re.IGNORECASE)
_NOT_OF_A_VESSEL = r"(?<!动脉)(?<!静脉)(?<!动脉血)(?<!静脉血)(?<!venous )(?<!arterial )"
"""A saturation of a blood sample is a result of the laboratory."""
_PAIR_LATER = re.compile(
    r"\s*(?:(?:on|at|before|after) [a-z]{2,14})?\s*,\s*(?:then |now )?(?=\d{2,3}\s?/\s?\d{2,3}(?!\d))"
)
"""Before a later pressure of one list: 168/98 on arrival, 132/78 after labetalol."""
_GLUED = re.compile(r"[A-Z](?=[A-Z]{1,2}\s*[:=]?\s*\d)")
"""A one-letter unit with the next sign's letter glued to it: T36.4CP80次/分."""


@dataclass(frozen=True)
class VitalReading:
    """A sign's value at a place of the sentence, spaces taken out; `sure`: the name alone proves it."""

    sign: VitalSign
    text: str
    start: int
    end: int
    unit: str | None
    next: int
    sure: bool = True

    @property
    def order(self) -> tuple[bool, bool]:
        """The better reading of one number first: a unit that fits, then a name that is proof."""
        return self.unit is None, not self.sure


def vital_readings(passage: Passage) -> list[VitalReading]:
    """All readings of a sentence in reading order, one a number; bare letters only beside proven signs."""
    found: dict[int, VitalReading] = {}
    if not _DIGIT.search(passage.masked):
        return []
    for sign, pattern, sure in _patterns(passage.rules_dir):
        for name in pattern.finditer(passage.masked):
            for reading in _series(passage, sign, name, sure):
                kept = found.get(reading.start)
                if kept is None or reading.order < kept.order:
                    found[reading.start] = reading
    certain = [each.start for each in found.values() if each.sure or each.unit]
    return [
        each
        for each in sorted(found.values(), key=lambda each: each.start)
        if each.sure or each.unit or any(abs(each.start - place) <= 30 for place in certain if place != each.start)
    ]


def unit_behind(passage: Passage, sign: VitalSign, at: int) -> tuple[str | None, int]:
    """(unit that fits the sign, end) printed at that place."""
    text = passage.text
    while at < len(text) and text[at] == " ":
        at += 1
    units = unit_table(passage.rules_dir)
    found = units.match(text, at)
    if found is None and _GLUED.match(text, at) and (unit := units.read(text[at])):
        found = unit, at + 1
    return found if found and fits(sign, found[0], passage.rules_dir) else (None, at)


def fits(sign: VitalSign, unit: str, rules_dir: Path | None) -> bool:
    """Whether values of the sign are printed in the unit."""
    if sign.unit is None:
        return False
    try:
        unit_table(rules_dir).convert(1.0, unit, sign.unit)
    except UnitError:
        return bool(sign.volume_per_day) and unit == "mL"
    return True


def _series(passage: Passage, sign: VitalSign, name: re.Match[str], sure: bool) -> Iterator[VitalReading]:
    """The value behind a name and those that follow it: 由180/110mmHg降至146/88mmHg, ，物理降温后降至37.8℃."""
    reading = _first(passage, sign, name, sure)
    step = value_reader(passage.rules_dir).step
    text = passage.masked
    for _ in range(6):
        if reading is None:
            return
        yield reading
        joint = step.match(text, reading.next)
        if joint is None and (separator := SEPARATOR.match(text, reading.next)):
            joint = TREATED.match(text, separator.end())
        again = _PAIR_LATER.match(text, reading.next) if sign.pair and joint is None else None
        joint = joint or again
        following = _value(passage, sign, joint.end(), sure) if joint else None
        reading = following if following and (following.unit or again or step.match(text, reading.next)) else None


def _first(passage: Passage, sign: VitalSign, name: re.Match[str], sure: bool) -> VitalReading | None:
    """The value behind a name; none where the words tell the size of a change, or a volume lacks its unit."""
    if CHANGED_BY.search(name.group()):
        return None
    reading = _value(passage, sign, name.end(), sure)
    if reading is None or not (sign.unit and sign.unit.startswith("mL")):
        return reading
    of_a_day = any(name.group().lower().startswith(each.lower()) for each in sign.volume_per_day)
    return reading if reading.unit == sign.unit or (reading.unit and (of_a_day or reading.unit != "mL")) else None


def _value(passage: Passage, sign: VitalSign, at: int, sure: bool) -> VitalReading | None:
    """The value right at that place."""
    text = passage.masked
    compared = _COMPARED.match(text, at)
    if compared:
        at = compared.end()
    form = _SCORE if sign.score else _PAIRED if sign.pair else _SINGLE
    found = form.match(text, at)
    if not found:
        return None
    kind = found.lastgroup or "number"
    start, end = found.span(kind)
    printed = re.sub(r"\s", "", found[kind])
    if kind == "parts":
        printed = str(sum(int(digit) for digit in re.findall(r"\d", printed)))
        end = start + len(found[kind].rstrip(" +,，、"))
    if kind == "split" and not _only_whole(sign, found[kind]):
        return _value_of_first_group(passage, sign, found, sure)
    unit, behind = (None, end) if sign.score else unit_behind(passage, sign, end)
    if compared:
        printed = ("<" if _LESS.match(compared["sign"]) else ">") + printed
        start = compared.start("sign")
    return VitalReading(sign, printed, start, end, unit, max(behind, found.end()), sure)


def _value_of_first_group(passage: Passage, sign: VitalSign, found: re.Match[str], sure: bool) -> VitalReading | None:
    """Of numbers that only a space parts, the first: 37.2 84."""
    number = re.compile(_ONE).match(passage.masked, found.start())
    if not number:
        return None
    return VitalReading(sign, number.group(), number.start(), number.end(), None, number.end(), sure)


def _only_whole(sign: VitalSign, text: str) -> bool:
    """Whether the digits make a plausible value only together: T 3 6.5℃."""
    low, high = sign.plausible
    whole, first = float(text.replace(" ", "")), float(text.split()[0])
    return low <= whole <= high and not low <= first <= high


@lru_cache(maxsize=8)
def _patterns(rules_dir: Path | None) -> tuple[tuple[VitalSign, re.Pattern[str], bool], ...]:
    """(sign, its names with the words up to a value, whether the name alone is proof)."""
    made = []
    words = "|".join(re.escape(word) for word in value_words("bridge", rules_dir))
    bridge = rf"(?:\s+|[:=]|\([^()]{{0,8}}\)|{words}){{0,5}}"
    value = r"(?=\d|[<>≤≥]|超过|高于|大于|多于|低于|小于|少于|不足|(?i:above|over|below|under)\s|[EVMevm]\s?\d|睁眼)"
    for sign in vital_signs(rules_dir):
        names = "|".join(re.escape(name) for name in sorted(sign.names, key=len, reverse=True))
        names += f"|{sign.pattern}" if sign.pattern else ""
        made.append((sign, re.compile(rf"{_NOT_OF_A_VESSEL}(?<![A-Za-z])(?i:{names})(?i:{bridge}){value}"), True))
        if sign.cased:
            cased = "|".join(map(re.escape, sign.cased))
            made.append((sign, re.compile(rf"(?:(?<![A-Za-z0-9/-])|(?<=\dC))(?:{cased})\s*[:=]?\s*{value}"), False))
    return tuple(made)
