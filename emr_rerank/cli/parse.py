"""`emr-rerank parse`: what the program reads in a PDF."""

from pathlib import Path
from typing import Annotated

import typer

from emr_rerank.cli import options
from emr_rerank.cli.console import console, print_json
from emr_rerank.cli.errors import reports_errors
from emr_rerank.cli.reading import read_pdf, show_warnings


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

    read = read_pdf(record, options.build_settings(rules_dir=rules, ocr=ocr, limits=limits), password)
    if as_json:
        print_json(record_json(read))
        return
    console().print(read)
    show_warnings(read)
