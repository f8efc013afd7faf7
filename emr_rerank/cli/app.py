"""The commands. Each one reads its arguments, calls the pipeline, prints, and ends in an exit code."""

import typer

from emr_rerank.cli import ask, audit, calibrate, check, evaluate, index, parse, rules
from emr_rerank.cli.doctor import doctor
from emr_rerank.cli.options import Debug

app = typer.Typer(
    name="emr-rerank",
    help="Find the sentences of one inpatient record that prove an answer.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(parse.parse)
app.command()(ask.ask)
app.command()(check.check)
app.command()(index.index)
app.command("eval")(evaluate.evaluate)
app.command()(calibrate.calibrate)
app.command()(doctor)
app.add_typer(audit.app, name="audit")
app.add_typer(rules.app, name="rules")


def _version(value: bool) -> None:
    if value:
        from emr_rerank import __version__

        typer.echo(f"emr-rerank {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    debug: Debug = False,
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Find the sentences of one inpatient record that prove an answer."""


def main() -> None:
    """Entry point of the command `emr-rerank`."""
    app()
