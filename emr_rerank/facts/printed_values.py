"""Printed results: numbers, results in words, flags and reference ranges, with their place in the text."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from emr_rerank.findings import Flag
from emr_rerank.rules.printed import fold, fold_case
from emr_rerank.rules.values import ValueRole, value_words

Reference = tuple[float | None, float | None]

NUMBER = r"(?:\d+(?:\.\d+)?[Ee]\+?\d{1,2}(?![\d.]|/L)|\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|\d+(?: ?\.\d+)?)"
"""2.35E+05, digits with commas between thousands, or with a decimal part, which OCR may set off by a space (12 .18)."""
_SIGNS = r"\+/-|\+-|±|\d\+(?!\d)|\+[1-4](?![\d.])|\+{1,4}(?![\dA-Za-z])"
_RANGE = re.compile(rf"\s*(-?{NUMBER})\s*(?:-{{1,3}}|~{{1,2}}|至|to)\s*(-?{NUMBER})")
_GLUED_POWER = re.compile(r"10[\^~*]\d")
_BOUND = re.compile(rf"\s*(<=?|>=?|≤|≥)\s*(-?{NUMBER})")


@dataclass(frozen=True)
class PrintedValue:
    """A result as printed: a float, or a str for comparisons, ranges, titres and words. Offsets into the text read."""

    value: float | str
    start: int
    end: int
    flag: Flag | None = None
    next: int = 0
    numeric: bool = True


@dataclass(frozen=True)
class ValueReader:
    """Reads results with the value words in force."""

    result: re.Pattern[str]
    flag: re.Pattern[str]
    bridge: re.Pattern[str]
    step: re.Pattern[str]
    counts: re.Pattern[str]
    flags: dict[str, Flag]
    less: frozenset[str]

    def read(self, text: str, at: int, *, signed: bool = False) -> PrintedValue | None:
        """The result printed right at `at` of a folded text (spaces and an opening bracket skipped)."""
        found = self.result.match(text, at)
        if not found:
            return None
        kind = found.lastgroup or ""
        start, end = found.span(kind)
        if kind == "number" and text[start] == "-" and not signed:
            start += 1
        printed = text[start:end].strip()
        if kind == "number" and _GLUED_POWER.match(text, end - 2) and printed[:-2][-1:].isdigit():
            end -= 2  # 4.7010^9/L is 4.70 with its multiplication sign lost
            return PrintedValue(float(text[start:end].replace(",", "")), start, end, next=end)
        value: float | str = printed
        if kind == "number":
            value = float(printed.replace(",", "").replace(" ", ""))
        elif kind == "compared":
            value = self._comparison(printed)
        numeric = kind in ("number", "compared", "range")
        return PrintedValue(value, start, start + len(text[start:end].rstrip()), next=found.end(), numeric=numeric)

    def flag_at(self, text: str, at: int) -> tuple[Flag | None, int]:
        """A flag printed at `at`, and where it ends (`at` when there is none)."""
        found = self.flag.match(text, at)
        return (self.flags[found["flag"].lower()], found.end()) if found else (None, at)

    def flag_of(self, cell: str) -> Flag | None:
        """The flag that fills a cell."""
        return self.flags.get(fold_case(cell).replace(" ", ""))

    def _comparison(self, printed: str) -> str:
        found = re.search(NUMBER, printed)
        sign = printed[: found.start()].strip() if found else ""
        if not found or sign[:1] in "<>≤≥":
            return printed.replace(" ", "")
        return ("<" if sign.lower() in self.less else ">") + found.group()


@lru_cache(maxsize=8)
def value_reader(overrides: Path | None = None) -> ValueReader:
    """A reader with the value words of `rules/values.yaml` and a hospital's own."""

    def words(role: ValueRole) -> str:
        return "|".join(_word(word) for word in value_words(role, overrides))

    compare = f"[<>≤≥]=?|{words('less')}|{words('more')}"
    less = frozenset(value_words("less", overrides))
    result = (
        rf"\s*(?:\(\s*(?P<bracketed>{_SIGNS}|-|{words('qualitative')}|1:\d{{1,5}})\s*\)"
        rf"|(?P<titre>1:\d{{1,5}}(?!\d))|(?P<signs>(?:{_SIGNS})(?:\s?[-~]\s?(?:{_SIGNS}))?(?!\s*\d)|-(?=\s*(?:[,，、;；。]|$)))"
        rf"|(?P<range>{NUMBER}\s*[-~]{{1,2}}\s*{NUMBER})(?![\d.-]|/\d)"
        rf"|(?P<compared>(?:{compare})\s*{NUMBER})|(?P<number>-?{NUMBER})|(?P<words>{words('qualitative')}))"
    )
    flags: dict[str, Flag] = {}
    for role, flag in (("normal", "N"), ("low", "L"), ("high", "H")):
        flags.update({word.replace(" ", ""): flag for word in value_words(role, overrides)})  # type: ignore[misc]  # literals of the loop
    printed = "|".join(_word(word) for word in sorted(flags, key=len, reverse=True))
    signs = "|".join(re.escape(word) for word in sorted(flags, key=len, reverse=True) if not word[0].isalnum())
    in_words = rf"(?:{_SIGNS}|-|1:\d{{1,5}}|{words('qualitative')})"
    aside = rf"\((?!\s*{in_words}\s*\))[^()]{{0,14}}\)"
    filler = rf"(?:\s+|[:=,]|{aside}|\"|{words('bridge')}|{signs})"
    return ValueReader(
        re.compile(result, re.IGNORECASE),
        re.compile(rf"\s*(?:\(\s*)?(?P<flag>{printed})(?:\s*\))?", re.IGNORECASE),
        re.compile(rf"{filler}{{0,9}}", re.IGNORECASE),
        re.compile(rf"\s*(?:{signs})?\s*(?:{words('step')})\s*", re.IGNORECASE),
        re.compile(rf"\s*(?:{words('count')})"),
        flags,
        less,
    )


def read_reference(text: str) -> Reference | None:
    """A printed reference range: 57-97, 57~97, 57--97 → both ends; ≤5.2 → (None, 5.2); ≥60 → (60, None).

    A strict <5.2 gives (0, 5.2), since results are counts and amounts. None for words (阴性), for several ranges in one
    cell (男 / 女) and for what is none.
    """
    plain = fold(text).replace(" ", "")
    if re.search(r"\d:\d", plain):
        return None  # a titre
    both = list(_RANGE.finditer(plain))
    if len(both) == 1:
        low, high = (float(end.replace(",", "")) for end in both[0].groups())
        return (low, high) if low <= high else None
    bounds = list(_BOUND.finditer(plain))
    if both or len(bounds) != 1:
        return None
    sign, number = bounds[0][1], float(bounds[0][2].replace(",", ""))
    if sign.startswith(("<", "≤")):
        return (0.0 if sign == "<" else None, number)
    return (number, None)


def flag_by(value: float, reference: Reference) -> Flag:
    """H above, L below, N inside the range."""
    low, high = reference
    if low is not None and value < low:
        return "L"
    return "H" if high is not None and value > high else "N"


def _word(word: str) -> str:
    border = r"(?![a-z])" if word[-1].isascii() and word[-1].isalpha() else ""
    return re.escape(word) + border
