"""A record as the archive keeps it: whole in one compressed value, and as rows for SQL."""

import zlib
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from emr_rerank.archive.tables import PATH_SEPARATOR
from emr_rerank.errors import StoreError
from emr_rerank.record import Record, Section

Values = dict[str, Any]


def packed(record: Record) -> bytes:
    """The record as zlib-compressed JSON.

    Raises:
        StoreError: its text is not valid Unicode.
    """
    try:
        return zlib.compress(record.model_dump_json().encode())
    except (PydanticSerializationError, UnicodeEncodeError):
        raise StoreError(
            f"The record '{record.record_id}' holds characters that are not valid Unicode, so it can't be archived.",
            "Report this with the program that made the PDF.",
        ) from None


def unpacked(content: bytes, record_id: str) -> Record:
    """The record that `packed` wrote.

    Raises:
        StoreError: the content is damaged, or another version wrote it.
    """
    try:
        return Record.model_validate_json(zlib.decompress(content))
    except (zlib.error, ValidationError):
        raise StoreError(
            f"The archived record '{record_id}' is damaged, or was written by another version of emr-rerank.",
            "Index its PDF again.",
        ) from None


def section_rows(record: Record) -> Iterator[Values]:
    """A row for every node of the section tree, in reading order. `leaf` counts as `Record.leaves()` does."""
    leaves = 0
    for position, (parent, section) in enumerate(_numbered(record.sections)):
        leaf = not section.children
        yield {
            "record_id": record.record_id,
            "position": position,
            "parent": parent,
            "leaf": leaves if leaf else None,
            "code": section.code,
            "title": _sql_text(section.title),
            "path": _path(section.path),
            "rule": section.rule,
            "date": section.date,
            "page_start": section.page_start,
            "page_end": section.page_end,
            "start_offset": section.start,
            "end_offset": section.end,
            "text": _sql_text(record.text[section.start : section.end]) if leaf else None,
        }
        leaves += leaf


def sentence_rows(record: Record) -> Iterator[Values]:
    """A row for every sentence, in reading order."""
    for position, sentence in enumerate(record.sentences):
        yield {
            "record_id": record.record_id,
            "position": position,
            "section_code": sentence.section_code,
            "path": _path(sentence.section_path),
            "page": sentence.page,
            "date": sentence.date,
            "start_offset": sentence.start,
            "end_offset": sentence.end,
            "low_confidence": sentence.low_confidence,
            "text": _sql_text(sentence.text),
        }


def _numbered(sections: tuple[Section, ...]) -> list[tuple[int | None, Section]]:
    """(position of the parent, section) of every node, depth first."""
    rows: list[tuple[int | None, Section]] = []

    def visit(parent: int | None, section: Section) -> None:
        rows.append((parent, section))
        position = len(rows) - 1
        for child in section.children:
            visit(position, child)

    for section in sections:
        visit(None, section)
    return rows


def _path(titles: tuple[str, ...]) -> str:
    return _sql_text(PATH_SEPARATOR.join(titles))


def _sql_text(text: str) -> str:
    return text.replace("\0", "\ufffd")  # PostgreSQL's text holds no NUL; offsets stay right
