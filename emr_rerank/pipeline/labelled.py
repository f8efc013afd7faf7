"""Labelled questions in a JSONL file: passages with labels, or records with the sentences that prove the answer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emr_rerank.errors import InputMissingError, UsageError
from emr_rerank.evidence.passage import titled
from emr_rerank.pipeline.questions import checked_question
from emr_rerank.settings import Settings

FORMS = (
    'A line is {"question", "passage", "label": 0 or 1}, '
    'or {"question", "passages": [{"section": [], "text", "label"}]}, '
    'or {"record": "FILE.pdf", "question", "evidence": ["sentence"]}.'
)


@dataclass(frozen=True)
class LabelledPassages:
    """A question with passages as a reranker reads them, each labelled 1 (proves the answer) or 0."""

    line: int
    question: str
    passages: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Proof:
    """A sentence that proves the answer; a page narrows down which of equal ones is meant."""

    text: str
    page: int | None = None


@dataclass(frozen=True)
class LabelledRecord:
    """A question about a record with every sentence that proves its answer; none: the record does not answer."""

    line: int
    question: str
    record: Path
    evidence: tuple[Proof, ...]


class _WrongLineError(Exception):
    """What is wrong with a line, without its text."""


def read_labelled(file: Path, settings: Settings) -> tuple[LabelledPassages | LabelledRecord, ...]:
    """Every line of the file, checked; a record's path is relative to the file.

    Raises:
        InputMissingError: the file, or a PDF that a line names, can't be found.
        UsageError: a line is wrong; the message names it.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError):
        raise InputMissingError(f"The questions file {file} can't be read.", "Give a UTF-8 JSONL file.") from None
    read = tuple(_entries(file, lines, settings))
    if not read:
        raise UsageError(f"The questions file {file} holds no question.", FORMS)
    return read


def _entries(file: Path, lines: list[str], settings: Settings) -> Iterator[LabelledPassages | LabelledRecord]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = _entry(number, line, file.parent, settings)
        except _WrongLineError as error:
            raise UsageError(f"{file}:{number}: {error}.", FORMS) from None
        except UsageError as error:
            raise UsageError(f"{file}:{number}: {error.what}", error.todo) from None
        if isinstance(entry, LabelledRecord) and not entry.record.is_file():
            raise InputMissingError(
                f"{file}:{number}: there is no file {entry.record}.",
                "'record' is a path relative to the questions file.",
            )
        yield entry


def _entry(number: int, line: str, folder: Path, settings: Settings) -> LabelledPassages | LabelledRecord:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        raise _WrongLineError("no JSON") from None
    if not isinstance(entry, dict):
        raise _WrongLineError("no JSON object")
    question = checked_question(_text(entry.get("question"), "'question'"), settings)
    forms = [name for name in ("passage", "passages", "record") if name in entry]
    if len(forms) != 1:
        raise _WrongLineError("give one of 'passage', 'passages' and 'record'")
    if forms == ["record"]:
        record = folder / _text(entry["record"], "'record'")
        return LabelledRecord(number, question, record, tuple(_proofs(entry.get("evidence"))))
    if forms == ["passage"]:
        return LabelledPassages(number, question, ((_text(entry["passage"], "'passage'"), _label(entry, "")),))
    return LabelledPassages(number, question, tuple(_passages(entry["passages"])))


def _passages(items: Any) -> Iterator[tuple[str, int]]:
    if not isinstance(items, list) or not items:
        raise _WrongLineError("'passages' is no list, or an empty one")
    for place, item in enumerate(items, start=1):
        where = f" of passage {place}"
        if not isinstance(item, dict):
            raise _WrongLineError(f"passage {place} is no JSON object")
        section = item.get("section", [])
        if not isinstance(section, list) or not all(isinstance(title, str) for title in section):
            raise _WrongLineError(f"'section'{where} is no list of titles")
        yield titled(section, _text(item.get("text"), f"'text'{where}")), _label(item, where)


def _proofs(items: Any) -> Iterator[Proof]:
    if not isinstance(items, list):
        raise _WrongLineError("'evidence' is no list of sentences (an empty list: the record does not answer)")
    for place, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            yield Proof(_text(item, f"evidence {place}"))
            continue
        page = item.get("page")
        if page is not None and (isinstance(page, bool) or not isinstance(page, int) or page < 1):
            raise _WrongLineError(f"'page' of evidence {place} is no page number from 1")
        yield Proof(_text(item.get("text"), f"'text' of evidence {place}"), page)


def _label(item: dict[str, Any], where: str) -> int:
    label = item.get("label")
    if label not in (0, 1):
        raise _WrongLineError(f"'label'{where} is neither 0 nor 1")
    return int(label)


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _WrongLineError(f"{what} is missing or no text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _WrongLineError(f"{what} holds characters that are no text") from None
    return value
