"""Token ids of passages beside the records, for rerankers that can use them.

They are a part of the database of their own, whose table is made when ids are first stored: an archive that holds none
has no such table, and older archives need no change. The ids go when their record goes.
"""

from sqlalchemy import Connection, insert, select

from emr_rerank.archive.tables import Tables
from emr_rerank.store.database import Store
from emr_rerank.store.schema import ensure_tables, recorded_version

PART = "passage_ids"
VERSION = 1
TokenIds = tuple[str, bytes]
"""Fingerprint of the tokenizer, and the ids as its reranker packs them."""


class PassageIdTable:
    """The table of one archive.

    Args:
        store: the archive's database.
        tables: the archive's tables.
    """

    def __init__(self, store: Store, tables: Tables) -> None:
        self._store, self._table = store, tables.passage_ids

    def ensure(self) -> None:
        """Makes the table unless it is there.

        Raises:
            StoreError: it can't be made, has another version, or is somebody else's.
        """
        ensure_tables(self._store, PART, VERSION, self._table.metadata, create=True)

    def write(self, connection: Connection, record_id: str, found: TokenIds) -> None:
        """Stores the ids of a record that has none."""
        tokenizer, ids = found
        connection.execute(insert(self._table).values(record_id=record_id, tokenizer=tokenizer, ids=ids))

    def read(self, connection: Connection, record_id: str) -> TokenIds | None:
        """The ids of a record; None where none are stored, or by another version of the table."""
        if recorded_version(connection, PART) != VERSION:
            return None
        columns = self._table.c
        query = select(columns.tokenizer, columns.ids).where(columns.record_id == record_id)
        row = connection.execute(query).one_or_none()
        return (row.tokenizer, row.ids) if row else None
