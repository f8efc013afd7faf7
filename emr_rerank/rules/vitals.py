"""Schema of `rules/vitals.yaml`: vital signs, their names and units."""

from functools import lru_cache
from pathlib import Path

from pydantic import model_validator

from emr_rerank.rules.files import Pattern, Rule, load_rules


class VitalSign(Rule):
    """One vital sign; the fields are explained at the top of rules/vitals.yaml."""

    display_zh: str
    display_en: str
    names: tuple[str, ...]
    cased: tuple[str, ...] = ()
    pattern: Pattern | None = None
    unit: str | None = None
    units: tuple[str, ...] = ()
    pair: bool = False
    score: bool = False
    volume_per_day: tuple[str, ...] = ()
    plausible: tuple[float, float]

    @model_validator(mode="after")
    def _unit_or_score(self) -> "VitalSign":
        if (self.unit is None) != self.score:
            raise ValueError("a sign has a unit or is a score")
        return self


@lru_cache(maxsize=8)
def vital_signs(overrides: Path | None = None) -> tuple[VitalSign, ...]:
    """The vital signs in force."""
    return load_rules("vitals", VitalSign, overrides)
