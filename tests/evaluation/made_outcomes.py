"""Outcomes made by hand, so that every figure can be reckoned on paper."""

from typing import Any

from emr_rerank.evaluation.outcome import Outcome


def outcome(**given: Any) -> Outcome:
    """An answered question whose only expected sentence came first, unless told otherwise."""
    plain = {
        "record": "r",
        "id": "q",
        "kind": "lab",
        "status": "answered",
        "expected_status": "answered",
        "answerable": True,
        "hit_rank": 1,
    }
    return Outcome(**{**plain, **given})


def refused(expected: str = "insufficient_evidence", **given: Any) -> Outcome:
    """A refusal; right unless another status was expected."""
    return outcome(
        **{
            "status": "insufficient_evidence",
            "expected_status": expected,
            "answerable": expected != "insufficient_evidence",
            "hit_rank": None,
            "misses": () if expected == "insufficient_evidence" else ("status",),
            **given,
        }
    )
