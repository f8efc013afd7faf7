"""Schema of `rules/vitals.yaml`: vital signs, their names and units."""

from functools import lru_cache
from pathlib import Path

from emr_rerank.rules.files import Rule, load_rules


class VitalSign(Rule):
    """One vital sign; the fields are explained at the top of rules/vitals.yaml."""

    display_zh: str
    display_en: str
    names: tuple[str, ...]
    cased: tuple[str, ...] = ()
    unit: str
    units: tuple[str, ...] = ()
    pair: bool = False
    plausible: tuple[float, float]


@lru_cache(maxsize=8)
def vital_signs(overrides: Path | None = None) -> tuple[VitalSign, ...]:
    """The vital signs in force."""
    return load_rules("vitals", VitalSign, overrides)
