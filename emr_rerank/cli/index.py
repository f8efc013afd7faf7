"""`emr-rerank index`: read many PDFs into the archive."""

from pathlib import Path
from typing import Annotated

import typer

from emr_rerank.cli import options
from emr_rerank.cli.console import console, progress_console
from emr_rerank.cli.errors import reports_errors


@reports_errors
def index(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="PDFs, or folders searched for *.pdf.")],
    archive: options.ArchiveUrl = None,
    workers: Annotated[int, typer.Option(min=1, help="Worker processes.")] = 1,
    resume: Annotated[bool, typer.Option("--resume", help="Skip files that are archived already.")] = False,
    reranker: options.Reranker = "embedded",
    embedder: options.Embedder = "embedded",
    device: options.Device = "auto",
    offline: options.Offline = False,
    rules: options.Rules = None,
    password: options.Password = None,
    ocr: options.Ocr = None,
    limits: options.Limits = None,
    debug: options.Debug = False,
) -> None:
    """Read PDFs into the archive. One bad PDF never stops the batch; failed ones are listed at the end (exit 3)."""
    from emr_rerank.archive.archive import Archive
    from emr_rerank.pipeline.indexing import index_paths
    from emr_rerank.settings import default_store

    settings = options.build_settings(
        rules_dir=rules,
        reranker=reranker,
        embedder=embedder,
        device=device,
        offline=offline,
        ocr=ocr,
        limits=limits,
    )
    err = progress_console()

    def tell(path: Path, outcome: str) -> None:
        if err.is_terminal:
            err.print(f"{outcome}  {path.name}", markup=False)

    store = Archive(archive or default_store())
    report = index_paths(paths, store, settings, workers=workers, resume=resume, password=password, on_progress=tell)
    console().print(
        f"indexed {len(report.indexed)}, already there {len(report.skipped)}, failed {len(report.failed)}", markup=False
    )
    for path, message in report.failed:
        err.print(message if str(path) in message else f"{path}: {message}", markup=False, style="red", soft_wrap=True)
    if report.failed:
        raise typer.Exit(3)
