"""Lab reports: what a panel holds, the values a content file leaves to normal variation, and the printed rows."""

import random
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from sample_records.generator.style import Style

FOLDER = Path(__file__).parent


@lru_cache
def laboratory() -> dict[str, Any]:
    """laboratory.yaml as read."""
    data: dict[str, Any] = yaml.safe_load((FOLDER / "laboratory.yaml").read_text(encoding="utf-8"))
    return data


@dataclass(frozen=True)
class Result:
    """One printed line of a report. `analyte` is None for what the catalogue doesn't know; `value` None for words."""

    analyte: str | None
    printed: str
    value: float | None
    flag: str
    unit: str
    reference: tuple[float | None, float | None] | None
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """One lab report: sampled and reported times as 'YYYY-MM-DD HH:MM'."""

    title: str
    specimen: str
    sampled: str
    reported: str
    results: tuple[Result, ...]


class Bench:
    """The laboratory of one stay: the same patient keeps the same normal values, with small noise."""

    def __init__(self, record: str, sex: str, age: int, base: dict[str, float], style: Style) -> None:
        self.record, self.sex, self.age, self.base, self.style = record, sex, age, base, style

    def report(self, panel: str, sampled: str, reported: str, values: dict[str, Any]) -> Report:
        """Fills a panel: given values first, derived ones next, the rest normal."""
        lab = laboratory()
        title = str(values.get("title", ""))
        if panel in lab["qualitative"]:
            spec = lab["qualitative"][panel]
            rows = [self._word(item, values) for item in spec["items"]]
            known = {item[3 if self.style.english else 0] for item in spec["items"]}
            rows += [self._word([k, v, "", k], {}) for k, v in values.items() if k not in known | {"title"}]
        else:
            spec = lab["panels"][panel]
            numbers = self._numbers(spec["items"], sampled, {k: v for k, v in values.items() if k != "title"})
            crowded = len(spec["items"]) > 9
            rows = [self._number(item, numbers[item], crowded) for item in spec["items"]]
        name = title or spec["en" if self.style.english else "zh"]
        return Report(name, "" if self.style.english else spec["specimen"], sampled, reported, tuple(rows))

    def _word(self, item: list[str], values: dict[str, Any]) -> Result:
        name = item[3] if self.style.english else item[0]
        normal = {"阴性": "Negative", "黄色": "Yellow"}.get(item[1], item[1]) if self.style.english else item[1]
        range_ = {"阴性": "Negative", "淡黄色": "Yellow"}.get(item[2], item[2]) if self.style.english else item[2]
        value = str(values.get(name, normal))
        flag = "↑" if range_ in ("阴性", "Negative") and value != range_ else ""
        flag = "H" if flag and self.style.english else flag
        return Result(None, value, None, flag, "", None, self._cells(name, "", value, flag, "", range_))

    def _number(self, item: str, value: float, crowded: bool) -> Result:
        spec = laboratory()["analytes"][item]
        low, high = self.reference(item)
        printed = f"{value:.{spec['dp']}f}"
        number = float(printed)
        flag = "L" if low is not None and number < low else "H" if high is not None and number > high else "N"
        arrow = {"H": "H", "L": "L", "N": ""}[flag] if self.style.english else {"H": "↑", "L": "↓", "N": ""}[flag]
        unit = self.style.units.get(spec["unit"], spec["unit"])
        name, short = spec["en" if self.style.english else "zh"], spec["short"]
        if crowded and not self.style.abbreviation_column:
            short = ""
        cells = self._cells(name, short, printed, arrow, unit, self._range(low, high))
        analyte = None if spec.get("extra") else item
        return Result(analyte, printed, number, flag, spec["unit"], (low, high), cells)

    def _range(self, low: float | None, high: float | None) -> str:
        if low is None:
            return f"<{high:g}"
        return f">{low:g}" if high is None else f"{low:g}{self.style.tilde}{high:g}"

    def _cells(self, name: str, short: str, value: str, arrow: str, unit: str, reference: str) -> tuple[str, ...]:
        if self.style.abbreviation_column:
            return (name, short, value, arrow, unit, reference)
        label = f"{name}({short})" if short and not self.style.english else name
        return (label, value, arrow, unit, reference)

    def reference(self, item: str) -> tuple[float | None, float | None]:
        """Reference range of an analyte for this patient's sex."""
        ref = laboratory()["analytes"][item]["ref"]
        low, high = ref[self.sex] if isinstance(ref, dict) else ref
        return low, high

    def _normal(self, item: str, sampled: str) -> float:
        low, high = self.reference(item)
        low = low if low is not None else 0.15 * (high or 1.0)
        high = high if high is not None else 1.6 * low
        habit = random.Random(f"{self.record}/{item}").uniform(0.35, 0.65)
        noise = random.Random(f"{self.record}/{item}/{sampled}").uniform(-0.06, 0.06)
        if item in self.base:
            return self.base[item] + noise * (high - low)
        return low + (habit + noise) * (high - low)

    def _numbers(self, items: list[str], sampled: str, given: dict[str, float]) -> dict[str, float]:
        numbers = {item: float(given[item]) if item in given else self._normal(item, sampled) for item in items}
        for item, value in _derived(numbers, self.sex, self.age).items():
            if item in numbers and item not in given:
                numbers[item] = value
        stray = set(given) - set(items)
        if stray:
            raise ValueError(f"{self.record}: {sorted(stray)} not in the panel sampled {sampled}")
        return numbers


def _derived(n: dict[str, float], sex: str, age: int) -> dict[str, float]:
    out: dict[str, float] = {}
    if "hemoglobin" in n:
        out["rbc"] = n["hemoglobin"] / n["mch"]
        out["hematocrit"] = out["rbc"] * n["mcv"] / 10
        rest = max(2.0, 100 - n["neutrophil_percent"] - n["lymphocyte_percent"])
        out["mono_pct"], out["eos_pct"] = rest * 0.8, rest * 0.17
        out["neutrophil_count"] = n["wbc"] * n["neutrophil_percent"] / 100
        out["lymphocyte_count"] = n["wbc"] * n["lymphocyte_percent"] / 100
    if "egfr" in n:
        out["egfr"] = ckd_epi_2009(n["creatinine"], sex, age)
    if "ibil" in n:
        out["ibil"] = n["total_bilirubin"] - n["direct_bilirubin"]
    if "globulin" in n:
        out["globulin"] = n["total_protein"] - n["albumin"]
    return out


def ckd_epi_2009(creatinine: float, sex: str, age: int) -> float:
    """eGFR in mL/min/1.73m2 from creatinine in umol/L (CKD-EPI 2009, Levey et al., Ann Intern Med 150:604)."""
    kappa, alpha, factor = (0.7, -0.329, 1.018) if sex == "f" else (0.9, -0.411, 1.0)
    ratio = creatinine / 88.4 / kappa
    return 141 * float(min(ratio, 1) ** alpha * max(ratio, 1) ** -1.209 * 0.993**age) * factor
