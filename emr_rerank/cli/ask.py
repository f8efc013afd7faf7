"""`emr-rerank ask`: questions about one record, from its PDF or from the archive."""

import json
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from emr_rerank.chart import check_target
from emr_rerank.cli import options
from emr_rerank.cli.console import console, print_json, progress_console
from emr_rerank.cli.errors import reports_errors
from emr_rerank.cli.reading import read_pdf, show_warnings
from emr_rerank.errors import InputMissingError, UsageError
from emr_rerank.findings import Answer
from emr_rerank.pipeline.questions import checked_question
from emr_rerank.settings import Settings

if TYPE_CHECKING:
    from emr_rerank.pipeline.indexing import LoadedRecord

_LINE = 'Each line is {"id": "…", "question": "…"}.'


@reports_errors
def ask(
    target: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RECORD.pdf] [QUESTION]", help="The PDF (not with --archive), then the question."),
    ] = None,
    questions: Annotated[
        Path | None, typer.Option("--questions", help='One {"id", "question"} a line; one answer a line comes out.')
    ] = None,
    record_id: Annotated[str | None, typer.Option("--record", help="Record id in the archive.")] = None,
    archive: options.ArchiveUrl = None,
    as_json: options.AsJson = False,
    plot: Annotated[
        Path | None, typer.Option("--plot", help=r"Draw the answer's series into a .png or .svg (emr-rerank\[plot]).")
    ] = None,
    min_score: Annotated[float | None, typer.Option(help="Below this probability a sentence is no evidence.")] = None,
    candidates: Annotated[int | None, typer.Option(help="Sentences given to the reranker.")] = None,
    evidence: Annotated[int | None, typer.Option(help="Sentences kept as evidence.")] = None,
    reranker: options.Reranker = "embedded",
    calibration: options.Calibration = None,
    embedder: options.Embedder = "embedded",
    device: options.Device = "auto",
    offline: options.Offline = False,
    rules: options.Rules = None,
    journal: options.JournalUrl = None,
    user: options.User = "",
    purpose: options.Purpose = "",
    password: options.Password = None,
    ocr: options.Ocr = None,
    limits: options.Limits = None,
    debug: options.Debug = False,
) -> None:
    """Ask one question, or a file of questions, about one record.

    emr-rerank ask RECORD.pdf QUESTION, or emr-rerank ask --archive URL --record ID QUESTION
    """
    settings = options.build_settings(
        rules_dir=rules,
        reranker=reranker,
        calibration=calibration,
        embedder=embedder,
        device=device,
        offline=offline,
        min_score=min_score,
        candidates=candidates,
        evidence=evidence,
        journal=journal,
        user=user,
        purpose=purpose,
        ocr=ocr,
        limits=limits,
    )
    pdf, question = _split(target or [], archive=archive, record_id=record_id, many=questions is not None)
    if plot is not None:
        _check_plot(plot, many=questions is not None)
    asked = list(_read_questions(questions)) if questions else [(None, question)]
    for place, (_, text) in enumerate(asked, start=1):
        _check(text, settings, f"{questions}: question {place}: " if questions else "")
    began = time.perf_counter()
    record, vectors, passage_ids = _load(pdf, archive, record_id, settings, password)
    read_ms = (time.perf_counter() - began) * 1000
    from emr_rerank.pipeline.asker import Asker

    asker = Asker(settings)
    for number, (question_id, text) in enumerate(asked):
        answer = asker.ask(
            record,
            text,
            question_id=question_id,
            vectors=vectors,
            passage_ids=passage_ids,
            read_ms=0 if number else read_ms,
        )
        _print(answer, as_json=as_json, compact=questions is not None)
        if plot is not None:
            _draw(answer, plot)


def _check_plot(plot: Path, *, many: bool) -> None:
    """Refuse a picture that can't be made before anything is read."""
    if many:
        raise UsageError("--plot draws one answer.", "Ask one question, without --questions.")
    check_target(plot)


def _draw(answer: Answer, plot: Path) -> None:
    """The picture of the answer's series; what keeps it from being made as asked goes to standard error."""
    if not answer.trends:
        progress_console().print("No picture: the answer holds no series of at least two results.")
        return
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        answer.plot(plot)
    for message in dict.fromkeys(str(warning.message) for warning in caught):
        progress_console().print(message)


def _split(target: list[str], *, archive: str | None, record_id: str | None, many: bool) -> tuple[Path | None, str]:
    """(PDF or None, question) from the free arguments."""
    expected = (0 if record_id else 1) + (0 if many else 1)
    if len(target) != expected:
        todo = "ask RECORD.pdf QUESTION, or ask --archive URL --record ID QUESTION; put the question in quotes."
        if archive and not record_id:
            todo = "Name the record of the archive with --record ID."
        raise UsageError(f"Expected {expected} argument(s), got {len(target)}.", todo)
    pdf = None if record_id else Path(target[0])
    return pdf, "" if many else target[-1]


def _check(text: str, settings: Settings, where: str) -> None:
    """Refuse a bad question before anything is read."""
    try:
        checked_question(text, settings)
    except UsageError as error:
        raise UsageError(where + error.what, error.todo) from None


def _load(
    pdf: Path | None, archive: str | None, record_id: str | None, settings: Settings, password: str | None
) -> "LoadedRecord":
    from emr_rerank.pipeline.indexing import LoadedRecord, load_archived

    if pdf is not None:
        record = read_pdf(pdf, settings, password)
        show_warnings(record)
        return LoadedRecord(record)
    return load_archived(archive, record_id or "", settings)


def _read_questions(file: Path) -> Iterator[tuple[str | None, str]]:
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError):
        raise InputMissingError(f"The questions file {file} can't be read.", "Give a UTF-8 JSONL file.") from None
    entries = [_entry(line, file, number) for number, line in enumerate(lines, start=1) if line.strip()]
    if not entries:
        raise UsageError(f"The questions file {file} holds no question.", _LINE)
    for entry in entries:
        yield (None if entry.get("id") is None else str(entry["id"])), entry["question"]


def _entry(line: str, file: Path, number: int) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        entry = None
    if not isinstance(entry, dict) or not isinstance(entry.get("question"), str):
        raise UsageError(f"{file}:{number}: not a question.", _LINE)
    return entry


def _print(answer: Answer, *, as_json: bool, compact: bool) -> None:
    if as_json:
        print_json(answer.model_dump(mode="json"), indent=None if compact else 2)
    else:
        console().print(answer)
