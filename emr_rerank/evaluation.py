"""Asks every question of a labelled data set and compares the answers with what is expected.

A data set is a folder of PDFs, each beside a JSON file of the same name as in sample_records/: questions with the
expected status, sentences, pages, facts and trend.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from emr_rerank.display import number
from emr_rerank.errors import InputMissingError
from emr_rerank.findings import Answer, Evidence
from emr_rerank.pipeline.asker import Asker
from emr_rerank.reading.reader import read_record
from emr_rerank.record import Noun, Sentence
from emr_rerank.settings import Settings

TOP = 3
"""An expected sentence counts as found at this rank or better (Hit@3)."""

SHORTEST = 4
"""A shorter sentence lies inside too many texts to prove anything."""

SINGLE_VALUE = frozenset({"lab_value", "lab_extreme", "vital"})
"""Kinds of question that one value answers."""


class Outcome(Noun):
    """How one answer compares with its expectation. `misses` is empty when all of it came out."""

    record: str
    id: str
    kind: str
    status: str
    expected_status: str
    hit_rank: int | None = Field(description="rank of the first expected sentence; null when none or none expected")
    misses: tuple[str, ...]


class Report(Noun):
    """Outcomes of a data set."""

    outcomes: tuple[Outcome, ...]

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The outcomes with a miss."""
        return tuple(outcome for outcome in self.outcomes if outcome.misses)

    def rates(self) -> dict[str, tuple[int, int]]:
        """(right, asked) by kind of question, `all` last."""
        counts: dict[str, tuple[int, int]] = {}
        for outcome in self.outcomes:
            for kind in (outcome.kind, "all"):
                right, asked = counts.pop(kind, (0, 0))
                counts[kind] = (right + (not outcome.misses), asked + 1)
        return counts


def evaluate(folder: Path, settings: Settings) -> Report:
    """Ask every question of every record in the folder, models loaded once.

    Raises:
        InputMissingError: the folder holds no PDF with a JSON file beside it.
    """
    asker = Asker(settings)
    pairs = [
        (pdf, pdf.with_suffix(".json")) for pdf in sorted(folder.glob("*.pdf")) if pdf.with_suffix(".json").exists()
    ]
    if not pairs:
        raise InputMissingError(f"{folder} holds no PDF with a JSON file beside it.", "See sample_records/README.md.")
    return Report(outcomes=tuple(outcome for pdf, truth in pairs for outcome in _evaluate_record(pdf, truth, asker)))


def _evaluate_record(pdf: Path, truth: Path, asker: Asker) -> Iterator[Outcome]:
    record = read_record(pdf, asker.settings)
    for expected in json.loads(truth.read_text(encoding="utf-8"))["questions"]:
        answer = asker.ask(record, expected["question"], question_id=expected["id"])
        yield compare(pdf.stem, expected, answer)


def compare(record: str, expected: dict[str, Any], answer: Answer) -> Outcome:
    """One answer against its expectation."""
    wanted_evidence = expected.get("evidence", [])
    ranks = [expected_rank(wanted, answer.evidence) for wanted in wanted_evidence]
    found = [rank for rank in ranks if rank is not None]
    misses = [
        *_status_miss(expected, answer),
        *(_side_misses(wanted_evidence, ranks) if expected.get("all") else _evidence_misses(ranks)),
        *(_fact_label(fact) for fact in expected.get("facts", []) if not _has_fact(fact, answer)),
        *_leading_misses(expected, answer),
        *_trend_miss(expected.get("trend"), answer),
    ]
    return Outcome(
        record=record,
        id=expected["id"],
        kind=expected["kind"],
        status=answer.status,
        expected_status=expected["status"],
        hit_rank=min(found, default=None),
        misses=tuple(misses),
    )


def _status_miss(expected: dict[str, Any], answer: Answer) -> list[str]:
    return [] if answer.status == expected["status"] else [f"status {answer.status}, expected {expected['status']}"]


def _evidence_misses(ranks: Sequence[int | None]) -> list[str]:
    if not ranks or any(rank and rank <= TOP for rank in ranks):
        return []
    return [f"no expected sentence at rank 1 to {TOP}"]


def _side_misses(evidence: Sequence[dict[str, Any]], ranks: Sequence[int | None]) -> list[str]:
    """All must be listed: every sentence, or with sides (of a contradiction) one sentence of each side."""
    found: dict[str, bool] = {}
    for place, (wanted, rank) in enumerate(zip(evidence, ranks, strict=True), start=1):
        side = wanted.get("side", str(place))
        found[side] = found.get(side, False) or rank is not None
    return [f"side {side} not among the evidence" for side, there in found.items() if not there]


def expected_rank(wanted: dict[str, Any], shown: Iterable[Evidence | Sentence]) -> int | None:
    """Rank, from 1, of the first shown sentence on the expected page that holds the expected text or lies inside it."""
    text = _squeeze(wanted["text"])
    for rank, item in enumerate(shown, start=1):
        pages = {item.page, *(page for page, _ in item.more_boxes)}
        squeezed = _squeeze(item.text)
        if wanted["page"] in pages and (text in squeezed or (len(squeezed) >= SHORTEST and squeezed in text)):
            return rank
    return None


def _has_fact(wanted: dict[str, Any], answer: Answer) -> bool:
    facts = [fact.model_dump(mode="json") for fact in answer.facts]
    return any(all(fact[key] == value for key, value in wanted.items()) for fact in facts)


def _leading_misses(expected: dict[str, Any], answer: Answer) -> list[str]:
    """For a single value: the answer's first fact is an expected one, and the message says it."""
    values = [fact for fact in expected.get("facts", []) if fact.get("kind") in ("lab", "vital")]
    if not values or expected["kind"] not in SINGLE_VALUE:
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
    return [f"trend {wanted['name']} {wanted.get('first')} → {wanted.get('last')} missing"]


def _squeeze(text: str) -> str:
    """Without white space, full and half width alike (OCR can't tell ～ from ~)."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
