"""Laboratory results in running text: `肌酐由72↑至108μmol/L`, `K+3.2mmol/L`, `creatinine was 1.2 mg/dL`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from emr_rerank.facts.labs import lab_fact, meant
from emr_rerank.facts.notes import PREVIOUS
from emr_rerank.facts.passage import Passage
from emr_rerank.facts.printed_values import PrintedValue, ValueReader, read_reference, value_reader
from emr_rerank.findings import Fact, Flag
from emr_rerank.rules.analytes import Analyte, Mention, catalogue
from emr_rerank.rules.units import UnitTable, unit_table

_SEPARATOR = re.compile(r"\s*(?:[、/,，;；]|及|和|与|and\b)\s*")
_NAME_SEPARATOR = re.compile(r"\s*(?:[、/,，]|及|和|与|and\b)\s*$")
_REFERENCE = re.compile(
    r"\s*\(?\s*(?:参考值|参考范围|正常值|正常|参考|ref(?:erence)?\.?|normal)?\s*[:：]?\s*([<>≤≥]?\s*[\d.]+(?:\s*[-~]{1,2}\s*[\d.]+)?)"
)
_NO_RESULT = re.compile(r"\s*[A-Za-z㎎㎖]|\s?[/:]\s?\d|-\d|\.\d")
_PLAIN_STEP = re.compile(r"\s*(?:至|到|to\b)\s*(?=\d)", re.IGNORECASE)
_CHANGE = re.compile(
    r"由|从|自|升|降|增|减|\b(?:from|rose|risen|ris|increas|decreas|drop|fell|fall|improv|declin|went|climb|peak|trend)",
    re.IGNORECASE,
)
_OPENING = re.compile(r"\s*[(\[]?\s*")
_CLOSING_BRACKET = re.compile(r"[^()]{0,6}[)\]]")
_CLOSING = re.compile(r"\s*\)?\s*(?:\(\s*\))?\s*")
_FROM = re.compile(r"(?:由|从|\bfrom)\s*\S{0,4}$", re.IGNORECASE)


@dataclass(frozen=True)
class _Reading:
    """A value with its unit as printed at its place; `previous` when a newer one follows."""

    printed: PrintedValue
    unit: str | None
    next: int
    previous: bool = False


def prose_labs(passage: Passage) -> Iterator[Fact]:
    """Results of a sentence that is no table row, in reading order."""
    mentions = _joined(passage.text, catalogue(passage.rules_dir).find(passage.sentence.text))
    reader = _ProseReader(passage, mentions)
    index = 0
    while index < len(mentions):
        run, readings = reader.shared(index)
        if run:
            for mention, reading in zip(mentions[index : index + run], readings, strict=True):
                yield from reader.facts(mention, [reading])
            index += run
            continue
        yield from reader.facts(mentions[index], reader.readings(index))
        index += 1


def _joined(text: str, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """A name and its abbreviation in brackets behind it are one mention: 肌酐(Cr)."""
    joined: list[Mention] = []
    for mention in mentions:
        last = joined[-1] if joined else None
        if last and mention.analyte_id == last.analyte_id and _OPENING.fullmatch(text[last.end : mention.start]):
            closing = _CLOSING_BRACKET.match(text, mention.end)
            joined[-1] = last._replace(end=closing.end() if closing else mention.end)
        else:
            joined.append(mention)
    return tuple(joined)


class _ProseReader:
    """Reads the values behind names of analytes in one sentence."""

    def __init__(self, passage: Passage, mentions: Sequence[Mention]) -> None:
        self._passage = passage
        self._mentions = mentions
        self._text = passage.masked
        self._values: ValueReader = value_reader(passage.rules_dir)
        self._units: UnitTable = unit_table(passage.rules_dir)

    def facts(self, mention: Mention, readings: Sequence[_Reading]) -> Iterator[Fact]:
        """The facts of one name's readings; the unit of a later one serves an earlier one without."""
        shared = next((reading.unit for reading in reversed(readings) if reading.unit), None)
        for reading in readings:
            unit = reading.unit or (shared if isinstance(reading.printed.value, float) else reading.unit)
            analyte = meant(self._passage, mention, unit)
            printed = reading.printed
            if analyte is None or not self._fits(mention, analyte, unit, printed):
                continue
            time = self._passage.time_of(printed.start, printed.end)
            reference = None
            if found := _REFERENCE.match(self._text, reading.next):
                bracketed = "(" in found.group() or "参考" in found.group()
                reference = read_reference(found[1]) if bracketed else None
            own = not any(mention.start < when.start < printed.start for when in self._passage.dates)
            previous = reading.previous and own
            yield lab_fact(
                self._passage,
                analyte,
                printed,
                unit,
                flag=printed.flag,
                reference=reference,
                time=None if previous else time,
                notes=(PREVIOUS,) if previous else (),
            )

    def _fits(self, mention: Mention, analyte: Analyte, unit: str | None, printed: PrintedValue) -> bool:
        """Whether the unit lets a short name be the analyte: `P80次/分` is a pulse, the L of L5-S1 no lymphocyte."""
        if mention.end - mention.start > 2:
            return True
        if unit is None:
            latin = self._text[mention.start : mention.end].isascii()
            return not (mention.bare and latin and isinstance(printed.value, float))
        return catalogue(self._passage.rules_dir).accepts(analyte, unit)

    def readings(self, index: int) -> list[_Reading]:
        """The values of one name: one, or an older and a newer one, or a list."""
        mention = self._mentions[index]
        limit = self._mentions[index + 1].start if index + 1 < len(self._mentions) else len(self._text)
        reading = self._one(mention, self._bridge(mention.end, limit), limit)
        if reading is None:
            return []
        readings = [reading]
        while len(readings) < 12:
            if span := self._span_of_values(mention, reading, limit):
                return [span]
            step = self._values.step.match(self._text, reading.next)
            following = self._one(mention, step.end(), limit) if step else None
            if following is None:
                break
            readings[-1] = replace(reading, previous=True, printed=replace(reading.printed, flag=None))
            readings.append(following)
            reading = following
        further = self._further(mention, reading, limit)
        if further and further[0].previous:
            readings[-1] = replace(reading, previous=True)
        return [*readings, *further]

    def _span_of_values(self, mention: Mention, low: _Reading, limit: int) -> _Reading | None:
        """Two values that only `to` or 至 joins, with no word of a change before: a range, no older and newer value."""
        joint = _PLAIN_STEP.match(self._text, low.next)
        if not joint or low.printed.flag or _CHANGE.search(self._text[mention.end : low.printed.start]):
            return None
        high = self._one(mention, joint.end(), limit)
        if high is None or isinstance(high.printed.value, str) or isinstance(low.printed.value, str):
            return None
        value = f"{low.printed.value:g}-{high.printed.value:g}"
        printed = PrintedValue(value, low.printed.start, high.printed.end, high.printed.flag)
        return _Reading(printed, high.unit or low.unit, high.next)

    def shared(self, index: int) -> tuple[int, list[_Reading]]:
        """A run of names with one list of values behind: 钾、钠、氯分别为3.5、140、101mmol/L."""
        last = index
        while last + 1 < len(self._mentions) and _NAME_SEPARATOR.fullmatch(
            self._text[self._mentions[last].end : self._mentions[last + 1].start]
        ):
            last += 1
        run = last - index + 1
        if run < 2:
            return 0, []
        limit = self._mentions[last + 1].start if last + 1 < len(self._mentions) else len(self._text)
        at = self._bridge(self._mentions[last].end, limit)
        readings: list[_Reading] = []
        for mention in self._mentions[index : last + 1]:
            if readings:
                separator = _SEPARATOR.match(self._text, at)
                if not separator:
                    return 0, []
                at = separator.end()
            reading = self._one(mention, at, limit, listed=True)
            if reading is None:
                return 0, []
            readings.append(reading)
            at = reading.next
        unit = readings[-1].unit
        return run, [reading if reading.unit else replace(reading, unit=unit) for reading in readings]

    def _bridge(self, at: int, limit: int) -> int:
        found = self._values.bridge.match(self._text, at, limit)
        return found.end() if found else at

    def _one(self, mention: Mention, at: int, limit: int, *, listed: bool = False) -> _Reading | None:
        """The value right at that place, with flag and unit behind it."""
        analyte = catalogue(self._passage.rules_dir).get(mention.analyte_id)
        signed = bool(analyte.plausible and analyte.plausible[0] < 0)
        printed = self._values.read(self._text, at, signed=signed)
        if printed is None or printed.start >= limit:
            return None
        if isinstance(printed.value, str) and "-" in printed.value and _FROM.search(self._text[:at]):
            return None
        end = printed.next
        flag, after = self._flag(end)
        unit, after = self._unit(after)
        if unit is None and isinstance(printed.value, float) and self._counts_else(after, listed=listed):
            return None
        if flag is None:
            flag, after = self._flag(after)
        return _Reading(replace(printed, flag=flag, next=after), unit, after)

    def _flag(self, at: int) -> tuple[Flag | None, int]:
        """An arrow, or a word in brackets; an arrow that leads to a newer value is none."""
        if self._values.step.match(self._text, at):
            return None, at
        found, after = self._values.flag_at(self._text, at)
        if found and self._text[at:after].strip().strip("()").isalpha() and "(" not in self._text[at:after]:
            return None, at
        return found, after

    def _unit(self, at: int) -> tuple[str | None, int]:
        place = at
        while place < len(self._text) and self._text[place] == " ":
            place += 1
        found = self._units.match(self._text, place)
        return found if found else (None, at)

    def _counts_else(self, at: int, *, listed: bool) -> bool:
        """Whether a number without a known unit counts something else: days, tablets, an unknown unit."""
        if (listed and _SEPARATOR.match(self._text, at)) or self._values.step.match(self._text, at):
            return False
        return bool(_NO_RESULT.match(self._text, at) or self._values.counts.match(self._text, at))

    def _further(self, mention: Mention, reading: _Reading, limit: int) -> list[_Reading]:
        """Values of the same name in the clauses behind, each with a unit that fits: `，3月17日复查172μmol/L`."""
        analytes = catalogue(self._passage.rules_dir)
        names = [analytes.get(name) for name in (mention.analyte_id, *mention.others)]
        found: list[_Reading] = []
        unsure: list[_Reading] = []
        at = reading.next
        while len(found) + len(unsure) < 12:
            closing = _CLOSING.match(self._text, at)
            separator = _SEPARATOR.match(self._text, closing.end() if closing else at)
            if not separator or separator.end() >= limit:
                break
            following = self._one(mention, self._bridge(separator.end(), limit), limit, listed=True)
            if following is None or (following.unit is None and "、" not in separator.group()):
                break
            at = following.next
            if following.unit is None:
                unsure.append(following)
            elif any(analytes.accepts(analyte, following.unit) for analyte in names):
                found += [*(replace(each, previous=True) for each in unsure), following]
                unsure = []
            else:
                break
        return found
