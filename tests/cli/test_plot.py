"""`ask --plot`: a picture beside the answer, or a word why there is none."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from emr_rerank.cli.app import app

SAMPLES = Path(__file__).resolve().parents[2] / "sample_records"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("EMR_RERANK_JOURNAL", f"sqlite:///{tmp_path / 'journal.sqlite'}")
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.slow
def test_a_change_is_drawn(run: Callable[..., Result], tmp_path: Path) -> None:
    file = tmp_path / "out.svg"
    result = run("ask", SAMPLES / "angina-mixed.pdf", "肌钙蛋白有何变化？", "--plot", file)
    assert result.exit_code == 0, result.output
    assert file.read_text(encoding="utf-8").startswith("<?xml")
    assert "▁" in result.stdout and "█" in result.stdout


def test_help_names_the_extra_that_draws(run: Callable[..., Result]) -> None:
    assert "[plot]" in run("ask", "--help").stdout


def test_no_series_no_picture(run: Callable[..., Result], tmp_path: Path) -> None:
    file = tmp_path / "out.png"
    result = run("ask", SAMPLES / "psychiatry-zh.pdf", "肌酐有何变化？", "--plot", file)
    assert result.exit_code == 0
    assert "No picture" in result.stderr and not file.exists()


@pytest.mark.parametrize("name", ["out.pdf", "out", "missing/out.png"])
def test_a_file_that_can_not_be_written_is_refused_before_anything_is_read(
    run: Callable[..., Result], tmp_path: Path, name: str
) -> None:
    result = run("ask", tmp_path / "absent.pdf", "肌酐有何变化？", "--plot", tmp_path / name)
    assert result.exit_code == 2 and "absent.pdf" not in result.stderr


def test_a_file_of_questions_has_no_picture(run: Callable[..., Result], tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text('{"id": "a", "question": "肌酐"}\n', encoding="utf-8")
    result = run("ask", tmp_path / "a.pdf", "--questions", questions, "--plot", tmp_path / "out.png")
    assert result.exit_code == 2 and "one answer" in result.stderr
