"""`emr-rerank eval`: how many expected answers come out, and how good they are."""

from pathlib import Path
from typing import Annotated

import typer

from emr_rerank.cli import options
from emr_rerank.cli.console import console, print_json, progress_console
from emr_rerank.cli.errors import reports_errors


@reports_errors
def evaluate(
    dataset: Annotated[
        Path, typer.Argument(metavar="DATASET", help="Folder of PDFs, each beside its JSON of questions.")
    ],
    as_json: options.AsJson = False,
    compare: Annotated[
        bool,
        typer.Option("--compare", help="Flat searches over the whole record answer the questions too; slower."),
    ] = False,
    reranker: options.Reranker = "embedded",
    calibration: options.Calibration = None,
    embedder: options.Embedder = "embedded",
    device: options.Device = "auto",
    offline: options.Offline = False,
    rules: options.Rules = None,
    debug: options.Debug = False,
) -> None:
    """Ask every question of a labelled data set; print the figures by kind and list each miss. No audit events."""
    from emr_rerank.cli.evaluation_view import evaluation_view
    from emr_rerank.evaluation.run import evaluate as run
    from emr_rerank.settings import Settings

    given = options.build_settings(
        reranker=reranker,
        calibration=calibration,
        embedder=embedder,
        device=device,
        offline=offline,
        rules_dir=rules,
    )
    settings = Settings(**{**given.model_dump(), "journal": None})
    err = progress_console()

    def tell(done: int, records: int) -> None:
        if err.is_terminal:
            err.print(f"record {done} of {records}", end="\r" if done < records else "\n")

    report = run(dataset, settings, comparators=compare, on_record=tell)
    if as_json:
        print_json(report.model_dump(mode="json"))
        return
    out = console()
    for part in evaluation_view(report):
        out.print(part)
    for outcome in report.failed:
        out.print(f"{outcome.record} {outcome.id} [{outcome.kind}]: {'; '.join(outcome.misses)}", markup=False)
