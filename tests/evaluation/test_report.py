"""The report of outcomes made by hand, and how it is shown."""

from rich.console import Console

from emr_rerank.cli.evaluation_view import evaluation_view
from emr_rerank.evaluation.comparators import COMPARATORS, FLAT_ENCODER
from emr_rerank.evaluation.report import SIZES, Report, report_of
from tests.evaluation.made_outcomes import outcome, refused

THERE = dict.fromkeys(SIZES, True)
SEARCHED = dict.fromkeys(COMPARATORS)
OUTCOMES = [
    outcome(first=True, ms=900, shortlisted=THERE, ranks={**SEARCHED, FLAT_ENCODER: 1}),
    outcome(ms=100, shortlisted=THERE, ranks=SEARCHED),
    outcome(kind="allergy", ms=200, status="conflicting", misses=("status",), shortlisted=THERE, ranks=SEARCHED),
    refused(kind="allergy", ms=300, ranks=SEARCHED),
]


def shown(report: Report) -> str:
    console = Console(width=120, highlight=False)
    with console.capture() as captured:
        for part in evaluation_view(report):
            console.print(part)
    return captured.get()


def test_kinds_stand_in_order_and_all_last() -> None:
    report = report_of(OUTCOMES)
    assert {kind: (rates.right, rates.asked) for kind, rates in report.kinds.items()} == {
        "allergy": (1, 2),
        "lab": (2, 2),
        "all": (3, 4),
    }
    assert list(report.kinds)[-1] == "all"
    assert report.kinds["all"].contradictions_claimed_falsely == 1
    assert [o.kind for o in report.failed] == ["allergy"]


def test_the_first_question_of_a_record_is_timed_apart() -> None:
    times = report_of(OUTCOMES).kinds["all"].latency_ms
    assert (times["p50"].value, times["first_p50"].value) == (200, 900)


def test_the_ratio_to_the_flat_encoder() -> None:
    report = report_of(OUTCOMES)
    assert report.ratio is not None and report.ratio.value == 3.0 and report.ratio.of == 3
    assert set(report.methods) == {*COMPARATORS, "ours"}


def test_without_comparators_there_is_no_ratio() -> None:
    report = report_of([outcome(shortlisted=THERE)])
    assert (report.methods, report.ratio) == ({}, None)


def test_figures_are_shown_in_percent_with_their_intervals() -> None:
    text = shown(report_of(OUTCOMES))
    assert "100.0 (100–100)" in text
    assert "Contradictions claimed where there is none: 1 of 4 questions" in text
    assert "on 3 answerable questions: 3.00 times, +200 %" in text and "+37 %" in text
    assert max(map(len, text.splitlines())) <= 120


def test_no_question_at_all_is_shown_too() -> None:
    assert "0/0" in shown(report_of([]))
