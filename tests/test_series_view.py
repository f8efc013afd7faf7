"""How a series is shown: sparkline, extremes, every page, what is apart and why, the computed criterion."""

import io

import pytest
from rich.console import Console

from emr_rerank.facts.trends import build_trends
from emr_rerank.findings import Answer, ModelNames, Timings
from emr_rerank.series_view import range_text, sparkline
from tests.facts.one_sentence import facts_of, record_of


def answer(question: str, message: str = "") -> Answer:
    told = [
        "3月2日肌酐80μmol/L",
        "3月3日肌酐170μmol/L，其母肌酐300μmol/L",
        "3月4日肌酐95μmol/L",
        "肌酐由170降至95μmol/L",
    ]
    return Answer(
        question=question,
        record_id="invented",
        status="answered",
        message=message,
        trends=build_trends(facts_of(record_of(told)), ["creatinine"]),
        models=ModelNames(reranker="", embedder="", rules=""),
        timings_ms=Timings(),
    )


def shown(made: Answer) -> str:
    console = Console(width=160, file=io.StringIO())
    console.print(made)
    return console.file.getvalue()


@pytest.mark.parametrize("as_html", [False, True])
@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("肌酐有何变化？", ["▁█▂", "最高 170", "最低 80", "未计入趋势", "他人", "300 umol/L", "非诊断", "分期 2"]),
        (
            "How did creatinine change?",
            ["▁█▂", "highest 170", "lowest 80", "Not in the trend", "another person", "stage 2"],
        ),
    ],
)
def test_what_a_person_sees(question: str, wanted: list[str], as_html: bool) -> None:
    made = answer(question)
    text = made._repr_html_() if as_html else shown(made)
    assert [word for word in wanted if word not in text] == []


def test_the_criterion_is_told_once() -> None:
    assert "KDIGO" not in shown(answer("肌酐有何变化？", message="按KDIGO 2012标准计算")).replace("按KDIGO", "")


@pytest.mark.parametrize(("values", "line"), [([1, 2, 3], "▁▅█"), ([5, 5], "▁▁"), ([3, 1], "█▁")])
def test_a_sparkline_runs_from_lowest_to_highest(values: list[float], line: str) -> None:
    assert sparkline(values) == line


@pytest.mark.parametrize(
    ("reference", "text"), [((57.0, 97.0), "57–97"), ((60.0, None), "≥60"), ((None, 5.2), "≤5.2"), ((None, None), "")]
)
def test_a_range_with_an_open_end(reference: tuple[float | None, float | None], text: str) -> None:
    assert range_text(reference) == text
