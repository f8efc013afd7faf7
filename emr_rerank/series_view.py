"""How a series looks to a person: its line with a sparkline, its points, what is apart, what is computed from it."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from emr_rerank.findings import KidneyInjury, Trend

SERIES_LABELS = {
    "zh": {
        "apart": "未计入趋势",
        "why": "原因",
        "other_stay": "既往或外院",
        "other_person": "他人",
        "planned": "目标或条件",
        "implausible": "数值不合理",
        "other_unit": "其他单位",
        "unit_missing": "无单位",
        "disputed": "同时间数值不一",
        "not_a_number": "非数值结果",
        "kidney_met": "肌酐达到急性肾损伤标准，分期",
        "kidney_not_met": "本次住院肌酐未见达到急性肾损伤标准的升高",
        "computed": "计算所得，非诊断；未计尿量",
        "highest": "最高",
        "lowest": "最低",
        "meaningful": "判为变化的界限",
    },
    "en": {
        "apart": "Not in the trend",
        "why": "why",
        "other_stay": "earlier or elsewhere",
        "other_person": "another person",
        "planned": "goal or condition",
        "implausible": "implausible",
        "other_unit": "another unit",
        "unit_missing": "no unit",
        "disputed": "two values at one time",
        "not_a_number": "no number",
        "kidney_met": "creatinine meets the criterion of acute kidney injury, stage",
        "kidney_not_met": "no rise of creatinine within this stay meets the criterion of acute kidney injury",
        "computed": "computed, not a diagnosis; urine output not counted",
        "highest": "highest",
        "lowest": "lowest",
        "meaningful": "change counts from",
    },
}
_ARROWS = {"up": "↑", "down": "↓", "stable": "→"}
FLAGS = {"H": "↑", "L": "↓", "N": "", None: ""}


def number(value: float | str) -> str:
    """A value without a meaningless '.0'; ten significant digits, so that nothing measured is lost."""
    return value if isinstance(value, str) else f"{value:.10g}"


def range_text(reference: tuple[float | None, float | None]) -> str:
    """57–97; ≥60 and ≤5.2 where one end is open."""
    low, high = reference
    if low is None or high is None:
        return f"≥{number(low)}" if low is not None else f"≤{number(high)}" if high is not None else ""
    return f"{number(low)}–{number(high)}"


def sparkline(values: Sequence[float]) -> str:
    """One block character a value, from the lowest to the highest of the series."""
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    return "".join("▁▂▃▄▅▆▇█"[round((value - low) / span * 7)] for value in values)


def trend_line(trend: "Trend") -> str:
    """`肌酐 ▁▃█ 72 → 108 umol/L (+36, +50 %) ↑`"""
    spark = sparkline([point.value for point in trend.points])
    percent = "" if trend.change_pct is None else f", {trend.change_pct:+g} %"
    ends = f"{number(trend.first)} → {number(trend.last)} {trend.unit or ''}".rstrip()
    return f"{trend.display} {spark} {ends} ({trend.change:+g}{percent}) {_ARROWS[trend.direction]}"


def extremes_line(trend: "Trend", label: dict[str, str]) -> str:
    """`highest 312 (2026-03-04 06:05, page 19), lowest 172 (…); change counts from 13 % (…)`"""
    ends = ((label["highest"], trend.highest), (label["lowest"], trend.lowest))
    told = ", ".join(
        f"{name} {number(point.value)} ({_when(point.time)}, {label['page']} {point.page})" for name, point in ends
    )
    if trend.threshold is None:
        return told
    return f"{told}; {label['meaningful']} {trend.threshold:g} % ({trend.threshold_source})"


def kidney_line(injury: "KidneyInjury", label: dict[str, str]) -> str:
    """What the creatinine criterion of KDIGO 2012 gives: a computation, with its source."""
    met = label["kidney_not_met"]
    if injury.stage:
        values = f"{number(injury.before.value)} → {number(injury.after.value)} umol/L"
        pages = f"{label['page']} {injury.before.page} → {injury.after.page}"
        met = f"{label['kidney_met']} {injury.stage}: {values} ({pages})"
    return f"KDIGO 2012 ({label['computed']}): {met}. {injury.source}."


def points_table(trend: "Trend", label: dict[str, str]) -> "Table":
    """The points with all pages that tell them."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(label["date"])
    table.add_column(f"{trend.display} ({trend.unit or '-'})", justify="right")
    table.add_column(label["page"], justify="right")
    for point in trend.points:
        pages = ", ".join(str(page) for page in point.pages)
        table.add_row(_when(point.time), f"{number(point.value)}{FLAGS[point.flag]}", pages)
    return table


def apart_table(trend: "Trend", label: dict[str, str]) -> "Table":
    """The values that are not in the series."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=f"{trend.display}: {label['apart']}", title_justify="left", box=box.SIMPLE_HEAD, style="dim")
    for name in ("value", "why", "date", "page"):
        table.add_column(label[name])
    for cells in apart_cells(trend, label):
        table.add_row(*(Text(cell) for cell in cells))
    return table


def apart_cells(trend: "Trend", label: dict[str, str]) -> Iterable[tuple[str, ...]]:
    """Value, reason, time and page of each value that is not in the series."""
    for apart in trend.apart:
        value = f"{number(apart.value)} {apart.unit or ''}".rstrip()
        yield value, label[apart.reason], _when(apart.time), str(apart.page)


def _when(time: str | None) -> str:
    return (time or "—").replace("T", " ")
