"""`emr-rerank rules`: check rule files, and show what they find in a record."""

from pathlib import Path
from typing import Annotated

import typer

from emr_rerank.cli.console import console
from emr_rerank.cli.errors import reports_errors
from emr_rerank.cli.options import Debug, Password, Rules, build_settings
from emr_rerank.cli.reading import read_pdf, show_warnings

app = typer.Typer(help="Check rule files and show what they find.", no_args_is_help=True)


@app.command()
@reports_errors
def check(
    records: Annotated[
        list[Path] | None,
        typer.Argument(metavar="RECORD.pdf", help="Records on which each section rule should fire at least once."),
    ] = None,
    rules: Rules = None,
    password: Password = None,
    debug: Debug = False,
) -> None:
    """Validate every rule file; what is wrong is named with file, line and rule (exit code 2).

    With records, also list the section rules that fire on none of them: your own, or all if you have none.
    """
    from emr_rerank.errors import RuleError
    from emr_rerank.rules.check import check_rules
    from emr_rerank.rules.files import rules_hash
    from emr_rerank.rules.section_checks import section_problems

    out = console()
    counts = check_rules(rules)
    problems = section_problems(rules)
    if problems:
        raise RuleError("\n  ".join(problems), "Correct or remove the rules.")
    for purpose, count in counts.items():
        out.print(f"{purpose}: {count} rules", markup=False)
    out.print(rules_hash(rules), markup=False)
    if records:
        _show_silent_rules(records, rules, password)


def _show_silent_rules(records: list[Path], rules: Path | None, password: str | None) -> None:
    from emr_rerank.reading.rule_use import section_rules_fired
    from emr_rerank.rules.section_checks import rules_not_fired

    settings = build_settings(rules_dir=rules)
    fired = frozenset[str]().union(*(section_rules_fired(record, settings, password=password) for record in records))
    silent = rules_not_fired(fired, rules)
    out = console()
    out.print(f"Section rules that fire on none of {len(records)} records: {len(silent)}", markup=False)
    for rule in silent:
        out.print(f"  {rule}", markup=False, soft_wrap=True)


@app.command()
@reports_errors
def show(
    record: Annotated[Path, typer.Argument(metavar="RECORD.pdf")],
    rules: Rules = None,
    password: Password = None,
    debug: Debug = False,
) -> None:
    """Print the section tree of a record with the rule of each section, and the likely headings that no rule knows."""
    from emr_rerank.reading.unmatched import unmatched_headings

    read = read_pdf(record, build_settings(rules_dir=rules), password)
    out = console()
    out.print(read)
    lines = unmatched_headings(read, rules)
    out.print("Lines that look like headings, matched by no rule:" if lines else "No other line looks like a heading.")
    for line in lines:
        times = f" ×{line.times}" if line.times > 1 else ""
        out.print(f"  p{line.page}{times}  {line.text}  ({line.reason})", markup=False, soft_wrap=True)
    show_warnings(read)
