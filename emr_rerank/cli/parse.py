"""`emr-rerank parse`: what the program reads in a PDF."""

from pathlib import Path
from typing import Annotated

import typer

from emr_rerank.cli.console import console, print_json, progress_console
from emr_rerank.cli.errors import reports_errors
from emr_rerank.cli.options import AsJson, Debug, Password, Rules, build_settings
from emr_rerank.record import Record


@reports_errors
def parse(
    record: Annotated[Path, typer.Argument(metavar="RECORD.pdf", help="The PDF of one inpatient record.")],
    as_json: AsJson = False,
    rules: Rules = None,
    password: Password = None,
    debug: Debug = False,
) -> None:
    """Read a PDF and print its section tree (or, with --json, everything that was read)."""
    from emr_rerank.pipeline.parsing import record_json
    from emr_rerank.reading.reader import read_record

    read = read_record(record, build_settings(rules_dir=rules), password=password)
    if as_json:
        print_json(record_json(read))
        return
    console().print(read)
    show_warnings(read)


def show_warnings(record: Record) -> None:
    """What could not be read faithfully, on standard error."""
    for warning in record.warnings:
        where = f"page {warning.page}: " if warning.page else ""
        progress_console().print(f"warning: {where}{warning.message}", style="yellow", markup=False)
