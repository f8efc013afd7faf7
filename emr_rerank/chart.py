"""Series as pictures: one panel an analyte, its points with value and page, and the reference band.

matplotlib (extra `plot`) is imported only when a picture is made. Nothing here touches its global state, so no backend
is chosen for the caller and no window opens.
"""

import datetime
import io
import re
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from emr_rerank.errors import UsageError
from emr_rerank.series_view import number, range_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from emr_rerank.findings import Trend, TrendPoint

ENDINGS = (".png", ".svg")
CHINESE_FONTS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Noto Sans CJK JP", "PingFang SC",
    "Hiragino Sans GB", "Heiti SC", "STHeiti", "Microsoft YaHei", "SimHei", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei",
    "LXGW WenKai", "Droid Sans Fallback", "Noto Serif CJK SC", "SimSun", "Arial Unicode MS",
)  # fmt: skip
"""Families with Simplified Chinese letters, sans serif first: Linux, macOS, Windows."""
INSTALL_A_FONT = (
    "No font with Chinese letters is installed, so the picture is labelled in English: install one, "
    "e.g. `apt-get install fonts-noto-cjk` (Debian, Ubuntu), `dnf install google-noto-sans-cjk-fonts` (Fedora)."
)
_WORDS = {
    "zh": {"page": "第{}页", "band": "参考范围", "undated": "日期不详"},
    "en": {"page": "p. {}", "band": "reference range", "undated": "undated"},
}
_MARKS = {"H": ("^", "#c0392b"), "L": ("v", "#2471a3"), "N": ("o", "#2c3e50"), None: ("o", "#2c3e50")}
_LABEL_WIDTH = 0.075
"""Of the width of the picture: labels on one side keep this distance."""
_LABELLED = 20
"""Up to so many points each carries its label; of more, the ends and the extremes do."""


class Chart:
    """A picture of series. Shown by itself at the end of a notebook cell."""

    def __init__(self, figure: "Figure") -> None:
        self.figure = figure

    def save(self, file: Path) -> None:
        """Write it as .png or .svg. Raises UsageError for another ending or a folder that can't be written."""
        check_target(file)
        try:
            self.figure.savefig(file, dpi=150)
        except OSError as error:
            raise UsageError(f"{file} can't be written ({type(error).__name__}).", "Name another file.") from None

    def _repr_png_(self) -> bytes:
        picture = io.BytesIO()
        self.figure.savefig(picture, format="png", dpi=110)
        return picture.getvalue()


def check_target(file: Path) -> None:
    """Refuse a file that no picture can be written to, before anything is read.

    Raises:
        UsageError: matplotlib is missing, the ending is neither .png nor .svg, or the folder does not exist.
    """
    _require_matplotlib()
    if file.suffix.lower() not in ENDINGS:
        raise UsageError(f"{file} is no picture that can be written.", "End the name in .png or .svg.")
    if not file.parent.is_dir():
        raise UsageError(f"The folder of {file} does not exist.", "Make it first.")


def _require_matplotlib() -> None:
    if find_spec("matplotlib") is None:
        raise UsageError("Plots need matplotlib, which is not installed.", "Install emr-rerank[plot].")


def plot_trends(
    trends: "Sequence[Trend]", file: str | Path | None = None, *, language: Literal["zh", "en"] | None = None
) -> Chart:
    """One panel a series, below one another; written to `file` too when one is named.

    Args:
        trends: at least one.
        file: ends in .png or .svg.
        language: of the words around the series; that of the first series' name when None.

    Raises:
        UsageError: there is no series, matplotlib is missing, or the file can't be written.
    """
    if not trends:
        raise UsageError("There is no series to draw.", "Ask how an analyte changed.")
    _require_matplotlib()
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    font = _chinese_font()
    chinese = _has_chinese("".join(trend.display for trend in trends))
    tongue = language or ("zh" if chinese else "en")
    if font is None and (chinese or tongue == "zh"):
        warnings.warn(INSTALL_A_FONT, UserWarning, stacklevel=2)
        tongue = "en"
    families = [font, "DejaVu Sans"] if font else ["DejaVu Sans"]
    with rc_context({"font.family": families, "axes.unicode_minus": False}):
        figure = Figure(figsize=(9, 0.4 + 3.2 * len(trends)), layout="constrained")
        for axes, trend in zip(figure.subplots(len(trends), 1, squeeze=False)[:, 0], trends, strict=True):
            _panel(axes, trend, tongue, with_chinese=font is not None)
    chart = Chart(figure)
    if file is not None:
        chart.save(Path(file))
    return chart


def _panel(axes: "Axes", trend: "Trend", language: str, *, with_chinese: bool) -> None:
    words = _WORDS[language]
    name = trend.display if with_chinese or not _has_chinese(trend.display) else trend.name.replace("_", " ")
    places = _places(trend)
    values = [point.value for point in trend.points]
    axes.margins(x=0.07, y=0.28)
    axes.plot(places, values, color="#7f8c8d", linewidth=1.2, zorder=2)
    for place, point in zip(places, trend.points, strict=True):
        mark, colour = _MARKS[point.flag]  # hollow where only the day is known
        inside = colour if _hour_known(point) else "white"
        axes.plot([place], [point.value], mark, color=colour, markerfacecolor=inside, markersize=6, zorder=3)
    _band(axes, trend, words["band"])
    _label_points(axes, trend, places, words["page"])
    percent = "" if trend.change_pct is None else f" ({trend.change_pct:+g} %)"
    axes.set_title(f"{name}  {number(trend.first)} → {number(trend.last)} {trend.unit or ''}{percent}", fontsize=11)
    axes.set_ylabel(trend.unit or "", fontsize=9)
    axes.tick_params(labelsize=8)
    axes.grid(axis="y", color="#ecf0f1", zorder=0)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    _time_axis(axes, trend, places, words)


def _places(trend: "Trend") -> list[Any]:
    """Where the points stand on the time axis: their times, or 1, 2, 3 … when one is undated.

    A value known by its day only stands midway between its neighbours in the series within that day, noon where it has
    none, so that the line never runs back.
    """
    if any(point.time is None for point in trend.points):
        return list(range(1, len(trend.points) + 1))
    places: list[datetime.datetime] = []
    for index, point in enumerate(trend.points):
        place = datetime.datetime.fromisoformat(point.time or "")
        if not _hour_known(point):
            day = place.date()
            later = [
                datetime.datetime.fromisoformat(each.time or "") for each in trend.points[index:] if _hour_known(each)
            ]
            first = max([place, *places[-1:]])
            last = min([place + datetime.timedelta(days=1), *(each for each in later if each.date() == day)])
            place = first + (last - first) / 2
        places.append(place)
    return places


def _hour_known(point: "TrendPoint") -> bool:
    return "T" in (point.time or "")


def _band(axes: "Axes", trend: "Trend", label: str) -> None:
    """The reference range: a band, or a band up to the edge of the picture where one end is open."""
    if trend.reference is None:
        return
    low, high = trend.reference
    ends = [end for end in (low, high) if end is not None]
    seen = [*(point.value for point in trend.points), *ends]
    span = (max(seen) - min(seen)) or 1.0
    bottom, top = min(seen) - 0.3 * span, max(seen) + 0.3 * span
    axes.axhspan(
        bottom if low is None else low, top if high is None else high, color="#d5f5e3", alpha=0.7, zorder=1, linewidth=0
    )
    axes.set_ylim(bottom, top)
    axes.plot([], [], color="#a9dfbf", linewidth=6, label=f"{label} {range_text(trend.reference)}")
    axes.legend(loc="upper right", fontsize=8, frameon=False)


def _label_points(axes: "Axes", trend: "Trend", places: "Sequence[Any]", page: str) -> None:
    """Value and page at each point, above where the line rises to it and below where it falls, never on another label.

    Where both sides are taken the point goes without; the table of the answer has it.
    """
    chosen = set(range(len(places)))
    ends = (trend.points[0], trend.points[-1], trend.highest, trend.lowest)
    if len(places) > _LABELLED:
        chosen = {index for index, point in enumerate(trend.points) if point in ends}
    start, stop = (_days(place) for place in (places[0], places[-1]))
    width = (stop - start) or 1.0
    taken = {True: -1.0, False: -1.0}
    for index in sorted(chosen):
        point = trend.points[index]
        at = (_days(places[index]) - start) / width
        above = index == 0 or point.value >= trend.points[index - 1].value
        if at - taken[above] < _LABEL_WIDTH:
            above = not above
        if at - taken[above] < _LABEL_WIDTH:
            continue
        taken[above] = at
        axes.annotate(
            f"{number(point.value)}\n{_pages(point, page)}",
            (places[index], point.value),
            xytext=(0, 8 if above else -8),
            textcoords="offset points",
            ha="center",
            va="bottom" if above else "top",
            fontsize=7.5,
            linespacing=1.1,
        )


def _days(place: Any) -> float:
    """A place on the time axis as a number."""
    return float(place.timestamp() / 86400) if hasattr(place, "timestamp") else float(place)


def _pages(point: "TrendPoint", page: str) -> str:
    """The page of the best proof, and how many further pages tell the value."""
    more = len(point.pages) - 1
    return page.format(point.page) + (f" +{more}" if more else "")


def _time_axis(axes: "Axes", trend: "Trend", places: "Sequence[Any]", words: dict[str, str]) -> None:
    from matplotlib.dates import AutoDateLocator, DateFormatter
    from matplotlib.ticker import FixedLocator

    if any(point.time is None for point in trend.points):
        axes.xaxis.set_major_locator(FixedLocator(list(places)))
        axes.set_xticklabels([(point.time or words["undated"]).replace("T", " ") for point in trend.points])
        return
    years = sorted({place.year for place in places})
    hours = _days(places[-1]) - _days(places[0]) < 3
    form = "%Y-%m-%d" if len(years) > 1 else "%m-%d %H:%M" if hours else "%m-%d"
    axes.xaxis.set_major_locator(AutoDateLocator(minticks=3, maxticks=6 if hours else 9))
    axes.xaxis.set_major_formatter(DateFormatter(form))
    if len(years) == 1:
        axes.set_xlabel(str(years[0]), fontsize=8, loc="right")


def _has_chinese(text: str) -> bool:
    return re.search(r"[\u4e00-\u9fff]", text) is not None


def _chinese_font() -> str | None:
    """The first installed family of `CHINESE_FONTS`."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return next((family for family in CHINESE_FONTS if family in installed), None)
