"""Bad input ends in the right exit code and a message that says what failed and what to do, without a traceback."""

from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas
from typer.testing import CliRunner, Result

from emr_rerank.cli.app import app

QUESTION = "肌酐是多少？"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("EMR_RERANK_JOURNAL", f"sqlite:///{tmp_path / 'journal.sqlite'}")
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def write_pdf(path: Path, *, text: str | None = "Creatinine 108 umol/L today.", password: str | None = None) -> Path:
    encrypt = StandardEncryption(password, ownerPassword="owner") if password else None
    canvas = Canvas(str(path), pagesize=A4, encrypt=encrypt)
    if text:
        canvas.drawString(72, 700, text)
    canvas.showPage()
    canvas.save()
    return path


def missing(folder: Path) -> Path:
    return folder / "absent.pdf"


def empty(folder: Path) -> Path:
    path = folder / "empty.pdf"
    path.write_bytes(b"")
    return path


def not_a_pdf(folder: Path) -> Path:
    path = folder / "note.pdf"
    path.write_text("姓名：某某，肌酐108", encoding="utf-8")
    return path


def truncated(folder: Path) -> Path:
    whole = write_pdf(folder / "whole.pdf").read_bytes()
    path = folder / "cut.pdf"
    path.write_bytes(whole[: len(whole) // 3])
    return path


def encrypted(folder: Path) -> Path:
    return write_pdf(folder / "locked.pdf", password="secret")


def blank(folder: Path) -> Path:
    return write_pdf(folder / "blank.pdf", text=None)


def directory(folder: Path) -> Path:
    return folder


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (missing, "absent.pdf"),
        (empty, "empty"),
        (not_a_pdf, "not a PDF"),
        (truncated, "cut.pdf"),
        (encrypted, "password"),
        (blank, "text"),
        (directory, "folder"),
    ],
)
def test_unreadable_input_ends_in_3(
    run: Callable[..., Result], tmp_path: Path, make: Callable[[Path], Path], told: str
) -> None:
    result = run("ask", make(tmp_path), QUESTION)
    assert result.exit_code == 3, result.output
    assert told.lower() in result.stderr.lower()
    assert "→" in result.stderr, "the message says what to do"
    assert "Traceback" not in result.output
    assert "某某" not in result.output
    assert result.stdout == ""


def test_wrong_password_is_told_apart_from_none(run: Callable[..., Result], tmp_path: Path) -> None:
    result = run("parse", encrypted(tmp_path), "--password", "wrong")
    assert result.exit_code == 3
    assert "wrong" in result.stderr
    assert run("parse", encrypted(tmp_path), "--password", "secret").exit_code == 0


@pytest.mark.parametrize("question", ["", "   ", "肌" * 10_000])
def test_question_of_no_or_too_many_characters_ends_in_2(
    run: Callable[..., Result], tmp_path: Path, question: str
) -> None:
    result = run("ask", write_pdf(tmp_path / "record.pdf"), question)
    assert result.exit_code == 2
    assert "question" in result.stderr.lower()
    assert "肌肌" not in result.output


def test_bad_regex_names_file_line_and_rule(run: Callable[..., Result], tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "sections.zh.yaml").write_text(
        "rules:\n  - id: sections.zh.broken\n    code: other\n    pattern: '(未闭合'\n", encoding="utf-8"
    )
    result = run("rules", "check", "--rules", rules)
    assert result.exit_code == 2
    assert "sections.zh.yaml:2" in result.stderr
    assert "sections.zh.broken" in result.stderr


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql+psycopg://clinic:hunter2@127.0.0.1:1/emr", "127.0.0.1"),
        ("sqlite:////proc/nowhere/archive.sqlite", "/proc/nowhere"),
        ("nosuchdatabase://x/y", "nosuchdatabase"),
    ],
)
def test_archive_out_of_reach_ends_in_5(run: Callable[..., Result], url: str, told: str) -> None:
    result = run("ask", "--archive", url, "--record", "r1", QUESTION)
    assert result.exit_code == 5, result.output
    assert told in result.stderr
    assert "hunter2" not in result.output
    assert "→" in result.stderr


def test_unknown_record_of_an_archive_ends_in_5_and_names_it(run: Callable[..., Result], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.sqlite'}"
    assert run("index", write_pdf(tmp_path / "known.pdf"), "--archive", url).exit_code == 0
    result = run("ask", "--archive", url, "--record", "nobody", QUESTION)
    assert result.exit_code == 5
    assert "nobody" in result.stderr


def test_unloadable_model_ends_in_4(run: Callable[..., Result], tmp_path: Path) -> None:
    folder = tmp_path / "no-model"
    result = run("ask", write_pdf(tmp_path / "r.pdf"), "creatinine?", "--reranker", folder, "--offline")
    assert result.exit_code == 4, result.output
    assert "no-model" in result.stderr


def test_a_batch_for_a_reranker_that_is_not_there_tells_so(run: Callable[..., Result], tmp_path: Path) -> None:
    url, folder = f"sqlite:///{tmp_path / 'a.sqlite'}", tmp_path / "no-model"
    result = run("index", write_pdf(tmp_path / "r.pdf"), "--archive", url, "--reranker", folder)
    assert result.exit_code == 3
    assert "failed 1" in result.stdout and "no-model" in result.stderr


def test_out_of_range_option_ends_in_2(run: Callable[..., Result], tmp_path: Path) -> None:
    result = run("ask", write_pdf(tmp_path / "r.pdf"), QUESTION, "--min-score", "1.5")
    assert result.exit_code == 2
    assert "--min-score" in result.stderr


def test_wrong_number_of_arguments_ends_in_2(run: Callable[..., Result], tmp_path: Path) -> None:
    assert run("ask", write_pdf(tmp_path / "r.pdf")).exit_code == 2


@pytest.mark.parametrize("line", ["not json", '{"id": "1"}', "[]", "[" * 100_000])
def test_bad_questions_file_names_its_line(run: Callable[..., Result], tmp_path: Path, line: str) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text(f'{{"id": "a", "question": "{QUESTION}"}}\n{line}\n', encoding="utf-8")
    result = run("ask", write_pdf(tmp_path / "r.pdf"), "--questions", questions)
    assert result.exit_code == 2
    assert "q.jsonl:2" in result.stderr


def test_one_bad_pdf_never_stops_a_batch(run: Callable[..., Result], tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_pdf(folder / "good.pdf")
    truncated(folder)
    empty(folder)
    url = f"sqlite:///{tmp_path / 'a.sqlite'}"
    result = run("index", folder, "--archive", url)
    assert result.exit_code == 3
    assert "indexed 2" in result.stdout  # good.pdf and whole.pdf, which the cut one was made of
    assert "failed 2" in result.stdout
    assert run("ask", "--archive", url, "--record", "good", "creatinine?").exit_code == 0
    assert run("ask", "--archive", url, "--record", "cut", "creatinine?").exit_code == 5


def test_an_unexpected_error_shows_its_type_only(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("王某某 肌酐 108")

    monkeypatch.setattr(pypdfium2, "PdfDocument", fail)
    result = run("parse", write_pdf(tmp_path / "r.pdf"))
    assert result.exit_code in (1, 3)
    assert "王某某" not in result.output


def test_questions_file_may_have_a_byte_order_mark_and_line_separators_inside(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text('\ufeff{"id": null, "question": "creatinine\u2028today?"}\n', encoding="utf-8")
    result = run("ask", write_pdf(tmp_path / "r.pdf"), "--questions", questions, "--json")
    assert result.exit_code == 0, result.output
    assert '"id"' not in result.stdout


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "holds no question"),
        ('{"question": "a"}\n{"question": " "}', "question 2"),
        ('{"question": "肌酐\\ud83d?"}', "text"),
    ],
)
def test_questions_file_with_no_or_bad_questions(
    run: Callable[..., Result], tmp_path: Path, content: str, told: str
) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text(content, encoding="utf-8")
    result = run("ask", write_pdf(tmp_path / "r.pdf"), "--questions", questions)
    assert result.exit_code == 2
    assert told in result.stderr


def test_an_archive_without_a_record_says_so(run: Callable[..., Result]) -> None:
    result = run("ask", "--archive", "sqlite:///a.sqlite", QUESTION)
    assert result.exit_code == 2
    assert "--record" in result.stderr
