"""doctor runs a question through each model and says what to do for what is missing."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from emr_rerank.cli.app import app
from emr_rerank.doctor import Check, examine
from emr_rerank.settings import Settings


def checks(settings: Settings) -> dict[str, Check]:
    return {check.name: check for check in examine(settings)}


@pytest.fixture
def journal(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'journal.sqlite'}"


def test_the_embedded_models_answer(journal: str) -> None:
    found = checks(Settings(journal=journal, offline=True))
    reranker = found["reranker, embedded default"]
    assert reranker.state == "ok"
    assert "compact cross-encoder" in reranker.detail and "on cpu" in reranker.detail
    assert "384 dimensions" in found["embedder, embedded default"].detail
    assert found["rules"].state == found["journal"].state == "ok"


def test_a_missing_model_is_told_with_what_to_do(journal: str, tmp_path: Path) -> None:
    check = checks(Settings(journal=journal, reranker=str(tmp_path / "none"), offline=True))[
        f"reranker {tmp_path}/none"
    ]
    assert check.state == "failed" and check.todo


def test_a_missing_package_is_told_with_its_extra(journal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "rapidocr" else there(name))
    check = checks(Settings(journal=journal, offline=True))["rapidocr"]
    assert check.state == "missing" and "emr-rerank[ocr]" in check.todo


def test_the_command_ends_in_4_when_a_named_model_fails(journal: str, tmp_path: Path) -> None:
    fit = CliRunner().invoke(app, ["doctor", "--journal", journal, "--offline"])
    assert fit.exit_code == 0, fit.output
    broken = CliRunner().invoke(app, ["doctor", "--journal", journal, "--offline", "--reranker", str(tmp_path)])
    assert broken.exit_code == 4


def test_a_calibration_belongs_to_the_reranker_that_is_named(journal: str, tmp_path: Path) -> None:
    file = tmp_path / "calibration.json"
    file.write_text('{"kind": "platt", "reranker": "older", "weights_hash": "sha256:0"}', encoding="utf-8")
    for reranker, state in (("embedded", "failed"), (str(tmp_path / "none"), "ok")):
        found = checks(Settings(journal=journal, reranker=reranker, calibration=file, offline=True))
        assert found["reranker, embedded default"].state == state
