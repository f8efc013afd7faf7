"""Questions about the sample records (tests/gold/sample_questions.yaml), written from the records before asking."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from emr_rerank import Answer
from tests.sample_records.test_answers import asker, record

GOLD = Path(__file__).resolve().parents[1] / "gold" / "sample_questions.yaml"
RECORDS: dict[str, list[dict[str, Any]]] = yaml.safe_load(GOLD.read_text(encoding="utf-8"))["records"]
KNOWN_MISSES = {
    "造影用了什么造影剂": "the plan to guard against the contrast agent's allergy is taken for its use",
    "white cells at discharge": "no analyte is called 'white cells'",
    "体温什么时候恢复正常": "when a value became normal is read as a question for values",
}


def squeezed(text: str) -> str:
    return "".join(text.split()).lower()


@cache
def answer(name: str, question: str) -> Answer:
    return asker().ask(record(name), question)


def right(name: str, entry: dict[str, Any]) -> bool:
    told = answer(name, entry["q"])
    if entry.get("refused"):
        return told.status == "insufficient_evidence"
    seen = [squeezed(item.text) for item in told.evidence[:3]]
    shown = any(squeezed(expected) in text for expected in entry["see"] for text in seen)
    return shown and ("value" not in entry or (bool(told.facts) and told.facts[0].value == entry["value"]))


@pytest.mark.slow
@pytest.mark.parametrize("name", RECORDS)
def test_own_questions_are_answered(name: str) -> None:
    missed = {entry["q"] for entry in RECORDS[name] if not right(name, entry)}
    assert missed == {entry["q"] for entry in RECORDS[name]} & set(KNOWN_MISSES)


def test_there_are_enough_of_them() -> None:
    every = [entry for entries in RECORDS.values() for entry in entries]
    assert len(every) >= 100
    assert sum(bool(entry.get("refused")) for entry in every) >= 20
    assert set(KNOWN_MISSES) <= {entry["q"] for entry in every}
    assert len(KNOWN_MISSES) <= 0.05 * len(every)
