"""`emr-rerank rules`: check rule files, and show what they find in a record."""

from pathlib import Path
from typing import Annotated

import typer

from emr_rerank.cli.console import console
from emr_rerank.cli.errors import reports_errors
from emr_rerank.cli.options import Debug, Password, Rules, build_settings
from emr_rerank.cli.parse import show_warnings

app = typer.Typer(help="Check rule files and show what they find.", no_args_is_help=True)


@app.command()
@reports_errors
def check(rules: Rules = None, debug: Debug = False) -> None:
    """Validate every rule file; a wrong one is named with file, line and rule (exit code 2)."""
    from emr_rerank.rules.check import check_rules
    from emr_rerank.rules.files import rules_hash

    out = console()
    for purpose, count in check_rules(rules).items():
        out.print(f"{purpose}: {count} rules", markup=False)
    out.print(rules_hash(rules), markup=False)


@app.command()
@reports_errors
def show(
    record: Annotated[Path, typer.Argument(metavar="RECORD.pdf")],
    rules: Rules = None,
    password: Password = None,
    debug: Debug = False,
) -> None:
    """Print the section tree of a record with the rule that opened each section."""
    from emr_rerank.reading.reader import read_record

    read = read_record(record, build_settings(rules_dir=rules), password=password)
    console().print(read)
    show_warnings(read)
