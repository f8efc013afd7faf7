"""Answers against expectations, and the command that prints them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from emr_rerank.cli.app import app
from emr_rerank.evaluation import compare
from emr_rerank.findings import Answer, Evidence, Fact, ModelNames, Timings

SAMPLES = Path(__file__).resolve().parents[1] / "sample_records"


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
    outcome = compare("r", {"id": "q", "kind": "lab", "status": "answered", **expected}, given)
    assert len(outcome.misses) == misses, outcome.misses


@pytest.mark.slow
def test_eval_prints_the_rates_and_every_miss(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "psychiatry-zh.pdf", tmp_path)
    truth = json.loads((SAMPLES / "psychiatry-zh.json").read_text(encoding="utf-8"))
    wrong = {"id": "planted", "question": "有没有药物过敏", "kind": "planted", "status": "conflicting", "evidence": []}
    truth["questions"] = [truth["questions"][0], wrong]
    (tmp_path / "psychiatry-zh.json").write_text(json.dumps(truth), encoding="utf-8")
    result = CliRunner().invoke(app, ["eval", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "planted: status answered, expected conflicting" in result.stdout.replace(" [planted]", "")
    report = json.loads(CliRunner().invoke(app, ["eval", str(tmp_path), "--json"]).stdout)
    assert [bool(outcome["misses"]) for outcome in report["outcomes"]] == [False, True]


def test_eval_of_a_folder_without_records_says_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["eval", str(tmp_path)])
    assert result.exit_code == 3
    assert "JSON" in result.stderr
