"""Units of results: printed variants → one normal form, and conversion inside a dimension.

Basis: SI prefixes; 1 kPa = 7.50062 mmHg (ISO 80000-4); 1 ukat/L = 60 U/L. International units (IU) and enzyme units (U)
are printed for each other in reports, so they convert one to one.
"""

import re
from functools import lru_cache
from pathlib import Path

from emr_rerank.rules.files import Rule, load_rules
from emr_rerank.rules.printed import fold


class Unit(Rule):
    """A unit. `base = value * factor + offset`, base being the base unit of the dimension."""

    dimension: str
    factor: float
    offset: float = 0.0
    forms: tuple[str, ...] = ()


class UnitError(ValueError):
    """Two units measure different things, or a unit is unknown."""


_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_POWER = re.compile(r"(?:[x×✕*·])?10(?:\^|~|e|\*\*?|⌃|\+)?([⁰¹²³⁴⁵⁶⁷⁸⁹]+|\d{1,2})(?=/|个|$)", re.IGNORECASE)
_MICRO = str.maketrans("μц", "uu")


def _key(text: str) -> str:
    """A printed unit without spaces, powers as 10^n, μ as u."""
    plain = fold(text).translate(_MICRO).replace(" ", "")
    plain = _POWER.sub(lambda found: "10^" + found[1].translate(_SUPERSCRIPTS), plain)
    return plain.translate(_SUPERSCRIPTS)


def _pattern(form: str) -> str:
    """What a form looks like in running text."""
    key = _key(form)
    lead = ""
    if power := re.match(r"10\^(\d+)", key):
        sign = r"(?:\^|~|[eE]|\*\*?|⌃)"
        digits, raised = power[1], power[1].translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
        lead = rf"(?:[x×✕*·]?\s*10\s*(?:{sign}\s*{digits}|{raised})|[x×✕*]\s*10\s?{digits})"
        key = key[power.end() :]
    body = "".join(_symbol(sign, place) for place, sign in enumerate(key))
    border = r"(?![A-Za-z])" if (key or "9")[-1].isalpha() and key[-1:].isascii() and key else ""
    return lead + body + border


def _symbol(sign: str, place: int) -> str:
    if sign == "u":
        return "[uμц]"
    if sign == "/":
        return r"\s*/\s*"
    return (r"\s?" if place and sign in "(F" else "") + re.escape(sign)


class UnitTable:
    """The units in force."""

    def __init__(self, units: tuple[Unit, ...]) -> None:
        self._units = {unit.id: unit for unit in units}
        self._exact: dict[str, str] = {}
        self._any_case: dict[str, str] = {}
        for unit in units:
            for form in (unit.id, *unit.forms):
                self._exact.setdefault(_key(form), unit.id)
                self._any_case.setdefault(_key(form).lower(), unit.id)
        forms = sorted({form for unit in units for form in (unit.id, *unit.forms)}, key=len, reverse=True)
        self._printed = re.compile("|".join(_pattern(form) for form in forms), re.IGNORECASE)

    def get(self, unit: str) -> Unit:
        """The unit of that normal form. Raises UnitError."""
        if unit not in self._units:
            raise UnitError(f"unknown unit {unit!r}")
        return self._units[unit]

    def read(self, text: str) -> str | None:
        """The normal form of a printed unit that fills `text`; None when it is none that the table knows."""
        key = _key(text)
        return self._exact.get(key) or self._any_case.get(key.lower())

    def match(self, folded: str, start: int) -> tuple[str, int] | None:
        """(normal form, end) of the unit printed at `start` of a folded text, the longest there."""
        found = self._printed.match(folded, start)
        unit = self.read(found.group()) if found else None
        return (unit, found.end()) if found and unit else None

    def convert(self, value: float, unit: str, to: str, molar_mass: float | None = None) -> float:
        """The value in another unit of the same dimension; mass ↔ amount of substance with a molar mass in g/mol.

        Raises:
            UnitError: the units measure different things.
        """
        source, target = self.get(unit), self.get(to)
        if source.id == target.id:
            return value
        base = value * source.factor + source.offset
        if source.dimension != target.dimension:
            if molar_mass is None or {source.dimension, target.dimension} != {"mass", "substance"}:
                raise UnitError(f"{unit} does not convert to {to}")
            base = base / molar_mass if source.dimension == "mass" else base * molar_mass
        return float(f"{(base - target.offset) / target.factor:.12g}")


@lru_cache(maxsize=8)
def unit_table(overrides: Path | None = None) -> UnitTable:
    """The shipped units with a hospital's own."""
    return UnitTable(load_rules("units", Unit, overrides))
