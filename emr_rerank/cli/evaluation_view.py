"""An evaluation as tables for people: figures in percent with their 95 % intervals, times in milliseconds."""

from collections.abc import Iterator, Mapping

from rich import box
from rich.console import RenderableType
from rich.table import Table

from emr_rerank.evaluation.metrics import Estimate
from emr_rerank.evaluation.report import Rates, Report

_EVIDENCE = {
    "Hit@1": "hit_at_1",
    "Hit@3": "hit_at_3",
    "MRR@10": "mrr_at_10",
    "page": "page",
    "section": "section",
}
_REFUSALS = {
    "refusal precision": "refusal_precision",
    "refusal recall": "refusal_recall",
    "refusal F1": "refusal_f1",
    "contradictions found": "conflict_recall",
}
_FACTS = {"facts": "facts", "trends": "trends"}
_TIMES = {"p50 ms": "p50", "p95 ms": "p95", "first p50 ms": "first_p50"}
_METHODS = {
    "flat_bm25": "flat BM25",
    "flat_encoder": "flat encoder",
    "flat_cross_encoder": "flat cross-encoder",
    "section_encoder": "section, then encoder",
    "ours": "emr-rerank",
}
_BLANK = "-"


def evaluation_view(report: Report) -> Iterator[RenderableType]:
    """Tables by kind of question, the shortlist, and the comparators where they were asked."""
    yield _by_kind("Evidence, % of answerable questions (95 % interval)", report, _EVIDENCE)
    yield _by_kind("Refusals and contradictions, %", report, _REFUSALS)
    yield _by_kind("Facts and trends, % exact, and times", report, _FACTS, _TIMES)
    false = report.kinds["all"].contradictions_claimed_falsely
    yield f"Contradictions claimed where there is none: {false} of {report.kinds['all'].asked} questions"
    yield _shortlist(report.shortlist)
    if report.methods:
        yield _comparators(report)
    if report.ratio is not None:
        yield _ratio_line(report.ratio, report.claimed_ratio)
    if report.models is not None:
        yield f"reranker {report.models.reranker}, encoder {report.models.embedder}, rules {report.models.rules[:15]}"


def _by_kind(title: str, report: Report, metrics: Mapping[str, str], times: Mapping[str, str] | None = None) -> Table:
    """A row a kind to which any of the figures applies; every kind where times are among them."""
    times = times or {}
    table = _table(title, "kind", "right", *metrics, *times)
    for kind, rates in report.kinds.items():
        if times or kind == "all" or any(rates.metrics[name].of for name in metrics.values()):
            table.add_row(kind, f"{rates.right}/{rates.asked}", *_cells(rates, metrics, times))
    return table


def _cells(rates: Rates, metrics: Mapping[str, str], times: Mapping[str, str]) -> Iterator[str]:
    yield from (_percent(rates.metrics[name]) for name in metrics.values())
    yield from (_milliseconds(rates.latency_ms[name]) for name in times.values())


def _shortlist(recall: Mapping[str, Estimate]) -> Table:
    table = _table("Shortlist, % of answerable questions", "candidates", "expected sentence among them")
    for size, figure in recall.items():
        table.add_row(size, _percent(figure))
    return table


def _comparators(report: Report) -> Table:
    table = _table("The same questions by other searches, % of answerable questions", "search", *list(_EVIDENCE)[:3])
    for name, figures in report.methods.items():
        table.add_row(_METHODS[name], *(_percent(figure) for figure in figures.values()))
    return table


def _ratio_line(ratio: Estimate, claimed: float) -> str:
    """Ours against the flat encoder, as a change in percent."""
    if ratio.value is None or ratio.low is None or ratio.high is None:
        return "Hit@1 against flat encoder: not defined, it has no hit"
    gained, low, high, article = (
        f"{(value - 1) * 100:+.0f} %" for value in (ratio.value, ratio.low, ratio.high, claimed)
    )
    return (
        f"Hit@1 against flat encoder on {ratio.of} answerable questions: {ratio.value:.2f} times,"
        f" {gained} (95 % interval {low} to {high});"
        f" the article this project started from claims {article}"
    )


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column(first, no_wrap=True)
    for heading in others:
        table.add_column(heading, justify="right")
    return table


def _percent(estimate: Estimate) -> str:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return _BLANK
    return f"{estimate.value:.1%} ({estimate.low * 100:.0f}–{estimate.high * 100:.0f})".replace("%", "")


def _milliseconds(estimate: Estimate) -> str:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return _BLANK
    return f"{estimate.value:.0f} ({estimate.low:.0f}–{estimate.high:.0f})"
