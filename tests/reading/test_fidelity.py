"""What is printed comes out: text in order, table cells in their rows and columns, tables joined over pages."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.printed.document import Break, Document
from benchmarks.printed.documents import documents
from benchmarks.printed.reportlab_printer import fonts, print_document
from emr_rerank import Record, Settings, read_record

PDFS = Path(__file__).parent / "pdfs"
_BLOCKS = 75


def shortened(document: Document) -> Document:
    """The document up to its third page break, and no more than some pages of text."""
    breaks = [place for place, block in enumerate(document.blocks) if isinstance(block, Break)]
    end = min(breaks[2] if len(breaks) > 2 else len(document.blocks), _BLOCKS)
    return replace(document, blocks=document.blocks[:end])


DOCUMENTS = {document.name: shortened(document) for document in documents()}


def lines_of(record: Record) -> str:
    text = "".join(line.text for page in record.pages for line in page.lines)
    return "".join(text.replace("&nbsp;", "").split())


def tables_of(record: Record) -> list[list[tuple[str, ...]]]:
    """All rows of each table, the header first; a header of labels that no rule knows counts as a row."""
    return [[*([table.header] if table.header else []), *table.rows] for table in record.tables]


def printed_text(document: Document) -> str:
    return "".join("".join(document.texts).replace("&nbsp;", "").split())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_reportlab(name: str, tmp_path: Path) -> None:
    document = DOCUMENTS[name]
    print_document(document, tmp_path / "record.pdf", fonts()["reportlab"])
    record = read_record(tmp_path / "record.pdf", Settings(ocr="never"))
    assert lines_of(record) == printed_text(document)
    found = tables_of(record)
    assert [table[0] for table in found] == [grid.header for grid in document.tables]
    # groups side by side: row by row in the record, group by group in the truth
    assert [sorted(table[1:]) for table in found] == [sorted(grid.read) for grid in document.tables]


@pytest.mark.parametrize("path", sorted(PDFS.glob("*.pdf")), ids=lambda path: path.stem)
def test_chromium_and_libreoffice(path: Path) -> None:
    truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    record = read_record(path, Settings(ocr="never"))
    assert lines_of(record) == "".join("".join(truth["texts"]).split())
    assert [[list(row) for row in table] for table in tables_of(record)] == truth["tables"]


def test_every_row_is_a_sentence_with_its_box(tmp_path: Path) -> None:
    document = DOCUMENTS["lab-spaced-over-pages-header-once"]
    print_document(document, tmp_path / "record.pdf", fonts()["reportlab"])
    record = read_record(tmp_path / "record.pdf", Settings(ocr="never"))
    rows = [sentence for sentence in record.sentences if sentence.row is not None]
    assert len(rows) == sum(len(grid.rows) for grid in document.tables)
    for sentence in rows:
        assert sentence.row is not None
        table = record.tables[sentence.row.table]
        assert sentence.text == "\t".join(table.rows[sentence.row.row])
        assert table.time is not None
        page = record.pages[sentence.page - 1]
        assert 0 < sentence.bbox[1] < sentence.bbox[3] < page.height
