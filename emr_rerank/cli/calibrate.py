"""`emr-rerank calibrate`: from labelled questions to scores that are probabilities."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich import box
from rich.progress import Progress
from rich.table import Table

from emr_rerank.chart import check_target
from emr_rerank.cli import options
from emr_rerank.cli.console import console, print_json, progress_console
from emr_rerank.cli.errors import reports_errors
from emr_rerank.cli.reading import read_pdf, show_warnings
from emr_rerank.errors import UsageError
from emr_rerank.record import Record

if TYPE_CHECKING:
    from emr_rerank.evidence.calibration import Calibration
    from emr_rerank.evidence.calibration_report import CalibrationReport, Tradeoff
    from emr_rerank.evidence.reliability import Share


@reports_errors
def calibrate(
    questions: Annotated[
        Path,
        typer.Argument(metavar="QUESTIONS.jsonl", help="Labelled questions, one JSON a line: docs/calibration.md."),
    ],
    method: Annotated[
        Literal["auto", "platt", "isotonic"],
        typer.Option(help="auto takes isotonic from 1,000 labelled pairs with 200 right ones on, else platt."),
    ] = "auto",
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the calibration here; else it is only shown.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", help=r"Draw the report into a .png or .svg (emr-rerank\[plot]).")
    ] = None,
    as_json: options.AsJson = False,
    min_score: Annotated[float | None, typer.Option(help="The threshold to report on.")] = None,
    candidates: Annotated[int | None, typer.Option(help="Sentences of a record given to the reranker.")] = None,
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
    """Fit score → probability to labelled questions; report reliability and what each threshold refuses.

    Use it with `emr-rerank ask --calibration FILE`, or EMR_RERANK_CALIBRATION.
    """
    settings = options.build_settings(
        rules_dir=rules,
        reranker=reranker,
        embedder=embedder,
        device=device,
        offline=offline,
        min_score=min_score,
        candidates=candidates,
        ocr=ocr,
        limits=limits,
    )
    if plot is not None:
        check_target(plot)
    if out is not None and not out.parent.is_dir():
        raise UsageError(f"The folder of {out} does not exist.", "Make it first.")
    from emr_rerank.pipeline.calibrating import calibrate as run

    def read(pdf: Path) -> Record:
        record = read_pdf(pdf, settings, password)
        show_warnings(record)
        return record

    err = progress_console()
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("questions", total=None)
        report = run(
            questions,
            settings,
            method,
            read=read,
            on_progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    _warn(report)
    if plot is not None:
        from emr_rerank.evidence.reliability_plot import plot_report

        plot_report(report).save(plot)
    if out is not None:
        _write(report.calibration, out)
    _show(report, as_json=as_json)


def _warn(report: "CalibrationReport") -> None:
    for line in report.left_out:
        progress_console().print(f"left out: {line}", style="yellow", markup=False, soft_wrap=True)


def _show(report: "CalibrationReport", *, as_json: bool) -> None:
    if as_json:
        print_json(report.model_dump(mode="json"))
        return
    out = console()
    out.print(
        f"{report.reranker}: {report.pairs} pairs of {report.questions} questions ({report.answerable} answerable, "
        f"{report.unlocated} of them with no right passage among theirs), fitted by {report.method}.\n"
        f"{report.right} pairs are right ({report.prior:.1%}): a probability holds where about that share is right.\n"
        f"Calibrated figures: {report.folds} folds by question, each scored by a fit to the others.",
        markup=False,
    )
    out.print(_reliability_table(report))
    out.print(_tradeoff_table(report.tradeoff, "the reranker alone"))
    if report.program:
        out.print(_tradeoff_table(report.program, "the whole program, min_score at the threshold"))


def _reliability_table(report: "CalibrationReport") -> Table:
    table = Table("reliability", "before", "calibrated", box=box.SIMPLE_HEAD)
    table.add_row("expected calibration error", f"{report.before.ece:.4f}", f"{report.after.ece:.4f}")
    table.add_row("Brier score", f"{report.before.brier:.4f}", f"{report.after.brier:.4f}")
    at = f"right among those at {report.min_score:g} or above"
    table.add_row(at, _share(report.at_min_score_before), _share(report.at_min_score))
    return table


def _tradeoff_table(tradeoff: "tuple[Tradeoff, ...]", judge: str) -> Table:
    columns = ("threshold", "unanswerable refused", "right on top", "wrong on top", "refused")
    table = Table(*columns, box=box.SIMPLE_HEAD, title=judge, title_justify="left", title_style="bold")
    for each in tradeoff:
        shares = (each.unanswerable_refused, each.answerable_right, each.answerable_wrong, each.answerable_refused)
        table.add_row(f"{each.threshold:.2f}", *("-" if share is None else f"{share:.1%}" for share in shares))
    table.caption = "right on top, wrong on top, refused: of the answerable questions"
    return table


def _share(share: "Share") -> str:
    if share.share is None or share.low is None or share.high is None:
        return "no pair"
    return f"{share.share:.1%} of {share.count} ({share.low:.1%} to {share.high:.1%})"


def _write(calibration: "Calibration", file: Path) -> None:
    try:
        file.write_text(calibration.model_dump_json(indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} can't be written ({type(error).__name__}).", "Name another file.") from None
    progress_console().print(f"written: {file}", markup=False, soft_wrap=True)
