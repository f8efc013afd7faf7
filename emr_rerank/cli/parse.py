"""`emr-rerank parse`: what the program reads in a PDF."""

from pathlib import Path
from typing import Annotated

import typer

from emr_rerank.cli import options
from emr_rerank.cli.console import console, print_json, progress_console
from emr_rerank.cli.errors import reports_errors
from emr_rerank.cli.page_limit import ended_when_hanging
from emr_rerank.record import Record


@reports_errors
def parse(
    record: Annotated[Path, typer.Argument(metavar="RECORD.pdf", help="The PDF of one inpatient record.")],
    as_json: options.AsJson = False,
    rules: options.Rules = None,
    password: options.Password = None,
    ocr: options.Ocr = None,
    limits: options.Limits = None,
    debug: options.Debug = False,
) -> None:
    """Read a PDF and print its section tree (or, with --json, everything that was read)."""
    from emr_rerank.pipeline.parsing import record_json
    from emr_rerank.reading.reader import read_record

    settings = options.build_settings(rules_dir=rules, ocr=ocr, limits=limits)
    with ended_when_hanging(settings.max_page_seconds) as on_page:
        read = read_record(record, settings, password=password, on_page=on_page)
    if as_json:
        print_json(record_json(read))
        return
    console().print(read)
    show_warnings(read)


def show_warnings(record: Record) -> None:
    """What could not be read faithfully, on standard error."""
    for warning in record.warnings:
        progress_console().print(f"warning: {warning.message}", style="yellow", markup=False, soft_wrap=True)
