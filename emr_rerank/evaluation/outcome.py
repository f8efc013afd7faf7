"""One answer against its expectation."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from emr_rerank.display import number
from emr_rerank.evaluation.dataset import ExpectedEvidence, ExpectedQuestion
from emr_rerank.evaluation.matching import best_rank, codes_around, expected_rank, pages_of
from emr_rerank.findings import Answer, Status
from emr_rerank.record import Noun, Section

TOP = 3
"""An expected sentence counts as found at this rank or better (Hit@3)."""

SINGLE_VALUE = frozenset({"lab_value", "lab_extreme", "vital"})
"""Kinds of question that one value answers."""


class Outcome(Noun):
    """How one answer compares with its expectation. `misses` is empty when all of it came out.

    What was not expected, and so can be neither right nor wrong, is null.
    """

    record: str
    id: str
    kind: str
    status: Status
    expected_status: Status
    answerable: bool = Field(description="whether evidence is expected")
    hit_rank: int | None = Field(None, description="rank of the first expected sentence; null when none came")
    page_right: bool | None = Field(None, description="first evidence on an expected page; false when refused")
    section_right: bool | None = Field(None, description="first evidence in an expected section; false when refused")
    facts_right: bool | None = Field(None, description="all expected facts came, the leading one first and told")
    trend_right: bool | None = None
    misses: tuple[str, ...] = ()
    ms: float = Field(0.0, description="from question to answer; the record was read before")
    first: bool = Field(False, description="first question about its record: its time holds the record's index")
    shortlisted: dict[str, bool] = Field(
        default_factory=dict, description="number of candidates → whether an expected sentence is among them"
    )
    ranks: dict[str, int | None] = Field(
        default_factory=dict, description="comparator → rank of the first expected sentence among its first ten"
    )


def compare(record: str, expected: ExpectedQuestion, answer: Answer, sections: Sequence[Section] = ()) -> Outcome:
    """One answer against its expectation.

    Args:
        record: name of the record.
        expected: the question with what should come out.
        answer: what came out.
        sections: the record's section tree; without it the evidence's own code alone counts.
    """
    ranks = [expected_rank(wanted, answer.evidence) for wanted in expected.evidence]
    fact_misses = [*_missing_facts(expected, answer), *_leading_misses(expected, answer)]
    trend_misses = _trend_miss(expected.trend, answer)
    return Outcome(
        record=record,
        id=expected.id,
        kind=expected.kind,
        status=answer.status,
        expected_status=expected.status,
        answerable=bool(expected.evidence),
        hit_rank=best_rank(expected.evidence, answer.evidence),
        page_right=_page_right(expected, answer),
        section_right=_section_right(expected, answer, sections),
        facts_right=not fact_misses if expected.facts else None,
        trend_right=None if expected.trend is None else not trend_misses,
        misses=(
            *_status_miss(expected, answer),
            *(_side_misses(expected.evidence, ranks) if expected.all else _evidence_misses(ranks)),
            *fact_misses,
            *trend_misses,
        ),
        ms=answer.timings_ms.total,
    )


def _page_right(expected: ExpectedQuestion, answer: Answer) -> bool | None:
    if not expected.evidence:
        return None
    wanted = {evidence.page for evidence in expected.evidence}
    return bool(answer.evidence) and not wanted.isdisjoint(pages_of(answer.evidence[0]))


def _section_right(expected: ExpectedQuestion, answer: Answer, sections: Sequence[Section]) -> bool | None:
    wanted = {evidence.section_code for evidence in expected.evidence if evidence.section_code}
    if not wanted:
        return None
    return bool(answer.evidence) and not wanted.isdisjoint(codes_around(answer.evidence[0], sections))


def _status_miss(expected: ExpectedQuestion, answer: Answer) -> list[str]:
    return [] if answer.status == expected.status else [f"status {answer.status}, expected {expected.status}"]


def _evidence_misses(ranks: Sequence[int | None]) -> list[str]:
    if not ranks or any(rank and rank <= TOP for rank in ranks):
        return []
    return [f"no expected sentence at rank 1 to {TOP}"]


def _side_misses(evidence: Sequence[ExpectedEvidence], ranks: Sequence[int | None]) -> list[str]:
    """All must be listed: every sentence, or with sides (of a contradiction) one sentence of each side."""
    found: dict[str, bool] = {}
    for place, (wanted, rank) in enumerate(zip(evidence, ranks, strict=True), start=1):
        side = wanted.side or str(place)
        found[side] = found.get(side, False) or rank is not None
    return [f"side {side} not among the evidence" for side, there in found.items() if not there]


def _missing_facts(expected: ExpectedQuestion, answer: Answer) -> list[str]:
    return [_fact_label(fact) for fact in expected.facts if not _has_fact(fact, answer)]


def _has_fact(wanted: dict[str, Any], answer: Answer) -> bool:
    facts = [fact.model_dump(mode="json") for fact in answer.facts]
    return any(all(fact[key] == value for key, value in wanted.items()) for fact in facts)


def _leading_misses(expected: ExpectedQuestion, answer: Answer) -> list[str]:
    """For a single value: the answer's first fact is an expected one, and the message says it."""
    values = [fact for fact in expected.facts if fact.get("kind") in ("lab", "vital")]
    if not values or expected.kind not in SINGLE_VALUE:
        return []
    first = answer.model_copy(update={"facts": answer.facts[:1]})
    misses = [] if any(_has_fact(fact, first) for fact in values) else ["the first fact is another one"]
    told = any(number(fact["value"]) in answer.message for fact in values)
    return misses if told else [*misses, "the message does not say the value"]


def _fact_label(fact: dict[str, Any]) -> str:
    return f"fact {fact.get('name')} {fact.get('value')} {fact.get('unit') or ''} p{fact.get('page')} missing"


def _trend_miss(wanted: dict[str, Any] | None, answer: Answer) -> list[str]:
    if wanted is None:
        return []
    trends = [trend.model_dump(mode="json") for trend in answer.trends]
    if any(all(trend[key] == value for key, value in wanted.items()) for trend in trends):
        return []
    return [f"trend {wanted.get('name')} {wanted.get('first')} → {wanted.get('last')} missing"]
