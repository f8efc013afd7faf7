"""Copies a journal to another database, as often as wanted, without doubles and without mixing two chains."""

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from emr_rerank.audit.chain import EVENTS, GENESIS, HEAD, HEAD_ID, Head, columns_agree, fits, locked_head
from emr_rerank.errors import StoreError
from emr_rerank.store.database import Store

BATCH_ROWS = 500
"""Rows copied in one transaction of the target: an export that is broken off goes on from the last whole batch."""


def copy_events(source: Store, target: Store) -> int:
    """Copy the rows that the target's chain lacks; returns how many.

    Raises:
        StoreError: the target's chain is not the beginning of the source's, or the source's own chain is broken (both
            name the row); a database can't be read or written.
    """
    copied = 0
    while True:
        with target.writing() as to, source.reading() as connection:
            head = locked_head(to, target.name)
            _check_common(connection, to, head, source.name, target.name)
            rows = _following(connection, head, source.name)
            if not rows:
                return copied
            to.execute(insert(EVENTS), [dict(row._mapping) for row in rows])
            to.execute(update(HEAD).where(HEAD.c.id == HEAD_ID).values(events=rows[-1].sequence, hash=rows[-1].hash))
        copied += len(rows)


def _check_common(connection: Connection, to: Connection, head: Head, source: str, target: str) -> None:
    """The target's newest event must be the source's event of that number: then all before it are the same too."""
    query = select(EVENTS.c.hash).where(EVENTS.c.sequence == head.events)
    here = GENESIS if head.events == 0 else connection.execute(query).scalar_one_or_none()
    there = GENESIS if head.events == 0 else to.execute(query).scalar_one_or_none()
    beyond = to.execute(select(EVENTS.c.sequence).where(EVENTS.c.sequence > head.events).limit(1)).first()
    if here == there == head.hash and beyond is None:
        return
    sequence, event_id = _first_difference(connection, to, head.events)
    raise StoreError(
        f"The journals {source} and {target} differ from row {sequence} (event {event_id}) on; no more was copied.",
        "Run `emr-rerank audit verify` on both, and export to an empty database.",
    )


def _first_difference(connection: Connection, to: Connection, known: int) -> tuple[int, str]:
    query = select(EVENTS.c.sequence, EVENTS.c.event_id, EVENTS.c.hash).order_by(EVENTS.c.sequence)
    options = {"yield_per": BATCH_ROWS}
    here = iter(connection.execute(query, execution_options=options))
    for there in to.execute(query, execution_options=options):
        if next(here, None) != there:
            return there.sequence, there.event_id
    return known, "missing in the target"


def _following(connection: Connection, head: Head, source: str) -> list[Row[Any]]:
    """The next rows of the source, each checked against the chain."""
    query = select(EVENTS).where(EVENTS.c.sequence > head.events).order_by(EVENTS.c.sequence).limit(BATCH_ROWS)
    rows = list(connection.execute(query))
    for row in rows:
        head = Head(head.events + 1, row.hash) if _follows(row, head) else _refuse(row, source)
    return rows


def _follows(row: Row[Any], head: Head) -> bool:
    return bool(
        row.sequence == head.events + 1
        and row.previous_hash == head.hash
        and fits(row, row.sequence)
        and columns_agree(row)
    )


def _refuse(row: Row[Any], source: str) -> Head:
    raise StoreError(
        f"The journal {source} breaks its chain at row {row.sequence} (event {row.event_id}); no more was copied.",
        "Run `emr-rerank audit verify` on it.",
    )
