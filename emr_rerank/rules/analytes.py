"""The catalogue of analytes: what a result may be called, its units, and which look-alikes are something else."""

import math
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from emr_rerank.errors import RuleError
from emr_rerank.rules.files import Rule, load_rules
from emr_rerank.rules.names import any_term
from emr_rerank.rules.printed import fold, fold_case
from emr_rerank.rules.stay import SpecimenKind
from emr_rerank.rules.units import UnitError, UnitTable, unit_table


class Conversion(BaseModel):
    """`normal = value * factor + offset`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    factor: float
    offset: float = 0.0
    source: str


class Analyte(Rule):
    """One analyte. The fields are explained at the top of rules/analytes.chemistry.yaml."""

    loinc: str | None = None
    display_zh: str
    display_en: str
    aliases: tuple[str, ...]
    cased: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    fluid: SpecimenKind = "blood"
    in_fluid: dict[SpecimenKind, str] = Field(default_factory=dict)
    unit: str
    units: tuple[str, ...] = ()
    molar_mass: float | None = None
    conversions: dict[str, Conversion] = Field(default_factory=dict)
    plausible: tuple[float, float] | None = None
    decimals: int = 2
    cvi: float | None = None
    change_threshold: float = 15.0
    change_source: str = "a convention of this catalogue"

    @model_validator(mode="before")
    @classmethod
    def _reference_change_value(cls, data: object) -> object:
        """The rise that biological variation alone explains in 1 of 20: the log-normal reference change value.

        100·(exp(1.96·√2·σ) − 1) with σ² = ln(1 + CV²), CV² = cvi² + (cvi/2)² (Fokkema et al., Clin Chem 2006;52:1602).
        """
        if isinstance(data, dict) and "cvi" in data and "change_threshold" not in data:
            sigma = math.sqrt(math.log1p(1.25 * (float(data["cvi"]) / 100) ** 2))
            data = {
                **data,
                "change_threshold": round(100 * math.expm1(1.96 * math.sqrt(2) * sigma), 1),
                "change_source": f"log-normal reference change value (Fokkema 2006) of CVI {data['cvi']:g} %",
            }
        return data

    @property
    def fall_threshold(self) -> float:
        """The fall, in percent, that undoes a rise of `change_threshold`: a value that doubles falls back by half."""
        return 100 - 100 / (1 + self.change_threshold / 100)


class Lookalike(Rule):
    """Phrases that name no analyte although they hold an analyte's name, and prefixes of other body fluids."""

    phrases: tuple[str, ...] = ()
    specimens: tuple[str, ...] = ()


class Mention(NamedTuple):
    """An analyte's name in a text. `others`: further analytes of that name, told apart by unit; `bare`: also a word."""

    analyte_id: str
    start: int
    end: int
    others: tuple[str, ...] = ()
    bare: bool = False


class _Name(NamedTuple):
    analytes: tuple[str, ...]
    exact: frozenset[str]
    bare: frozenset[str]
    free: bool


_VALUE_OR_TALK = re.compile(
    r"\s*(?:\([^()]{1,12}\)\s*)?(?:[:=为是约]|[<>≤≥]|[-+]?\d|[↑↓]|[\t,、]|(?:分别|水平|值|浓度|含量|升高|降低|下降|偏高|偏低|正常|变化|复查|level|was|is|of|阴性|阳性|弱阳|强阳|可疑|未检出|未见|正常|均|neg|pos|trace|small|moderate|large)|\(\s*[-+±]|-\s*(?:[,，、;；。]|$)|$)"
)
_ELEMENT_RESULT = re.compile(r"\s?[:=]?\s?\d+(?:\.\d+)?\s?(?i:mmol|mEq|μmol|umol)")
"""What proves an element although letters stand before it: 电解质钾3.89mmol/L钠141mmol/L."""
_UNIT_BEFORE = re.compile(r"(?:mol|Eq|Osm|g|U|u|\d|copies|个)\s?/\s?$")
"""A unit that a bare name would be the end of: the L of mmol/L."""
_SPACED_WORD = re.compile(r"(?<![一-鿿])[一-鿿](?: [一-鿿])+(?![一-鿿])")
_BEFORE_EVENT = re.compile(r"(?<=[术疗院析注输血药餐产])前")
"""The 前 of 术前白蛋白, albumin before the operation: no 前白蛋白, prealbumin."""
_VERTEBRA = re.compile(r"[CTLS]\d{1,2}(?![\d.%])(?!\s*(?:%|×|x\s?10|\*))")
"""A level of the spine: L4 is no lymphocyte."""
_BEFORE_BARE = re.compile(r"[一-鿿A-Za-z0-9+]$")


class Catalogue:
    """All analytes in force, found by name and by id."""

    def __init__(self, analytes: Iterable[Analyte], lookalikes: Iterable[Lookalike], units: UnitTable) -> None:
        self._analytes = {analyte.id: analyte for analyte in analytes}
        self._units = units
        self._names: dict[str, _Name] = {}
        for analyte in self._analytes.values():
            self._check(analyte)
            self._add(analyte)
        specimens: list[str] = []
        for lookalike in lookalikes:
            for phrase in lookalike.phrases:
                self._names[fold_case(phrase)] = _Name((), frozenset(), frozenset(), True)
            specimens.extend(fold_case(specimen) for specimen in lookalike.specimens)
        self._pattern = re.compile(any_term(self._names))
        self._other_fluid = re.compile(f"(?:{'|'.join(map(re.escape, sorted(specimens, key=len, reverse=True)))})$")

    def __iter__(self) -> Iterator[Analyte]:
        return iter(self._analytes.values())

    def __len__(self) -> int:
        return len(self._analytes)

    def __contains__(self, analyte_id: str) -> bool:
        return analyte_id in self._analytes

    def get(self, analyte_id: str) -> Analyte:
        """The analyte of that id. Raises KeyError."""
        return self._analytes[analyte_id]

    def find(self, text: str) -> tuple[Mention, ...]:
        """Names of analytes in reading order, the longest at each place, without overlap.

        Single Chinese letters that only spaces part are read as one word: 血 肌 酐.
        """
        if not _SPACED_WORD.search(text):
            return self._find(text)
        spaces = {place for word in _SPACED_WORD.finditer(text) for place in range(*word.span()) if text[place] == " "}
        places = [place for place in range(len(text)) if place not in spaces]
        found = self._find("".join(text[place] for place in places))
        return tuple(each._replace(start=places[each.start], end=places[each.end - 1] + 1) for each in found)

    def _find(self, text: str) -> tuple[Mention, ...]:
        plain, lower = fold(text), fold_case(text)
        mentions = []
        for found in self._pattern.finditer(lower):
            start, end = found.span()
            if _BEFORE_EVENT.match(lower, start) and lower[start + 1 : end] in self._names:
                start += 1
            name = self._names[lower[start:end]]
            if name.analytes and self._stands(name, plain, lower, start, end):
                bare = not name.free and plain[start:end] not in name.exact
                mentions.append(Mention(name.analytes[0], start, end, name.analytes[1:], bare))
        return tuple(mentions)

    def to_normal(self, analyte: Analyte, value: float, unit: str) -> float | None:
        """The value in the analyte's normal unit; None when the unit does not fit the analyte."""
        if unit == analyte.unit:
            return value
        if conversion := analyte.conversions.get(unit):
            return float(f"{value * conversion.factor + conversion.offset:.12g}")
        try:
            return self._units.convert(value, unit, analyte.unit, analyte.molar_mass)
        except UnitError:
            return None

    def in_usual_unit(self, analyte: Analyte, value: float, unit: str) -> tuple[float, str] | None:
        """The value in the normal unit or, where that is another quantity, in the first unit of the printed dimension.

        D-dimer in ng/mL FEU is given in mg/L FEU, never in mg/L. None when the unit does not fit the analyte.
        """
        normal = self.to_normal(analyte, value, unit)
        if normal is not None:
            return normal, analyte.unit
        for usual in analyte.units:
            try:
                return self._units.convert(value, unit, usual), usual
            except UnitError:
                continue
        return None

    def accepts(self, analyte: Analyte, unit: str) -> bool:
        """Whether results of the analyte are printed in that unit."""
        return self.in_usual_unit(analyte, 1.0, unit) is not None

    def _check(self, analyte: Analyte) -> None:
        for twin in analyte.in_fluid.values():
            if twin not in self._analytes:
                raise RuleError(f"rule '{analyte.id}': in_fluid names '{twin}', which is no analyte.", "Add it.")
        for unit in (analyte.unit, *analyte.units, *analyte.conversions):
            try:
                self._units.get(unit)
            except UnitError:
                raise RuleError(f"rule '{analyte.id}': the unit '{unit}' is not in units.yaml.", "Add it.") from None

    def _add(self, analyte: Analyte) -> None:
        names = [(alias, "free") for alias in (*analyte.aliases, analyte.display_zh, analyte.display_en)]
        names = [name for name in names if name[0] not in (*analyte.cased, *analyte.bare)]
        names += [(alias, "cased") for alias in analyte.cased] + [(alias, "bare") for alias in analyte.bare]
        for alias, kind in names:
            key = fold_case(alias)
            old = self._names.get(key, _Name((), frozenset(), frozenset(), False))
            self._names[key] = _Name(
                old.analytes if analyte.id in old.analytes else (*old.analytes, analyte.id),
                old.exact | {fold(alias)} if kind == "cased" else old.exact,
                old.bare | {fold(alias)} if kind == "bare" else old.bare,
                old.free or kind == "free",
            )

    def _stands(self, name: _Name, plain: str, lower: str, start: int, end: int) -> bool:
        if self._other_fluid.search(lower, max(0, start - 15), start):
            return False
        printed = plain[start:end]
        if name.free or printed in name.exact:
            return True
        if _VERTEBRA.match(plain, start):
            return False
        if printed not in name.bare or not _VALUE_OR_TALK.match(plain, end) or _UNIT_BEFORE.search(plain, 0, start):
            return False
        if printed.isascii() or _ELEMENT_RESULT.match(plain, end):
            return True
        return not _BEFORE_BARE.search(plain[max(0, start - 1) : start])


@lru_cache(maxsize=8)
def catalogue(overrides: Path | None = None) -> Catalogue:
    """The shipped analytes with a hospital's own. Raises RuleError."""
    return Catalogue(
        load_rules("analytes", Analyte, overrides),
        load_rules("lookalikes", Lookalike, overrides),
        unit_table(overrides),
    )
