"""A calibration report as a picture: the reliability diagram, and what each threshold refuses."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from emr_rerank.chart import Chart
from emr_rerank.evidence.calibration_report import CalibrationReport, Tradeoff
from emr_rerank.evidence.reliability import Reliability

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BEFORE, _AFTER, _WRONG, _REFUSED = "#95a5a6", "#2471a3", "#c0392b", "#1e8449"


def plot_report(report: CalibrationReport) -> Chart:
    """Both panels side by side. Needs matplotlib: see `chart.check_target`."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 5), layout="constrained")
    left, right = figure.subplots(1, 2)
    _diagram(left, report)
    _tradeoff(right, report)
    figure.suptitle(
        f"{report.reranker}, {report.calibration.kind}: {report.pairs} pairs of {report.questions} questions"
    )
    return Chart(figure)


def _diagram(axes: "Axes", report: CalibrationReport) -> None:
    axes.plot([0, 1], [0, 1], color="#bdc3c7", linewidth=1, linestyle="--")
    _curve(axes, report.before, _BEFORE, f"before, ECE {report.before.ece:.3f}")
    _curve(axes, report.after, _AFTER, f"calibrated, ECE {report.after.ece:.3f}")
    axes.axvline(report.min_score, color="#7f8c8d", linewidth=0.8, linestyle=":")
    axes.set(
        xlabel="score", ylabel="share that proves the answer", title="Reliability", xlim=(0, 1), ylim=(-0.02, 1.02)
    )
    _legend(axes, 2)
    _quiet(axes)


def _curve(axes: "Axes", told: Reliability, colour: str, label: str) -> None:
    means, shares, below, above = [], [], [], []
    for each in told.curve:
        share, low, high = each.right.share or 0.0, each.right.low or 0.0, each.right.high or 0.0
        means.append(each.mean)
        shares.append(share)
        below.append(share - low)
        above.append(high - share)
    errors = [below, above]
    axes.errorbar(means, shares, errors, marker="o", markersize=5, elinewidth=0.8, capsize=2, color=colour, label=label)


def _tradeoff(axes: "Axes", report: CalibrationReport) -> None:
    _shares(axes, report.program or report.tradeoff, "-")
    title = "Refusal by the reranker alone"
    if report.program:
        _shares(axes, report.tradeoff, ":")
        title = "Refusal by the whole program (dotted: the reranker alone)"
    axes.axvline(report.min_score, color="#7f8c8d", linewidth=0.8, linestyle=":")
    axes.annotate(f"min_score {report.min_score:g}", (report.min_score, 1.02), fontsize=8, ha="center", va="bottom")
    axes.set(xlabel="threshold of the calibrated score", ylabel="share of questions", xlim=(0, 1), ylim=(-0.02, 1.02))
    axes.set_title(title, pad=16)
    _legend(axes, 3)
    _quiet(axes)


def _shares(axes: "Axes", tradeoff: Sequence[Tradeoff], line: str) -> None:
    for label, colour, name in (
        ("unanswerable: refused", _REFUSED, "unanswerable_refused"),
        ("answerable: right on top", _AFTER, "answerable_right"),
        ("answerable: wrong on top", _WRONG, "answerable_wrong"),
    ):
        places = [(each.threshold, getattr(each, name)) for each in tradeoff if getattr(each, name) is not None]
        if places:
            shown = label if line == "-" else None
            axes.plot(*zip(*places, strict=True), color=colour, linestyle=line, marker="o", markersize=3, label=shown)


def _legend(axes: "Axes", columns: int) -> None:
    style = {"frameon": False, "fontsize": 8, "columnspacing": 1, "handlelength": 1.4}
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=columns, **style)


def _quiet(axes: "Axes") -> None:
    axes.grid(color="#ecf0f1")
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
