"""The figures of an evaluation: by kind of question, of the shortlist, and beside the comparators."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from emr_rerank.evaluation.comparators import COMPARATORS, FLAT_ENCODER
from emr_rerank.evaluation.metrics import (
    METRICS,
    OURS,
    Estimate,
    estimate,
    hit,
    hit_ratio,
    latency,
    reciprocal_rank,
    shortlisted,
)
from emr_rerank.evaluation.outcome import TOP, Outcome
from emr_rerank.findings import ModelNames
from emr_rerank.record import Noun

CLAIMED_RATIO = 1.37
"""Hit@1 over a flat vector search that the article from which this project started claims for locating the section."""
SIZES = ("16", "32", "48")
"""Numbers of candidates at which the recall of the shortlist is given."""


class Rates(Noun):
    """The figures of one kind of question; `metrics` and `latency_ms` by the names of docs/evaluation.md."""

    asked: int
    right: int = Field(description="questions without a miss")
    contradictions_claimed_falsely: int
    metrics: dict[str, Estimate]
    latency_ms: dict[str, Estimate]


class Report(Noun):
    """An evaluation. `kinds` in alphabetical order, `all` last; `methods` and `ratio` only with comparators."""

    models: ModelNames | None
    kinds: dict[str, Rates]
    shortlist: dict[str, Estimate] = Field(description="number of candidates → recall of an expected sentence")
    methods: dict[str, dict[str, Estimate]] = Field(default_factory=dict)
    ratio: Estimate | None = Field(None, description="Hit@1 of this program over that of flat_encoder, paired")
    claimed_ratio: float = CLAIMED_RATIO
    outcomes: tuple[Outcome, ...]

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The outcomes with a miss."""
        return tuple(outcome for outcome in self.outcomes if outcome.misses)


def report_of(outcomes: Sequence[Outcome], models: ModelNames | None = None) -> Report:
    """All figures of the outcomes."""
    compared = bool(outcomes) and all(outcome.ranks for outcome in outcomes)
    methods = (*COMPARATORS, OURS) if compared else ()
    return Report(
        models=models,
        kinds={kind: _rates(group) for kind, group in _by_kind(outcomes)},
        shortlist={size: estimate(outcomes, shortlisted(size)) for size in SIZES},
        methods={name: _method(outcomes, name) for name in methods},
        ratio=_ratio(outcomes) if compared else None,
        outcomes=tuple(outcomes),
    )


def _by_kind(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, Sequence[Outcome]]]:
    for kind in sorted({outcome.kind for outcome in outcomes}):
        yield kind, [outcome for outcome in outcomes if outcome.kind == kind]
    yield "all", outcomes


def _rates(outcomes: Sequence[Outcome]) -> Rates:
    warm, first = ([o for o in outcomes if o.first == flag] for flag in (False, True))
    false = [o for o in outcomes if o.status == "conflicting" and o.expected_status != "conflicting"]
    return Rates(
        asked=len(outcomes),
        right=sum(not outcome.misses for outcome in outcomes),
        contradictions_claimed_falsely=len(false),
        metrics={name: estimate(outcomes, metric) for name, metric in METRICS.items()},
        latency_ms={"p50": latency(warm, 0.5), "p95": latency(warm, 0.95), "first_p50": latency(first, 0.5)},
    )


def _ratio(outcomes: Sequence[Outcome]) -> Estimate:
    answerable = [outcome for outcome in outcomes if outcome.answerable]
    return estimate(answerable, hit_ratio(OURS, FLAT_ENCODER)).model_copy(update={"of": len(answerable)})


def _method(outcomes: Sequence[Outcome], name: str) -> dict[str, Estimate]:
    return {
        "hit_at_1": estimate(outcomes, hit(1, name)),
        "hit_at_3": estimate(outcomes, hit(TOP, name)),
        "mrr_at_10": estimate(outcomes, reciprocal_rank(name)),
    }
