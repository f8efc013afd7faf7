"""`emr-rerank check`: what a record says of one matter in two ways."""

from pathlib import Path
from typing import Annotated

import typer

from emr_rerank.cli.console import console, print_json
from emr_rerank.cli.errors import reports_errors
from emr_rerank.cli.options import AsJson, Debug, Limits, Ocr, Password, Rules, build_settings
from emr_rerank.cli.reading import read_pdf, show_warnings


@reports_errors
def check(
    record: Annotated[Path, typer.Argument(metavar="RECORD.pdf", help="The PDF of one inpatient record.")],
    as_json: AsJson = False,
    rules: Rules = None,
    password: Password = None,
    ocr: Ocr = None,
    limits: Limits = None,
    debug: Debug = False,
) -> None:
    """List where a record contradicts itself, both sides cited, and what truly changed during the stay.

    Allergies, discharge drugs against an allergy, blood type, side of lesion and operation, smoking, alcohol,
    pregnancy, past diseases, one analyte with two values at one time. Exit code 0 whether or not anything is found.
    """
    from emr_rerank.pipeline.checking import check_record

    settings = build_settings(rules_dir=rules, ocr=ocr, limits=limits)
    read = read_pdf(record, settings, password)
    found = check_record(read, settings)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    console().print(found)
    show_warnings(read)
