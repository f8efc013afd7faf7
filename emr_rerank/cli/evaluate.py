"""`emr-rerank eval`: how many expected answers come out."""

from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from emr_rerank.cli import options
from emr_rerank.cli.console import console, print_json
from emr_rerank.cli.errors import reports_errors


@reports_errors
def evaluate(
    dataset: Annotated[
        Path, typer.Argument(metavar="DATASET", help="Folder of PDFs, each beside its JSON of questions.")
    ],
    as_json: options.AsJson = False,
    reranker: options.Reranker = "embedded",
    calibration: options.Calibration = None,
    embedder: options.Embedder = "embedded",
    device: options.Device = "auto",
    offline: options.Offline = False,
    rules: options.Rules = None,
    debug: options.Debug = False,
) -> None:
    """Ask every question of a labelled data set; print what came out, by kind, and list each miss. No audit events."""
    from emr_rerank.evaluation import evaluate as run
    from emr_rerank.settings import Settings

    given = options.build_settings(
        reranker=reranker,
        calibration=calibration,
        embedder=embedder,
        device=device,
        offline=offline,
        rules_dir=rules,
    )
    report = run(dataset, Settings(**{**given.model_dump(), "journal": None}))
    if as_json:
        print_json(report.model_dump(mode="json"))
        return
    table = Table("kind", "right", "asked", box=box.SIMPLE_HEAD)
    for kind, (right, asked) in report.rates().items():
        table.add_row(kind, str(right), str(asked))
    out = console()
    out.print(table)
    for outcome in report.failed:
        out.print(f"{outcome.record} {outcome.id} [{outcome.kind}]: {'; '.join(outcome.misses)}", markup=False)
