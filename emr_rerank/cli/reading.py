"""One PDF read at the edge: ended when a page hangs, and what could not be read faithfully told."""

from pathlib import Path

from emr_rerank.cli.console import progress_console
from emr_rerank.cli.page_limit import ended_when_hanging
from emr_rerank.record import Record
from emr_rerank.settings import Settings


def read_pdf(pdf: Path, settings: Settings, password: str | None) -> Record:
    """The record of a PDF. Raises InputError; a page that takes longer than `max_page_seconds` ends the process."""
    from emr_rerank.reading.reader import read_record

    with ended_when_hanging(settings.max_page_seconds) as on_page:
        return read_record(pdf, settings, password=password, on_page=on_page)


def show_warnings(record: Record) -> None:
    """What could not be read faithfully, on standard error."""
    for warning in record.warnings:
        progress_console().print(f"warning: {warning.message}", style="yellow", markup=False, soft_wrap=True)
