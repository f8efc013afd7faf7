"""Every sample record gives its expected answers, and every output keeps the JSON contract."""

import json
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from emr_rerank import Answer, Asker, Record, Settings, read_record
from emr_rerank.evaluation import ExpectedQuestion, compare
from emr_rerank.pipeline.parsing import record_json

SAMPLES = Path(__file__).resolve().parents[2] / "sample_records"
SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"
KNOWN_MISSES: dict[str, str] = {}
NAMES = sorted(path.stem for path in SAMPLES.glob("*.json"))


@cache
def schema(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")))


@cache
def asker() -> Asker:
    return Asker(Settings(journal=None))


def expected(name: str) -> dict[str, Any]:
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


@cache
def record(name: str) -> Record:
    return read_record(SAMPLES / f"{name}.pdf")


@cache
def answers(name: str) -> dict[str, Answer]:
    return {q["id"]: asker().ask(record(name), q["question"], question_id=q["id"]) for q in expected(name)["questions"]}


def test_there_are_enough_samples() -> None:
    assert len(NAMES) >= 8
    layouts = {expected(name)["layout"] for name in NAMES}
    assert len(layouts) >= 3
    assert all(len(expected(name)["questions"]) >= 10 for name in NAMES)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
class TestSample:
    def test_expected_answers_come_out(self, name: str) -> None:
        # What is known not to come out yet; an entry that does come out fails too, so that the list stays true.
        questions = [ExpectedQuestion.model_validate(question) for question in expected(name)["questions"]]
        outcomes = [compare(name, question, answers(name)[question.id]) for question in questions]
        missed = {outcome.id: outcome.misses for outcome in outcomes if outcome.misses}
        assert {key: misses for key, misses in missed.items() if key not in KNOWN_MISSES} == {}
        assert {key for key in KNOWN_MISSES if key.startswith(name)} <= set(missed)

    def test_answers_keep_the_contract(self, name: str) -> None:
        for answer in answers(name).values():
            schema("answer").validate(answer.model_dump(mode="json"))

    def test_the_parsed_record_keeps_the_contract(self, name: str) -> None:
        schema("parse").validate(json.loads(json.dumps(record_json(record(name)))))

    def test_sections_tile_the_text_and_slices_hold(self, name: str) -> None:
        read = record(name)
        leaves = list(read.leaves())
        assert leaves[0].start == 0 and leaves[-1].end == len(read.text)
        assert all(left.end == right.start for left, right in pairwise(leaves))
        assert all(read.text[s.start : s.end] == s.text for s in read.sentences)
        for answer in answers(name).values():
            assert all(read.text[e.start : e.end] == e.text for e in (*answer.evidence, *answer.rejected))


def broken(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer with one thing wrong in each copy."""
    evidence = answer["evidence"][0]
    return [
        *({key: value for key, value in answer.items() if key != left_out} for left_out in answer if left_out != "id"),
        {**answer, "status": "maybe"},
        {**answer, "comment": "extra"},
        {**answer, "evidence": [{**evidence, "score": 1.2}]},
        {**answer, "evidence": [{**evidence, "page": 0}]},
        {**answer, "evidence": [{**evidence, "date": "2026/03/02"}]},
        {**answer, "evidence": [{**evidence, "section_code": "unknown"}]},
        {**answer, "models": {**answer["models"], "rules": "md5:0"}},
    ]


def test_the_schema_notices_what_is_wrong() -> None:
    answer = asker().ask(record("psychiatry-zh"), "有没有药物过敏").model_dump(mode="json")
    assert schema("answer").is_valid(answer)
    assert [wrong for wrong in broken(answer) if schema("answer").is_valid(wrong)] == []
