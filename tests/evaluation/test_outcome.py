"""Answers against expectations."""

from typing import Any

import pytest

from emr_rerank.evaluation import ExpectedQuestion, compare
from emr_rerank.findings import Answer, Evidence, Fact, ModelNames, Timings
from emr_rerank.record import Section


def evidence(rank: int, text: str, page: int = 1) -> Evidence:
    return Evidence(
        rank=rank,
        score=0.9,
        text=text,
        section=("检验报告单",),
        section_code="lab_report",
        page=page,
        bbox=(0, 0, 1, 1),
        start=0,
        end=len(text),
        sentence=rank,
    )


def answer(*shown: Evidence, status: str = "answered", facts: tuple[Fact, ...] = ()) -> Answer:
    return Answer.model_validate(
        {
            "question": "?",
            "record_id": "r",
            "status": status,
            "message": "m",
            "evidence": shown,
            "facts": facts,
            "models": ModelNames(reranker="a", embedder="b", rules="sha256:" + "0" * 64),
            "timings_ms": Timings(),
        }
    )


def question(**given: Any) -> ExpectedQuestion:
    return ExpectedQuestion.model_validate({"id": "q", "question": "?", "kind": "lab", "status": "answered", **given})


POTASSIUM = Fact(
    kind="lab", name="potassium", display="钾", value=4.6, unit="mmol/L", page=1, start=0, end=1, sentence=1, text="4.6"
)


@pytest.mark.parametrize(
    ("expected", "given", "misses"),
    [
        ({}, answer(), 0),
        ({"status": "insufficient_evidence"}, answer(), 1),
        ({"evidence": [{"text": "钾 4.6", "page": 1}]}, answer(evidence(1, "1\t钾\t4.6")), 0),
        ({"evidence": [{"text": "3.5～5.3", "page": 1}]}, answer(evidence(1, "钾 4.6 3.5~5.3")), 0),
        ({"evidence": [{"text": "钾4.6", "page": 2}]}, answer(evidence(1, "钾4.6")), 1),
        ({"evidence": [{"text": "钾4.6", "page": 1}]}, answer(*(evidence(i, "x") for i in (1, 2, 3))), 1),
        (
            {"evidence": [{"text": "钾4.6", "page": 1}]},
            answer(*(evidence(i, "x") for i in (1, 2, 3)), evidence(4, "钾4.6")),
            1,
        ),
        (
            {"all": True, "evidence": [{"text": "否认", "page": 1}, {"text": "过敏史", "page": 1}]},
            answer(evidence(1, "否认")),
            1,
        ),
        (
            {
                "all": True,
                "evidence": [
                    {"text": "否认", "page": 1, "side": "a"},
                    {"text": "均否认", "page": 1, "side": "a"},
                    {"text": "有过敏", "page": 1, "side": "b"},
                ],
            },
            answer(evidence(1, "否认"), evidence(2, "有过敏")),
            0,
        ),
        ({"facts": [{"name": "potassium", "value": 4.6}]}, answer(facts=(POTASSIUM,)), 0),
        ({"facts": [{"name": "potassium", "value": 4.7}]}, answer(facts=(POTASSIUM,)), 1),
        ({"trend": {"name": "potassium", "first": 4.6}}, answer(), 1),
    ],
)
def test_compare(expected: dict[str, Any], given: Answer, misses: int) -> None:
    outcome = compare("r", question(**expected), given)
    assert len(outcome.misses) == misses, outcome.misses


WANTED = {"text": "钾4.6", "page": 1, "section_code": "lab_report"}


@pytest.mark.parametrize(
    ("expected", "given", "flags"),
    [
        ({}, answer(evidence(1, "钾4.6")), (None, None, None, None)),
        ({"evidence": [WANTED]}, answer(evidence(1, "钾4.6")), (True, True, None, None)),
        ({"evidence": [WANTED]}, answer(evidence(1, "x"), evidence(2, "钾4.6", 2)), (True, True, None, None)),
        ({"evidence": [WANTED]}, answer(evidence(1, "x", 2), evidence(2, "钾4.6")), (False, True, None, None)),
        ({"evidence": [WANTED]}, answer(status="insufficient_evidence"), (False, False, None, None)),
        (
            {"evidence": [{**WANTED, "section_code": "ward_round"}]},
            answer(evidence(1, "钾4.6")),
            (True, False, None, None),
        ),
        ({"evidence": [{"text": "钾4.6", "page": 1}]}, answer(evidence(1, "钾4.6")), (True, None, None, None)),
        ({"facts": [{"name": "potassium"}]}, answer(facts=(POTASSIUM,)), (None, None, True, None)),
        ({"facts": [{"name": "sodium"}]}, answer(facts=(POTASSIUM,)), (None, None, False, None)),
        ({"trend": {"name": "potassium"}}, answer(), (None, None, None, False)),
    ],
)
def test_page_section_facts_and_trend(expected: dict[str, Any], given: Answer, flags: tuple[bool | None, ...]) -> None:
    outcome = compare("r", question(**expected), given)
    assert (outcome.page_right, outcome.section_right, outcome.facts_right, outcome.trend_right) == flags


def test_the_printed_part_around_an_inline_one_counts_as_its_section() -> None:
    def part(code: str, *children: Section) -> Section:
        return Section(
            code=code,
            title="",
            path=(),
            page_start=1,
            page_end=1,
            start=0,
            end=9,
            body_start=0,
            children=children,
        )

    wanted = question(evidence=[{"text": "钾4.6", "page": 1, "section_code": "case_features"}])
    given = answer(evidence(1, "钾4.6"))
    assert compare("r", wanted, given, [part("case_features", part("lab_report"))]).section_right is True
    assert compare("r", wanted, given, [part("ward_round", part("lab_report"))]).section_right is False
