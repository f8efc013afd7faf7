"""`emr-rerank audit`: verify and export the journal."""

from typing import Annotated

import typer

from emr_rerank.cli.console import console
from emr_rerank.cli.errors import reports_errors
from emr_rerank.cli.options import Debug, JournalUrl

app = typer.Typer(help="Verify the audit journal and export it to SQL.", no_args_is_help=True)


@app.command()
@reports_errors
def verify(
    journal: JournalUrl = None,
    head: Annotated[
        str | None, typer.Option(help="A head noted earlier, as verify prints it; that event must still be there.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Check every event against the hash chain; name each that was changed, removed, inserted or reordered (exit 5)."""
    from emr_rerank.audit.journal import Journal
    from emr_rerank.settings import default_store

    result = Journal(journal or default_store(), create=False).verify(expected_head=head)
    out = console()
    for problem in result.problems:
        event = f" ({problem.event_id})" if problem.event_id else ""
        told = f"event {problem.sequence}{event} {problem.kind}: {problem.message}"
        out.print(told, style="red", markup=False, soft_wrap=True)
    if result.more:
        out.print(f"and {result.more} more", style="red", markup=False)
    verdict = "intact" if result.ok else f"{len(result.problems)} problem(s)"
    out.print(f"{result.rows} events, {verdict}; head {result.head}", markup=False)
    if not result.ok:
        raise typer.Exit(5)


@app.command()
@reports_errors
def export(
    to: Annotated[str, typer.Option("--to", metavar="URL", help="SQLAlchemy URL that receives the events.")],
    journal: JournalUrl = None,
    debug: Debug = False,
) -> None:
    """Copy the events that the target lacks; running it again adds no doubles."""
    from emr_rerank.audit.journal import Journal
    from emr_rerank.settings import default_store

    copied = Journal(journal or default_store(), create=False).export(to)
    console().print(f"{copied} new events copied", markup=False)
