"""The command on sample records."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from emr_rerank.cli.app import app
from emr_rerank.evaluation.comparators import COMPARATORS

SAMPLES = Path(__file__).resolve().parents[2] / "sample_records"


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


@pytest.mark.slow
def test_eval_compares_with_flat_searches_when_asked(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "psychiatry-zh.pdf", tmp_path)
    shutil.copy(SAMPLES / "psychiatry-zh.json", tmp_path)
    report = json.loads(CliRunner().invoke(app, ["eval", str(tmp_path), "--compare", "--json"]).stdout)
    answerable = [outcome for outcome in report["outcomes"] if outcome["answerable"]]
    assert set(report["methods"]) == {*COMPARATORS, "ours"}
    assert report["ratio"]["of"] == len(answerable) == report["methods"]["ours"]["hit_at_1"]["of"]
    assert all(set(outcome["shortlisted"]) == {"16", "32", "48"} for outcome in answerable)
    assert [outcome["first"] for outcome in report["outcomes"]] == [True, *[False] * (len(report["outcomes"]) - 1)]
    assert report["kinds"]["all"]["metrics"]["hit_at_1"]["value"] > 0
    result = CliRunner().invoke(app, ["eval", str(tmp_path), "--compare"])
    assert "Hit@1 against flat encoder" in result.stdout and "claims +37 %" in " ".join(result.stdout.split())
