"""A page that never comes back ends the command, with a message and exit code 3; a password opens a whole batch."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas
from typer.testing import CliRunner

from emr_rerank.cli.app import app
from emr_rerank.cli.page_limit import ended_when_hanging

HANGS = """
import time
from emr_rerank.cli import app, page_limit
from emr_rerank.reading import labels, page_source
labels.load_labels(None)
page_limit._GRACE_S = 0.1
page_source.Pages._text_layer = lambda self, number: time.sleep(600)
app.main()
"""


def write(path: Path, password: str | None = None) -> Path:
    canvas = Canvas(str(path), encrypt=StandardEncryption(password, "owner") if password else None)
    canvas.drawString(72, 700, "Allergies: penicillin (rash).")
    canvas.save()
    return path


@pytest.mark.parametrize("command", [("parse",), ("check",), ("ask", "Any allergy?")])
def test_a_page_that_hangs_ends_the_command(tmp_path: Path, command: tuple[str, ...]) -> None:
    path = write(tmp_path / "record.pdf")
    arguments = [command[0], str(path), *command[1:], "--limit", "max_page_seconds=1"]
    ended = subprocess.run(
        [sys.executable, "-c", HANGS, *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 3
    assert "Page 1 took longer than the limit of 1 s." in ended.stderr
    assert "→" in ended.stderr and "max_page_seconds" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
    assert [file.name for file in tmp_path.iterdir()] == ["record.pdf"]


def test_pages_within_the_limit_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr("os._exit", ended.append)
    with ended_when_hanging(30.0) as on_page:
        on_page(1)
    assert ended == []


@pytest.mark.slow
def test_one_password_opens_the_encrypted_pdfs_of_a_batch(tmp_path: Path, run: Callable[..., str]) -> None:
    write(tmp_path / "open.pdf")
    write(tmp_path / "locked.pdf", password="owl")
    archive = ("--archive", f"sqlite:///{tmp_path / 'archive.sqlite'}")
    assert "indexed 1, already there 0, failed 1" in run("index", tmp_path, *archive)
    assert "indexed 1, already there 1, failed 0" in run("index", tmp_path, *archive, "--resume", "--password", "owl")


def test_a_limit_can_be_set(tmp_path: Path) -> None:
    path = str(write(tmp_path / "record.pdf"))
    refused = CliRunner().invoke(app, ["parse", path, "--limit", "max_characters=5"])
    assert (refused.exit_code, "limit of 5 characters" in refused.stderr) == (3, True)
    assert CliRunner().invoke(app, ["check", path, "--limit", "max_characters=5"]).exit_code == 3
    two = ["--limit", "max_characters=50", "--limit", "max_pages=1"]
    assert CliRunner().invoke(app, ["parse", path, *two]).exit_code == 0


@pytest.fixture
def run() -> Callable[..., str]:
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments]).output


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (("--limit", "max_pages=0"), "--limit max_pages: Input should be greater than or equal to 1"),
        (("--limit", "max_page_seconds=soon"), "--limit max_page_seconds: Input should be a valid number"),
        (("--limit", "max_pages"), "the names are max_pages, max_file_mb"),
        (("--limit", "candidates=5"), "the names are max_pages, max_file_mb"),
        (("--ocr", "always"), "--ocr"),
    ],
)
def test_a_limit_out_of_range_or_unknown_is_bad_usage(tmp_path: Path, option: tuple[str, str], told: str) -> None:
    result = CliRunner().invoke(app, ["parse", str(write(tmp_path / "record.pdf")), *option])
    assert result.exit_code == 2
    assert told in result.stderr
