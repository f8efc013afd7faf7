"""Laboratory results in running text: `肌酐由72↑至108μmol/L`, `K+3.2mmol/L`, `creatinine was 1.2 mg/dL`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from emr_rerank.facts.labs import lab_fact, meant
from emr_rerank.facts.notes import PREVIOUS, SPLIT_DIGITS
from emr_rerank.facts.passage import Passage
from emr_rerank.facts.printed_values import NUMBER, PrintedValue, read_reference
from emr_rerank.facts.readings import SEPARATOR, TREATED, Reading, ResultReader
from emr_rerank.findings import Fact
from emr_rerank.rules.analytes import Analyte, Mention, catalogue
from emr_rerank.rules.units import unit_table

_NAME_SEPARATOR = re.compile(r"\s*(?:[、/,，]|及|和|与|and\b)\s*$")
_REFERENCE = re.compile(
    r"\s*\(?\s*(?:参考值|参考范围|正常值|正常|参考|ref(?:erence)?\.?|normal)?\s*[:：]?\s*([<>≤≥]?\s*[\d.]+(?:\s*[-~]{1,2}\s*[\d.]+)?)"
)
_PLAIN_STEP = re.compile(r"\s*(?:至|到|to\b)\s*(?=\d)", re.IGNORECASE)
_CHANGE = re.compile(
    r"由|从|自|升|降|增|减|\b(?:from|rose|risen|ris|increas|decreas|drop|fell|fall|improv|declin|went|climb|peak|trend)",
    re.IGNORECASE,
)
_OPENING = re.compile(r"\s*[(\[]?\s*")
_CLOSING_BRACKET = re.compile(r"[^()]{0,6}[)\]]")
_CLOSING = re.compile(r"\s*\)?\s*(?:\(\s*\))?\s*")
_WHEN_TOLD = re.compile(r"\s*(?:on|at) [a-z]{2,12}(?=,)")
_ALL = re.compile(r"[均都皆]|\b(?:all|both|are)\b", re.IGNORECASE)
_BODY = frozenset({
    "volume", "volume_per_hour", "volume_per_day", "volume_per_mass_hour", "body_mass", "body_length", "temperature",
    "frequency", "body_mass_index",
})  # fmt: skip
"""Dimensions that no laboratory prints: a number with such a unit is a dose, a volume or a vital sign."""


def prose_labs(passage: Passage) -> Iterator[Fact]:
    """Results of a sentence that is no table row, in reading order."""
    mentions = _joined(passage.text, catalogue(passage.rules_dir).find(passage.sentence.text))
    reader = _Prose(passage, mentions)
    index = 0
    while index < len(mentions):
        run, readings = reader.shared(index)
        if run:
            for mention, reading in zip(mentions[index : index + run], readings, strict=True):
                yield from reader.facts(mention, [reading])
            index += run
            continue
        if reader.is_ratio(index):
            index += 2
            continue
        yield from reader.facts(mentions[index], reader.readings(index))
        index += 1


def _joined(text: str, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """A name and its abbreviation in brackets behind it are one mention: 肌酐(Cr), 降钙素原(PCT)."""
    joined: list[Mention] = []
    for mention in mentions:
        last = joined[-1] if joined else None
        names = (mention.analyte_id, *mention.others)
        both = [name for name in (last.analyte_id, *last.others) if name in names] if last else []
        if last and both and _OPENING.fullmatch(text[last.end : mention.start]):
            closing = _CLOSING_BRACKET.match(text, mention.end)
            end = closing.end() if closing else mention.end
            joined[-1] = last._replace(analyte_id=both[0], others=tuple(both[1:]), end=end)
        else:
            joined.append(mention)
    return tuple(joined)


class _Prose:
    """Reads the values behind names of analytes in one sentence."""

    def __init__(self, passage: Passage, mentions: Sequence[Mention]) -> None:
        self._passage = passage
        self._mentions = mentions
        self._reader = ResultReader(passage)
        self._text = self._reader.text

    def facts(self, mention: Mention, readings: Sequence[Reading]) -> Iterator[Fact]:
        """The facts of one name's readings; the unit of a later one serves an earlier one without."""
        shared = next((reading.unit for reading in reversed(readings) if reading.unit), None)
        for reading in readings:
            printed = reading.printed
            unit = reading.unit or (shared if isinstance(printed.value, float) else None)
            if unit is None and isinstance(printed.value, float) and self._text[mention.end - 1] == "%":
                unit = "%"
            analyte = meant(self._passage, mention, unit, printed.value)
            if analyte is None or not self._fits(mention, analyte, unit, printed):
                continue
            time = self._time(mention, readings, printed)
            own = not any(mention.start < when.start < printed.start for when in self._passage.dates)
            previous = reading.previous and own
            notes = ((PREVIOUS,) if previous else ()) + ((SPLIT_DIGITS,) if reading.split else ())
            yield lab_fact(
                self._passage,
                analyte,
                printed,
                unit,
                flag=printed.flag,
                reference=self._reference(reading.next),
                time=None if previous else time,
                notes=notes,
            )

    def _time(self, mention: Mention, readings: Sequence[Reading], printed: PrintedValue) -> str | None:
        """When a value was measured; the day named inside 由入院时的126降至89 is the older value's alone."""
        first = readings[0].printed
        inside = [when.start for when in self._passage.dates if mention.start < when.start < printed.start]
        if printed is not first and inside and max(inside) < first.start:
            return (self._passage.inherited or "")[:10] or None
        return self._passage.time_of(printed.start, printed.end)

    def _reference(self, at: int) -> tuple[float | None, float | None] | None:
        """A reference range in brackets or behind its label."""
        found = _REFERENCE.match(self._text, at)
        if found is None or not ("(" in found.group() or "参考" in found.group()):
            return None
        return read_reference(found[1])

    def _fits(self, mention: Mention, analyte: Analyte, unit: str | None, printed: PrintedValue) -> bool:
        """Whether the unit lets a name be the analyte: `P80次/分` is a pulse, the L of L5-S1 no lymphocyte."""
        if unit and unit_table(self._passage.rules_dir).get(unit).dimension in _BODY:
            return self._reader.accepts([analyte], unit)
        name = self._text[mention.start : mention.end]
        if not mention.bare and (len(name) > 2 or (len(name) == 2 and not name.isascii())):
            return True
        if unit is None or isinstance(printed.value, str):
            return not (mention.bare and name.isascii() and isinstance(printed.value, float))
        return self._reader.accepts([analyte], unit)

    def readings(self, index: int) -> list[Reading]:
        """The values of one name: one, or an older and a newer one, or a list."""
        mention = self._mentions[index]
        limit = self._mentions[index + 1].start if index + 1 < len(self._mentions) else len(self._text)
        reading = self._reader.behind(mention, mention.end, limit)
        if reading is None:
            before = self._before(index)
            return [before] if before else []
        readings = [reading]
        while len(readings) < 12:
            if span := self._span_of_values(mention, reading, limit):
                return [span]
            step = self._reader.values.step.match(self._text, reading.next)
            following = self._after_step(mention, step.end(), limit) if step else None
            if following is None:
                break
            readings[-1] = replace(reading, previous=True, printed=replace(reading.printed, flag=None))
            readings.append(following)
            reading = following
        further = self._further(mention, reading, limit)
        if further and further[0].previous:
            readings[-1] = replace(reading, previous=True)
        return [*readings, *further]

    def _after_step(self, mention: Mention, at: int, limit: int) -> Reading | None:
        """The newer value: right behind the step, or behind words of its time: 降至术后的89g/L."""
        return self._reader.at(mention, at, limit) or self._reader.behind(mention, at, limit)

    def _before(self, index: int) -> Reading | None:
        """A value in front of its name, as English has it: 85% neutrophils."""
        mention = self._mentions[index]
        start = self._mentions[index - 1].end if index else 0
        found = re.search(rf"({NUMBER})\s*\S{{1,12}}\s+(?:of\s+)?$", self._text[start : mention.start])
        if not found or not self._text[mention.start].isascii():
            return None
        reading = self._reader.at(mention, start + found.start(1), mention.start)
        if (
            reading is None
            or reading.unit is None
            or not self._reader.accepts(self._reader.analytes(mention), reading.unit)
        ):
            return None
        return reading if not self._text[reading.next : mention.start].replace("of", "").strip() else None

    def _span_of_values(self, mention: Mention, low: Reading, limit: int) -> Reading | None:
        """Two values that only `to` or 至 joins, with no word of a change before: a range, no older and newer value."""
        joint = _PLAIN_STEP.match(self._text, low.next)
        if not joint or low.printed.flag or _CHANGE.search(self._text[mention.end : low.printed.start]):
            return None
        high = self._reader.at(mention, joint.end(), limit)
        if high is None or isinstance(high.printed.value, str) or isinstance(low.printed.value, str):
            return None
        value = f"{low.printed.value:g}-{high.printed.value:g}"
        printed = PrintedValue(value, low.printed.start, high.printed.end, high.printed.flag)
        return Reading(printed, high.unit or low.unit, high.next)

    def is_ratio(self, index: int) -> bool:
        """Whether a name and the next one are the parts of a ratio: 载脂蛋白B/载脂蛋白A1 0.86 is neither's result."""
        if index + 1 >= len(self._mentions):
            return False
        one, other = self._mentions[index : index + 2]
        names = ({each.analyte_id, *each.others} for each in (one, other))
        return self._text[one.end : other.start].strip() == "/" and not set.intersection(*names)

    def shared(self, index: int) -> tuple[int, list[Reading]]:
        """A run of names with one list of values behind, or one word for all.

        钾、钠、氯分别为3.5、140、101mmol/L; HBsAg、HIV抗体均阴性.
        """
        last = index
        while last + 1 < len(self._mentions) and _NAME_SEPARATOR.fullmatch(
            self._text[self._mentions[last].end : self._mentions[last + 1].start]
        ):
            last += 1
        run = last - index + 1
        if run < 2:
            return 0, []
        limit = self._mentions[last + 1].start if last + 1 < len(self._mentions) else len(self._text)
        at = self._reader.bridge(self._mentions[last].end, limit)
        joint = self._text[self._mentions[last - 1].end : self._mentions[last].start]
        if _ALL.search(self._text[self._mentions[last].end : at]) or "、" in joint:
            word = self._reader.at(self._mentions[last], at, limit)
            if word and not word.printed.numeric:
                return run, [word] * run
        readings: list[Reading] = []
        for mention in self._mentions[index : last + 1]:
            if readings:
                separator = SEPARATOR.match(self._text, at)
                if not separator:
                    return 0, []
                at = separator.end()
            reading = self._reader.at(mention, at, limit, listed=True)
            if reading is None:
                return 0, []
            readings.append(reading)
            at = reading.next
        unit = readings[-1].unit
        return run, [reading if reading.unit else replace(reading, unit=unit) for reading in readings]

    def _further(self, mention: Mention, reading: Reading, limit: int) -> list[Reading]:
        """Values of the same name in the clauses behind, each with a unit that fits: `，3月17日复查172μmol/L`."""
        names = self._reader.analytes(mention)
        found: list[Reading] = []
        unsure: list[Reading] = []
        at = reading.next
        while len(found) + len(unsure) < 12:
            closing = _CLOSING.match(self._text, at)
            at = closing.end() if closing else at
            away = _WHEN_TOLD.match(self._text, at)
            separator = SEPARATOR.match(self._text, away.end() if away else at)
            if not separator or separator.end() >= limit:
                break
            told = TREATED.match(self._text, separator.end(), limit)
            start = self._reader.bridge(told.end() if told else separator.end(), limit)
            following = self._reader.at(mention, start, limit, listed=True)
            again = told and "复" in told.group() and reading.unit is None
            if following is None or (following.unit is None and "、" not in separator.group() and not again):
                break
            at = following.next
            if following.unit is None and not again:
                unsure.append(following)
            elif following.unit is None or self._reader.accepts(names, following.unit):
                found += [*(replace(each, previous=True) for each in unsure), following]
                unsure = []
            else:
                break
        return found
