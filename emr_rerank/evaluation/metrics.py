"""The figures of a set of outcomes. Each is Σ numerator / Σ denominator over the questions, or a quantile of times.

Hit@k and MRR as in the TREC question answering track (E. Voorhees, TREC-8, 1999); precision, recall and F1 of refusals
after C. van Rijsbergen: Information Retrieval, 1979, with `insufficient_evidence` as the class that is found.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from pydantic import Field

from emr_rerank.evaluation.bootstrap import Statistic, Values, percentile_interval, quantile, ratio
from emr_rerank.evaluation.outcome import TOP, Outcome
from emr_rerank.record import Noun

DEEPEST = 10
"""MRR@10: a sentence at a lower rank adds nothing."""

Parts = tuple[float, float]
"""What one question adds to numerator and denominator."""
Metric = Callable[[Outcome], Parts]
OURS = "ours"


class Estimate(Noun):
    """A figure with its 95 % bootstrap interval; null where nothing counts towards it."""

    value: float | None
    low: float | None = None
    high: float | None = None
    of: int = Field(description="questions that count towards it")


def _rank(outcome: Outcome, method: str) -> int | None:
    return outcome.hit_rank if method == OURS else outcome.ranks.get(method)


def hit(top: int, method: str = OURS) -> Metric:
    """An expected sentence at rank `top` or better, of the answerable questions."""

    def parts(outcome: Outcome) -> Parts:
        rank = _rank(outcome, method)
        return float(outcome.answerable and rank is not None and rank <= top), float(outcome.answerable)

    return parts


def reciprocal_rank(method: str = OURS) -> Metric:
    """1 / rank of the first expected sentence, of the answerable questions; 0 beyond rank 10."""

    def parts(outcome: Outcome) -> Parts:
        rank = _rank(outcome, method)
        return 1 / rank if outcome.answerable and rank and rank <= DEEPEST else 0.0, float(outcome.answerable)

    return parts


def hit_ratio(method: str, against: str) -> Metric:
    """Hit@1 of one method over Hit@1 of another, on the same answerable questions."""
    ours, theirs = hit(1, method), hit(1, against)
    return lambda outcome: (ours(outcome)[0], theirs(outcome)[0])


def shortlisted(candidates: str) -> Metric:
    """An expected sentence among so many candidates, of the answerable questions."""
    return lambda outcome: (
        float(outcome.answerable and outcome.shortlisted.get(candidates, False)),
        float(outcome.answerable),
    )


def _flag(name: str) -> Metric:
    return lambda outcome: (float(getattr(outcome, name) is True), float(getattr(outcome, name) is not None))


def _refused(outcome: Outcome) -> tuple[bool, bool]:
    """(refused, rightly expected to be)."""
    return outcome.status == "insufficient_evidence", outcome.expected_status == "insufficient_evidence"


def _precision(outcome: Outcome) -> Parts:
    given, owed = _refused(outcome)
    return float(given and owed), float(given)


def _recall(outcome: Outcome) -> Parts:
    given, owed = _refused(outcome)
    return float(given and owed), float(owed)


def _f1(outcome: Outcome) -> Parts:
    given, owed = _refused(outcome)
    return 2.0 * (given and owed), float(given) + float(owed)


def _conflict_recall(outcome: Outcome) -> Parts:
    owed = outcome.expected_status == "conflicting"
    return float(owed and outcome.status == "conflicting"), float(owed)


METRICS: Mapping[str, Metric] = {
    "hit_at_1": hit(1),
    "hit_at_3": hit(TOP),
    "mrr_at_10": reciprocal_rank(),
    "page": _flag("page_right"),
    "section": _flag("section_right"),
    "refusal_precision": _precision,
    "refusal_recall": _recall,
    "refusal_f1": _f1,
    "conflict_recall": _conflict_recall,
    "facts": _flag("facts_right"),
    "trends": _flag("trend_right"),
}


def estimate(outcomes: Sequence[Outcome], metric: Metric) -> Estimate:
    """The metric over the outcomes, with its interval."""
    parts = np.array([metric(outcome) for outcome in outcomes], dtype=np.float64).reshape(-1, 2)
    above, below = parts[:, 0], parts[:, 1]
    return _estimate(ratio, above, below, counted=int((parts > 0).any(axis=1).sum()))


def latency(outcomes: Sequence[Outcome], share: float) -> Estimate:
    """A quantile of the milliseconds."""
    times = np.array([outcome.ms for outcome in outcomes], dtype=np.float64)
    return _estimate(quantile(share), times, counted=len(times))


def _estimate(statistic: Statistic, *columns: Values, counted: int) -> Estimate:
    value = float(statistic(*columns)) if counted else float("nan")
    bounds = percentile_interval(statistic, *columns) if np.isfinite(value) else None
    if bounds is None:
        return Estimate(value=None, of=counted)
    return Estimate(value=value, low=bounds[0], high=bounds[1], of=counted)
