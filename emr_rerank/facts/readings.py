"""One result in running text: the value at a place with its flag and unit, or nothing where the number counts else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from emr_rerank.facts.passage import Passage
from emr_rerank.facts.printed_values import PrintedValue, ValueReader, value_reader
from emr_rerank.findings import Flag
from emr_rerank.rules.analytes import Analyte, Mention, catalogue
from emr_rerank.rules.units import UnitTable, unit_table

SEPARATOR = re.compile(r"\s*(?:[、/,，;；]|及|和|与|and\b)\s*")
_NO_RESULT = re.compile(r"\s*[A-Za-z㎎㎖]|\s?[/:]\s?\d|-\d|\.\d")
_FROM = re.compile(r"(?:由|从|\bfrom)\s*\S{0,4}$", re.IGNORECASE)
_FLAG_FIRST = re.compile(r"\s*(?:([↑↓]+)\s*|([HL])\s+)(?=[<>]?\s?\d)")
_WHEN = re.compile(r"\s+(?:after|on|today|following|with|post|yesterday)\b", re.IGNORECASE)
_SENTENCE_GOES_ON = re.compile(
    r"\s+(?:and|but|or|which|who|while|when|whereas|although|at|in|from|for|by|that|this|prior|before|during|since|up|down|"
    r"compared|he|she|they|his|her|it|was|is|has|had|so|then|initially|now|tonight|last)\b(?!\s*(?:days?|doses?)\b)",
    re.IGNORECASE,
)
"""Words that no counted thing begins with: `a potassium of 7.0 and he was told`."""
_TOLD_AS_VALUE = re.compile(
    r"(?:\b(?:of|was|is|at|were|to|from|about|around|below|above|than)|[:=])\s*$", re.IGNORECASE
)
"""What stands before a value in English prose, not before a dose: `calcium 600 and vitamin D`."""
_ROUND_VALUE = re.compile(
    r"\s*(?:in|into|to|around|about)?\s*the\s+(?:(?:low|mid|high|upper|lower)(?:dle)?[\s-]+(?:to[\s-]+(?:mid|high)[\s-]+)?)?"
    r"(?P<value>(?!(?:19|20)\d\d)\d{2,4}'?s)(?![a-z])",
    re.IGNORECASE,
)
"""A value told by its hundred or ten: in the 300s."""
_LETTER_ALONE = re.compile(r"\s+[HL](?=\s*(?:[,，。;；、)）]|$))")
_SPLIT_DIGITS = re.compile(r"\s*(?<![A-Za-z])((\d{1,2})(?: \d{1,3})+(?:\.\d+)?)(?![\d.])")
_POWER = re.compile(
    r"\s*(?:[x×✕*·]\s*10\s*(?:(?:\^|~|e|\*\*?|⌃)\s*(\d{1,2})|([⁰¹²³⁴⁵⁶⁷⁸⁹]+))|(万)(?=\s?[A-Za-z拷]))\s*", re.IGNORECASE
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_BRACKETED_NUMBER = re.compile(
    r"\s*(?:(?:[轻中重]度|明显|显著|稍|略|仍|较前|较昨日|较入院时)*(?:升高|增高|上升|增加|增多|下降|降低|减低|减少|偏高|偏低|正常))?"
    r"\s*\(\s*(?=[<>]?\s?\d)"
)
_TOLD_OF_A_CHANGE = re.compile(
    r"\s*[一-鿿]{0,8}?(?:升高|下降|增高|降低|减少|增加|上升|波动|变化|好转|改善|异常)[一-鿿]{0,3}[，,]\s*(?=由|从|自|为|最高|最低|现)"
)
"""A clause that tells of a change before it gives the values: 进行性下降，由198下降至56."""
TREATED = re.compile(
    r"(?:(?:经|予|给)?[一-鿿]{1,10}后[一-鿿]{0,2}?|复查|复测|次日|今[日晨])?(?:复查|复测|再次复查|升至|降至|恢复至|回升至|升为|降为)"
    r"|\s*(?:on|at|after|with)\s+[a-z ]{2,20},?\s*(?=(?:then|and|peak|improv|rose|ris|fell|drop|down|up)\w*)"
    r"|\s*(?:and|then)?\s*(?:peak|improv|rose|ris|fell|drop|decreas|increas|recover)\w*\s+(?:at|to)\s+",
    re.IGNORECASE,
)
"""What was done between two results of one name: ，补钠后升至126mmol/L."""
CHANGED_BY = re.compile(
    r"(?:升高|增高|上升|增加|下降|降低|减少|减低)(?:了|约|近)+\s*$|较[^，,]{0,8}(?:升高|增高|上升|增加)$"
    r"|(?:下降|降低|减少|减低)$|\b(?:rose|fell|dropped|increased|decreased|declined|up|down)\s+by\s*$",
    re.IGNORECASE,
)
"""What stands before the size of a change: 下降了20g/L tells no result."""


@dataclass(frozen=True)
class Reading:
    """A value with its unit as printed at its place; `previous` when a newer one follows."""

    printed: PrintedValue
    unit: str | None
    next: int
    previous: bool = False
    split: bool = False


class ResultReader:
    """Reads the result that stands at a place of one sentence."""

    def __init__(self, passage: Passage) -> None:
        self._passage = passage
        self.text = passage.masked
        self.values: ValueReader = value_reader(passage.rules_dir)
        self._units: UnitTable = unit_table(passage.rules_dir)

    def behind(self, mention: Mention, at: int, limit: int, *, listed: bool = False) -> Reading | None:
        """The result behind a name, over the words that may stand between."""
        if bracketed := self._in_brackets(mention, at, limit):
            return bracketed
        clause = _TOLD_OF_A_CHANGE.match(self.text, at, limit)
        if clause:
            at = clause.end()
        start = self.bridge(at, limit)
        if told := _ROUND_VALUE.match(self.text, start, limit):
            printed = PrintedValue(told["value"], *told.span("value"), next=told.end())
            return Reading(printed, None, told.end())
        if CHANGED_BY.search(self.text[at:start]):
            return None
        return self.at(mention, start, limit, listed=listed)

    def bridge(self, at: int, limit: int) -> int:
        """Behind the words that may stand between a name and its value."""
        found = self.values.bridge.match(self.text, at, limit)
        return found.end() if found else at

    def at(self, mention: Mention, at: int, limit: int, *, listed: bool = False) -> Reading | None:
        """The result right at that place. `listed`: others of its list follow, so it may stand without a unit."""
        analytes = self.analytes(mention)
        if split := self._split_digits(analytes, at, limit):
            return split
        before, start = self._flag_before(at)
        signed = any(analyte.plausible and analyte.plausible[0] < 0 for analyte in analytes)
        printed = self.values.read(self.text, start, signed=signed)
        if printed is None or printed.start >= limit:
            return None
        if isinstance(printed.value, str) and "-" in printed.value and _FROM.search(self.text[:at]):
            return None
        flag, after = self._flag(printed.next)
        unit: str | None
        if raised := self._raised(printed, after):
            printed, unit, after = raised
        else:
            unit, after = self._unit(after)
        if (
            unit is None
            and isinstance(printed.value, float)
            and self._counts_else(printed.start, after, limit, listed=listed)
        ):
            return None
        if flag is None:
            flag, after = self._flag(after)
        return Reading(replace(printed, flag=flag or before, next=after), unit, after)

    def analytes(self, mention: Mention) -> list[Analyte]:
        """All analytes that the name may mean."""
        known = catalogue(self._passage.rules_dir)
        return [known.get(name) for name in (mention.analyte_id, *mention.others)]

    def accepts(self, analytes: Sequence[Analyte], unit: str) -> bool:
        """Whether one of the analytes is printed in the unit."""
        known = catalogue(self._passage.rules_dir)
        return any(known.accepts(analyte, unit) for analyte in analytes)

    def _in_brackets(self, mention: Mention, at: int, limit: int) -> Reading | None:
        """One number in brackets behind the name, with its unit: ALT(86U/L). A range there is the reference."""
        opening = _BRACKETED_NUMBER.match(self.text, at, limit)
        reading = self.at(mention, opening.end(), limit) if opening else None
        if reading is None or reading.unit is None or isinstance(reading.printed.value, str):
            return None
        if not self.text[reading.next :].lstrip().startswith(")"):
            return None
        return reading if self.accepts(self.analytes(mention), reading.unit) else None

    def _split_digits(self, analytes: Sequence[Analyte], at: int, limit: int) -> Reading | None:
        """A number whose digits OCR set apart (1 12g/L), where only the whole number is plausible in its unit."""
        found = _SPLIT_DIGITS.match(self.text, at, limit)
        if not found:
            return None
        unit, after = self._unit(found.end())
        if unit is None:
            return None
        value, first = float(found[1].replace(" ", "")), float(found[2])
        if not self._plausible(analytes, value, unit) or self._plausible(analytes, first, unit):
            return None
        flag, after = self._flag(after)
        printed = PrintedValue(value, found.start(1), found.end(1), flag, after)
        return Reading(printed, unit, after, split=True)

    def _plausible(self, analytes: Sequence[Analyte], value: float, unit: str) -> bool:
        """Whether the value lies in the plausible range of one of the analytes."""
        known = catalogue(self._passage.rules_dir)
        numbers = [(analyte.plausible, known.to_normal(analyte, value, unit)) for analyte in analytes]
        return any(range_ and number is not None and range_[0] <= number <= range_[1] for range_, number in numbers)

    def _flag_before(self, at: int) -> tuple[Flag | None, int]:
        """A flag in front of the number: ↑108, H 108; an arrow may stand among the bridging words just passed."""
        found = _FLAG_FIRST.match(self.text, at)
        if found:
            return self.values.flags.get((found[1] or found[2]).lower()), found.end()
        sign = re.search(r"[↑↓]+\s*$", self.text[:at])
        return (self.values.flags.get(sign.group().strip()) if sign else None), at

    def _flag(self, at: int) -> tuple[Flag | None, int]:
        """An arrow, a word in brackets, or H or L standing alone; an arrow that leads to a newer value is none."""
        if self.values.step.match(self.text, at):
            return None, at
        found, after = self.values.flag_at(self.text, at)
        word = self.text[at:after]
        if found and word.strip().strip("()").isalpha() and "(" not in word and not _LETTER_ALONE.match(self.text, at):
            return None, at
        return found, after

    def _unit(self, at: int) -> tuple[str | None, int]:
        place = at
        while place < len(self.text) and self.text[place] == " ":
            place += 1
        found = self._units.match(self.text, place)
        return found if found else (None, at)

    def _raised(self, printed: PrintedValue, at: int) -> tuple[PrintedValue, str, int] | None:
        """A value with a power of ten of its own, 3.56×10^4 copies/mL or 35万copies/mL; in 10^9/L it is the unit's."""
        power = _POWER.match(self.text, at)
        if not power or not isinstance(printed.value, float):
            return None
        unit, after = self._unit(power.end())
        if unit is None or (not power[3] and self._units.match(self.text, _skip(self.text, at))):
            return None
        digits = "4" if power[3] else power[1] or power[2].translate(_RAISED)
        value = float(f"{printed.value * 10 ** int(digits):.12g}")
        return replace(printed, value=value, end=len(self.text[: power.end()].rstrip())), unit, after

    def _counts_else(self, start: int, at: int, limit: int, *, listed: bool) -> bool:
        """Whether the number from `start` to `at`, without a known unit, counts else: days, tablets, an unknown unit.

        Not where the next name begins (PO2 65 PCO2 36), or words of time and treatment.
        """
        if _skip(self.text, at) == limit < len(self.text) or _WHEN.match(self.text, at):
            return False
        if (listed and SEPARATOR.match(self.text, at)) or self.values.step.match(self.text, at):
            return False
        if _LETTER_ALONE.match(self.text, at):
            return False
        if _SENTENCE_GOES_ON.match(self.text, at) and _TOLD_AS_VALUE.search(self.text, 0, start):
            return False
        return bool(_NO_RESULT.match(self.text, at) or self.values.counts.match(self.text, at))


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] == " ":
        at += 1
    return at
