"""Other readers, as yardsticks: pdfplumber, and pymupdf and docling-parse where the reader has installed them."""

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.printed.document import Document
from benchmarks.printed.scoring import Reading, bare


class Peer(NamedTuple):
    """A reader: the module that must be there, and reading text and tables of each page of a file."""

    name: str
    module: str
    read: Callable[[Path], list[tuple[str, list[Any]]]]


def reading_of(pages: list[tuple[str, list[Any]]], document: Document) -> Reading:
    """What a peer read, without the running lines."""
    lines = [line for text, _ in pages for line in text.split("\n") if not _runs(line, document)]
    tables = [[[cell or "" for cell in row] for row in table] for _, found in pages for table in found]
    return Reading(lines, tables)


def _runs(line: str, document: Document) -> bool:
    """Whether a line is one of the running lines, which these readers do not take off."""
    text = re.sub(r"\d+", "#", bare(line))
    running = (re.sub(r"\d+|\{\w+\}", "#", bare(part)) for part in (document.header, document.footer))
    return bool(text) and text in running


def _pdfplumber(path: Path) -> list[tuple[str, list[Any]]]:
    import pdfplumber

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    with pdfplumber.open(path) as pdf:
        return [(page.extract_text(), page.extract_tables()) for page in pdf.pages]


def _pymupdf(path: Path) -> list[tuple[str, list[Any]]]:
    import pymupdf

    with pymupdf.open(path) as pdf:
        return [(page.get_text(sort=True), [table.extract() for table in page.find_tables()]) for page in pdf]


def _docling(path: Path) -> list[tuple[str, list[Any]]]:
    from docling_core.types.doc.page import TextCellUnit
    from docling_parse.pdf_parser import DoclingPdfParser

    document = DoclingPdfParser().load(path_or_stream=str(path))
    pages = []
    for _, page in document.iterate_pages():
        cells = page.iterate_cells(unit_type=TextCellUnit.LINE)
        pages.append(("\n".join(cell.text for cell in cells), []))
    return pages


PEERS = [
    Peer("pdfplumber", "pdfplumber", _pdfplumber),
    Peer("pymupdf", "pymupdf", _pymupdf),
    Peer("docling-parse", "docling_parse", _docling),
]
