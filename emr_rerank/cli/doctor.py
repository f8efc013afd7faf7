"""`emr-rerank doctor`: is this installation fit, and what to do where it is not."""

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from emr_rerank.cli import options
from emr_rerank.cli.console import console
from emr_rerank.cli.errors import reports_errors

_STYLE = {"ok": "green", "missing": "yellow", "failed": "red"}


@reports_errors
def doctor(
    reranker: options.Reranker = "embedded",
    calibration: options.Calibration = None,
    embedder: options.Embedder = "embedded",
    device: options.Device = "auto",
    offline: options.Offline = False,
    rules: options.Rules = None,
    journal: options.JournalUrl = None,
    debug: options.Debug = False,
) -> None:
    """Say what is installed, run one question through each model, and print what to do for what is missing.

    Ends in exit code 4 when the models that the options name can't be run.
    """
    from emr_rerank.doctor import examine

    settings = options.build_settings(
        reranker=reranker,
        calibration=calibration,
        embedder=embedder,
        device=device,
        offline=offline,
        rules_dir=rules,
        journal=journal,
    )
    table = Table("", "what", "state", "what to do", box=box.SIMPLE_HEAD)
    failed = False
    for check in examine(settings):
        mark = Text(check.state, style=_STYLE[check.state])
        table.add_row(mark, Text(check.name), Text(check.detail), Text(check.todo))
        failed = failed or check.state == "failed"
    console().print(table)
    if failed:
        raise typer.Exit(4)
