"""A dosing: dose, route, frequency, rate; and the arithmetic of printed amounts and frequencies."""

import re
from dataclasses import dataclass, replace

from emr_rerank.rules.dosing import Frequency
from emr_rerank.rules.numerals import numeral, single


@dataclass(frozen=True)
class Dose:
    """A printed amount. `high`: the end of a range, or what stands behind a slash (`joint`)."""

    low: float
    unit: str
    kind: str
    high: float | None = None
    joint: str = "-"

    @property
    def printed(self) -> str:
        """The amount in normal form: 6-8 U."""
        ends = number(self.low) if self.high is None else f"{number(self.low)}{self.joint}{number(self.high)}"
        return f"{ends} {self.unit}"


@dataclass(frozen=True)
class Dosing:
    """What was read behind a name; `end` is where it ends. `doses`: of a plan, each dose with its time of day."""

    dose: Dose | None = None
    route: str | None = None
    frequency: str | None = None
    per_day: float | None = None
    rate: str | None = None
    end: int = 0
    doses: tuple[tuple[Dose, str], ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing is printed."""
        return not (self.dose or self.route or self.frequency or self.rate or self.doses)

    def filled(self, other: "Dosing") -> "Dosing":
        """This one with route, frequency and rate of another where its own are missing."""
        return replace(
            self,
            route=self.route or other.route,
            frequency=self.frequency or other.frequency,
            per_day=self.per_day or other.per_day,
            rate=self.rate or other.rate,
        )


def number(value: float) -> str:
    """A number without an exponent or trailing zeros."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def amount(text: str) -> float:
    """The number that figures or words print, of a range the lower end: 4,000, 半, 二十, two.

    Raises:
        ValueError: the text prints none.
    """
    ends = numeral(text)
    if ends is None:
        raise ValueError("no number")
    return ends[0]


def rate_unit(printed: str) -> str:
    """What stands behind the unit of a rate: /h, /kg/min."""
    kg = "/kg" if re.search(r"kg|公斤", printed) else ""
    return kg + ("/min" if re.search(r"min|分", printed) else "/h")


def counted(rule: Frequency, found: re.Match[str], known: dict[str, Frequency]) -> Frequency | None:
    """The frequency of a pattern with a number: 一日三次 → tid, 每8小时一次 → q8h; None for a range (每三四小时)."""
    printed = single(next(part for part in found.groupdict().values() if part))
    if printed is None:
        return None
    count = int(printed)
    if rule.times:
        names = {"d": {1: "qd", 2: "bid", 3: "tid", 4: "qid"}, "w": {1: "qw", 2: "biw", 3: "tiw"}}[rule.times]
        name = names.get(count, f"{count}/{rule.times}")
        per_day = count / (1 if rule.times == "d" else 7)
    else:
        unit = {"month": "mo"}.get(rule.every or "", rule.every or "")
        name = {("d", 2): "qod"}.get((unit, count), f"q{count}{unit}")
        per_day = {"min": 1440.0, "h": 24.0, "d": 1.0, "w": 1 / 7, "mo": 1 / 30}[unit] / max(count, 1)
    return known.get(name) or Frequency(id=name, kind="base", per_day=round(per_day, 6), words=(name,))
