"""Verification of a journal: reads it once, names every event that was tampered with, checks a head noted earlier."""

import re

from pydantic import Field
from sqlalchemy import Connection, select

from emr_rerank.audit.chain import EVENTS, GENESIS, Head, read_head
from emr_rerank.audit.walk import Kind, Problem, Walk
from emr_rerank.errors import UsageError
from emr_rerank.record import Noun

READ_ROWS = 500
"""Rows fetched at a time."""


class Verification(Noun):
    """What verification found."""

    ok: bool
    rows: int = Field(description="rows that stand in the journal")
    problems: tuple[Problem, ...] = Field((), description="by number, at most 1,000")
    more: int = Field(0, description="problems beyond those listed")
    head: str = Field(description="'events:hash' of the newest event, to be noted elsewhere")


def verify_chain(connection: Connection, expected_head: str | None = None) -> Verification:
    """Walk the journal once.

    Raises:
        UsageError: `expected_head` is neither 'events:hash' nor a hash.
    """
    anchor = None if expected_head is None else _anchor(expected_head)
    head, newest = read_head(connection), _newest(connection)
    walk = Walk(head or newest)
    met = anchor is None or anchor == Head(0, GENESIS)
    query = select(EVENTS).order_by(EVENTS.c.sequence)
    for row in connection.execute(query, execution_options={"yield_per": READ_ROWS}):
        walk.step(row)
        met = met or (anchor is not None and row.hash == anchor.hash and anchor.events in (0, row.sequence))
    walk.finish()
    if head is None:
        walk.note(newest.events, None, "truncated", "the head row was removed: events may be missing from the end")
    if anchor is not None and not met:
        kind: Kind = "truncated" if anchor.events > newest.events else "changed"
        walk.note(anchor.events, None, kind, "the event that the expected head names is not there unchanged")
    return _verdict(walk, newest)


def _verdict(walk: Walk, newest: Head) -> Verification:
    found = sorted(walk.problems, key=lambda problem: problem.sequence)
    return Verification(
        ok=not found and not walk.more,
        rows=walk.rows,
        problems=tuple(found),
        more=walk.more,
        head=str(newest),
    )


def _newest(connection: Connection) -> Head:
    query = select(EVENTS.c.sequence, EVENTS.c.hash).order_by(EVENTS.c.sequence.desc()).limit(1)
    row = connection.execute(query).first()
    return Head(row.sequence, row.hash) if row and isinstance(row.sequence, int) else Head(0, GENESIS)


def _anchor(expected_head: str) -> Head:
    """The head noted earlier; 0 events when only its hash was noted."""
    form = re.fullmatch(r"(?:(\d{1,18}):)?([0-9a-f]{64})", expected_head.strip().lower())
    if form is None:
        raise UsageError(
            "The expected head has the wrong form.", "Give it as `emr-rerank audit verify` printed it: events:hash."
        )
    return Head(int(form[1] or 0), form[2])
