"""The audit journal: appends events to a hash chain in SQL, reads them back, verifies and exports them."""

from collections.abc import Iterator
from types import TracebackType
from typing import Self
from uuid import uuid4

from sqlalchemy import insert, select, update

from emr_rerank.audit.chain import (
    EVENTS,
    HEAD,
    HEAD_ID,
    SCHEMA_VERSION,
    TABLES,
    Head,
    chained,
    locked_head,
    read_head,
)
from emr_rerank.audit.event import AuditEvent
from emr_rerank.audit.export import copy_events
from emr_rerank.audit.verify import Verification, verify_chain
from emr_rerank.errors import StoreError
from emr_rerank.store.database import Store, same_database
from emr_rerank.store.schema import ensure_tables

__all__ = ["AuditEvent", "Journal", "Verification"]

READ_ROWS = 500
"""Rows fetched at a time: memory stays flat however long the journal is."""


class Journal:
    """An audit journal in an SQL database. Several processes and threads may append to it at once.

    Args:
        url: SQLAlchemy URL; a SQLite file is made, for its owner only, if it is not there.
        create: False refuses a database that holds no journal instead of starting one there.

    Raises:
        StoreError: the database can't be reached or written, or holds a journal of another schema version.
    """

    def __init__(self, url: str, *, create: bool = True) -> None:
        self._store = Store(url, create=create)
        try:
            ensure_tables(self._store, "audit", SCHEMA_VERSION, TABLES, create=create)
        except StoreError:
            self._store.close()
            raise

    def append(self, event: AuditEvent) -> str:
        """Chain one event to the end; returns its id.

        Raises:
            StoreError: it can't be written; then nothing was.
        """
        event_id, written = uuid4().hex, event.canonical_json()
        with self._store.writing() as connection:
            head = locked_head(connection, self.location)
            row, after = chained(head, event_id, written)
            connection.execute(insert(EVENTS).values(row))
            connection.execute(update(HEAD).where(HEAD.c.id == HEAD_ID).values(events=after.events, hash=after.hash))
        return event_id

    def events(self) -> Iterator[tuple[str, AuditEvent]]:
        """(id, event) in the order of the journal, read as they are asked for.

        Raises:
            StoreError: the journal can't be read, or a row is no event any more.
        """
        query = select(EVENTS.c.sequence, EVENTS.c.event_id, EVENTS.c.event).order_by(EVENTS.c.sequence)
        with self._store.reading() as connection:
            for row in connection.execution_options(yield_per=READ_ROWS).execute(query):
                try:
                    event = AuditEvent.from_json(row.event)
                except ValueError:
                    raise StoreError(
                        f"Row {row.sequence} of the audit journal {self.location} is no event.",
                        "Run `emr-rerank audit verify`.",
                    ) from None
                yield row.event_id, event

    def verify(self, expected_head: str | None = None) -> Verification:
        """Recompute the chain and name every event that was changed, removed, moved or slipped in.

        Args:
            expected_head: a head noted earlier, as `head` prints it ('events:hash') or its hash alone. The journal may
                have grown since; the event that was newest then must still be there, unchanged.

        Raises:
            StoreError: the journal can't be read.
            UsageError: `expected_head` has another form.
        """
        with self._store.reading() as connection:
            return verify_chain(connection, expected_head)

    def export(self, to_url: str) -> int:
        """Copy the events that the journal at `to_url` lacks, and start one there if there is none.

        Returns:
            how many were copied; 0 when it was up to date.

        Raises:
            StoreError: a database can't be read or written, both are the same, or the target's chain is another one
                (names its first row that differs).
        """
        target = Store(to_url)
        try:
            if same_database(self._store, target):
                raise StoreError(f"{target.name} is the journal itself.", "Export to another database.")
            ensure_tables(target, "audit", SCHEMA_VERSION, TABLES, create=True)
            return copy_events(self._store, target)
        finally:
            target.close()

    @property
    def location(self) -> str:
        """The URL, without its password."""
        return self._store.name

    @property
    def head(self) -> str:
        """'events:hash' of the newest event. Note it outside this database, to prove later that nothing was rewritten.

        Raises:
            StoreError: the journal can't be read, or its head row was removed.
        """
        return str(self._read_head())

    def count(self) -> int:
        """How many events it holds, by its head row.

        Raises:
            StoreError: the journal can't be read, or its head row was removed.
        """
        return self._read_head().events

    def close(self) -> None:
        """Gives its database connections back."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Journal({self.location!r})"

    def _read_head(self) -> Head:
        with self._store.reading() as connection:
            head = read_head(connection)
        if head is None:
            raise StoreError(
                f"The audit journal {self.location} has lost its head row.", "Run `emr-rerank audit verify`."
            )
        return head
