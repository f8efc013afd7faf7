"""Series as pictures: what stands on them, and what is said when they can't be made."""

import warnings
from pathlib import Path

import pytest
from matplotlib.colors import to_hex

from emr_rerank import chart
from emr_rerank.errors import UsageError
from emr_rerank.findings import Answer, Citation, ModelNames, Timings, Trend, TrendPoint

pytestmark = pytest.mark.filterwarnings("ignore:Glyph", "ignore:No font")
PNG = b"\x89PNG\r\n\x1a\n"


def point(time: str | None, value: float, page: int, flag: str | None = "H", *further: int) -> TrendPoint:
    told = tuple(Citation(page=each, start=0, end=1, sentence=0, text="") for each in (page, *further))
    return TrendPoint.model_validate(
        {"time": time, "value": value, "page": page, "flag": flag, "start": 0, "end": 1, "citations": told}
    )


def trend(points: list[TrendPoint], *, display: str = "肌酐", reference: object = (57.0, 97.0)) -> Trend:
    return Trend.model_validate(
        {
            "name": "creatinine",
            "display": display,
            "unit": "umol/L",
            "points": points,
            "first": points[0].value,
            "last": points[-1].value,
            "change": points[-1].value - points[0].value,
            "change_pct": 50.0,
            "direction": "up",
            "reference": reference,
        }
    )


RISING = trend([point("2026-03-02T06:10", 72, 4, "N"), point("2026-03-05T06:10", 108, 31, "H", 6, 7)])


def texts(made: chart.Chart) -> str:
    made.figure.draw_without_rendering()
    axes = made.figure.axes[0]
    return "\n".join([axes.get_title(), *(each.get_text() for each in axes.texts), *legend(made)])


def legend(made: chart.Chart) -> list[str]:
    shown = made.figure.axes[0].get_legend()
    return [each.get_text() for each in shown.get_texts()] if shown else []


def test_points_carry_value_and_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart, "_chinese_font", lambda: "DejaVu Sans")
    made = chart.plot_trends((RISING,))
    assert "72\n第4页" in texts(made) and "108\n第31页 +2" in texts(made)
    assert "肌酐  72 → 108 umol/L (+50 %)" in texts(made)
    assert legend(made) == ["参考范围 57–97"]


def test_the_reference_band_lies_where_the_range_does() -> None:
    (band,) = chart.plot_trends((RISING,), language="en").figure.axes[0].patches
    assert (band.get_y(), band.get_y() + band.get_height()) == (57.0, 97.0)


@pytest.mark.parametrize(
    ("reference", "label", "inside"),
    [((90.0, None), "≥90", 91.0), ((None, 5.2), "≤5.2", 5.0), (None, None, None)],
)
def test_a_range_with_an_open_end(reference: object, label: str | None, inside: float | None) -> None:
    made = chart.plot_trends((trend([point("2026-03-02", 20, 1), point("2026-03-04", 35, 2)], reference=reference),))
    axes = made.figure.axes[0]
    assert [each.rpartition(" ")[2] for each in legend(made)] == ([label] if label else [])
    if inside is not None:
        (band,) = axes.patches
        assert band.get_y() <= inside <= band.get_y() + band.get_height()
        low, high = axes.get_ylim()
        assert low < inside < high, "the end of the range is on the picture"


def test_high_and_low_are_told_apart() -> None:
    series = trend([point("2026-03-02", 20, 1, "L"), point("2026-03-04", 70, 2, "N"), point("2026-03-06", 200, 2, "H")])
    lines = chart.plot_trends((series,)).figure.axes[0].lines
    marks = {line.get_marker(): to_hex(line.get_color()) for line in lines if line.get_marker() in "^vo"}
    assert set(marks) == {"^", "v", "o"} and len(set(marks.values())) == 3


def test_labels_stand_apart() -> None:
    series = trend(
        [point(f"2026-03-02T0{hour}:00", 70 + hour, hour) for hour in range(1, 9)] + [point("2026-04-20", 90, 9)]
    )
    made = chart.plot_trends((series,))
    made.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in made.figure.axes[0].texts]
    assert not any(one.overlaps(other) for index, one in enumerate(boxes) for other in boxes[:index])


@pytest.mark.parametrize(
    "times",
    [
        ("2026-02-09T11:40", "2026-02-09T13:45", "2026-02-09", "2026-02-10T06:00"),
        ("2026-02-09T11:40", "2026-02-09", "2026-02-09T13:45", "2026-02-10T06:00"),
        ("2026-02-09T11:40", "2026-02-09", "2026-02-09", "2026-02-09T13:45"),
        ("2026-02-09", "2026-02-10", "2026-02-11", "2026-02-12T06:00"),
    ],
)
def test_the_line_never_runs_back(times: tuple[str, ...]) -> None:
    series = trend([point(time, 10 + page, page) for page, time in enumerate(times, start=1)])
    axes = chart.plot_trends((series,), language="en").figure.axes[0]
    places = list(axes.lines[0].get_xdata())
    assert places == sorted(places) and len(set(places)) == len(places)
    assert [place.date().isoformat() for place in places] == [time[:10] for time in times]
    hollow = [line.get_markerfacecolor() == "white" for line in axes.lines[1 : len(times) + 1]]
    assert hollow == ["T" not in time for time in times]


def test_undated_points_stand_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart, "_chinese_font", lambda: "DejaVu Sans")
    axes = chart.plot_trends((trend([point(None, 72, 1), point("2026-03-05", 108, 2)]),)).figure.axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["日期不详", "2026-03-05"]


def test_without_a_chinese_font_the_picture_is_english_and_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chart, "CHINESE_FONTS", ("No Such Family",))
    with pytest.warns(UserWarning, match="fonts-noto-cjk"):
        made = chart.plot_trends((RISING,), language="zh")
    shown = texts(made)
    assert "creatinine" in shown and "p. 31" in shown and "reference range" in shown
    assert not any("一" <= sign <= "鿿" for sign in shown)


def test_an_english_series_needs_no_chinese_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart, "CHINESE_FONTS", ())
    english = trend(list(RISING.points), display="creatinine")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "p. 4" in texts(chart.plot_trends((english,)))


@pytest.mark.parametrize(("ending", "magic"), [(".png", PNG), (".PNG", PNG), (".svg", b"<?xml")])
def test_a_picture_is_written(tmp_path: Path, ending: str, magic: bytes) -> None:
    file = tmp_path / f"out{ending}"
    RISING.plot(file, language="en")
    assert file.read_bytes().startswith(magic)


def test_a_notebook_shows_it() -> None:
    assert RISING.plot(language="en")._repr_png_().startswith(PNG)


def test_refusals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"\.png or \.svg"):
        RISING.plot(tmp_path / "out.pdf")
    with pytest.raises(UsageError, match="does not exist"):
        RISING.plot(tmp_path / "missing" / "out.png")
    answer = Answer(
        question="肌酐", record_id="r", status="insufficient_evidence", message="",
        models=ModelNames(reranker="", embedder="", rules=""), timings_ms=Timings(),
    )  # fmt: skip
    with pytest.raises(UsageError, match="no series"):
        answer.plot()
    monkeypatch.setattr(chart, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"emr-rerank\[plot\]"):
        RISING.plot()
