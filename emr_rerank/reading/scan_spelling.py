"""Names that OCR spells with a look-alike (HbAlc, SpO2 with a zero), set right where a rule file knows the name.

Only a whole name of the catalogues of analytes and vital signs is ever put in, one character for another; numbers are
never touched.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from emr_rerank.rules.analytes import catalogue
from emr_rerank.rules.vitals import vital_signs

_ALIKE = str.maketrans("1l|0γyΓ", "IIIOYYY")
_SHORTEST = 3


def respelled(text: str, rules_dir: Path | None = None) -> str:
    """The text with misread names as the rule files spell them; the same length.

    Raises:
        RuleError: a rule file is wrong.
    """
    names, pattern = _names(rules_dir)
    out = list(text)
    for found in pattern.finditer(_folded(text)):
        start, end = found.span()
        printed, spellings = text[start:end], names[found.group()]
        if printed.lower() not in (name.lower() for name in spellings):
            out[start:end] = _set_right(printed, spellings[0])
    return "".join(out)


def _set_right(printed: str, name: str) -> list[str]:
    """The name in the case that is printed."""
    upper = printed.upper() == printed
    return [
        one if one.lower() == other.lower() else other.upper() if upper and other.isascii() else other
        for one, other in zip(printed, name, strict=True)
    ]


def _folded(text: str) -> str:
    return text.translate(_ALIKE).lower()


@lru_cache(maxsize=8)
def _names(rules_dir: Path | None) -> tuple[dict[str, tuple[str, ...]], re.Pattern[str]]:
    """Names that hold a look-alike: folded → the spellings, the first of which is put in; and a pattern of all."""
    names: dict[str, dict[str, None]] = {}
    for name in _known(rules_dir):
        folded = _folded(name)
        tells = any(letter.isalpha() and letter not in "ioy" for letter in folded)
        if len(name) >= _SHORTEST and tells and re.search("[ioy]", folded):
            names.setdefault(folded, {})[name] = None
    inside = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    pattern = re.compile(f"(?<![a-z0-9])(?:{inside})(?![a-z0-9])")
    return {folded: tuple(spellings) for folded, spellings in names.items()}, pattern


def _known(rules_dir: Path | None) -> Iterator[str]:
    for analyte in catalogue(rules_dir):
        yield from (analyte.display_zh, *analyte.aliases, *analyte.cased)
    for vital in vital_signs(rules_dir):
        yield from (vital.display_zh, *vital.names, *vital.cased)
