"""A dosing: dose, route, frequency, rate; and the arithmetic of printed amounts and frequencies."""

import re
from dataclasses import dataclass, replace

from emr_rerank.rules.dosing import Frequency

_HAN = {"半": 0.5, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_ENGLISH = {
    "half a": 0.5, "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10,
    "twelve": 12,
}  # fmt: skip


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
    """The number that figures or words print: 4,000, 半, 二十, two.

    Raises:
        ValueError: the text prints none.
    """
    plain = text.strip().lower()
    if plain in _ENGLISH:
        return _ENGLISH[plain]
    tens, ten, ones = plain.partition("十")
    if ten:
        return _HAN.get(tens, 1) * 10 + _HAN.get(ones, 0)
    return _HAN[plain] if plain in _HAN else float(plain.replace(",", ""))


def rate_unit(printed: str) -> str:
    """What stands behind the unit of a rate: /h, /kg/min."""
    kg = "/kg" if re.search(r"kg|公斤", printed) else ""
    return kg + ("/min" if re.search(r"min|分", printed) else "/h")


def counted(rule: Frequency, found: re.Match[str], known: dict[str, Frequency]) -> Frequency:
    """The frequency of a pattern with a number: 一日三次 → tid, 每8小时一次 → q8h."""
    text = next(part for part in found.groupdict().values() if part)
    count = int(amount(text))
    if rule.times:
        names = {"d": {1: "qd", 2: "bid", 3: "tid", 4: "qid"}, "w": {1: "qw", 2: "biw", 3: "tiw"}}[rule.times]
        name = names.get(count, f"{count}/{rule.times}")
        per_day = count / (1 if rule.times == "d" else 7)
    else:
        unit = {"month": "mo"}.get(rule.every or "", rule.every or "")
        name = {("d", 2): "qod"}.get((unit, count), f"q{count}{unit}")
        per_day = {"min": 1440.0, "h": 24.0, "d": 1.0, "w": 1 / 7, "mo": 1 / 30}[unit] / max(count, 1)
    return known.get(name) or Frequency(id=name, kind="base", per_day=round(per_day, 6), words=(name,))
