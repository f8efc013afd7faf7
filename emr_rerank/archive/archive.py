"""The archive: records with their section vectors in SQL, each stored whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, insert, select

from emr_rerank.archive.passage_ids import PassageIdTable, TokenIds
from emr_rerank.archive.rows import packed, section_rows, sentence_rows, unpacked
from emr_rerank.archive.tables import SCHEMA_VERSION, Tables
from emr_rerank.archive.vectors import BYTES, column_type, loaded, stored, usable_form
from emr_rerank.errors import StoreError
from emr_rerank.record import Noun, Record
from emr_rerank.store.database import Store
from emr_rerank.store.schema import ensure_tables, recorded_detail

Vectors = NDArray[np.float32]

PART = "archive"
LIST_HINT = "`Archive(url).list()` lists the records that are there."


class RecordTakenError(StoreError):
    """Another file is archived under this record id already."""


@dataclass(frozen=True, eq=False)
class StoredRecord:
    """A record from the archive.

    Attributes:
        record: equal to the one that was added.
        embedder: name of the embedder that made the vectors; empty when there are none.
        vectors: float32, (leaves, dimensions), in the order of `record.leaves()`; None when none were added.
        passage_ids: token ids of its passages; None when none were added, or not asked for.
    """

    record: Record
    embedder: str
    vectors: Vectors | None
    passage_ids: TokenIds | None = None


class ArchivedRecord(Noun):
    """What the archive's list tells about a record."""

    record_id: str
    sha256: str
    language: str
    page_count: int
    embedder: str
    indexed_at: datetime


class Archive:
    """Records in a SQLite file or a PostgreSQL database.

    Args:
        url: SQLAlchemy URL; a SQLite file is made, for its owner only, if it is not there.
        create: False refuses a database that holds no archive instead of starting one there.

    Raises:
        StoreError: the database can't be reached or written, or holds an archive of another schema version.
    """

    def __init__(self, url: str, *, create: bool = True) -> None:
        self._store = Store(url, create=create)
        try:
            self._form = self._ensure_tables(create)
            self._tables = Tables(column_type(self._form, self.location))
            self._passage_ids = PassageIdTable(self._store, self._tables)
        except StoreError:
            self._store.close()
            raise

    @property
    def location(self) -> str:
        """The URL, without its password."""
        return self._store.name

    def add(
        self,
        record: Record,
        vectors: Vectors | None = None,
        embedder: str = "",
        *,
        passage_ids: TokenIds | None = None,
        replace: bool = False,
    ) -> None:
        """Store a record in one transaction. The same file under the same id is stored anew.

        Args:
            record: to be stored.
            vectors: of its leaf sections, (leaves, dimensions), finite.
            embedder: name of what made the vectors.
            passage_ids: token ids of its passages, with the fingerprint of their tokenizer.
            replace: lets the record take the place of another file's record of the same id.

        Raises:
            RecordTakenError: the id belongs to another file's record, and `replace` is False.
            StoreError: it can't be written; then nothing was.
            ValueError: the vectors do not fit the record's leaves.
        """
        rows = list(section_rows(record))
        lines = _vector_rows(record.record_id, rows, vectors, embedder, self._form)
        content = packed(record)
        if passage_ids is not None:
            self._passage_ids.ensure()
        with self._store.writing() as connection:
            self._make_room(connection, record, replace)
            connection.execute(insert(self._tables.records).values(_record_row(record, embedder, content)))
            for table, values in (
                (self._tables.sections, rows),
                (self._tables.sentences, list(sentence_rows(record))),
                (self._tables.section_vectors, lines),
            ):
                if values:
                    connection.execute(insert(table), values)
            if passage_ids is not None:
                self._passage_ids.write(connection, record.record_id, passage_ids)

    def get(self, record_id: str, *, passage_ids: bool = False) -> StoredRecord:
        """A record, equal to the one added.

        Args:
            record_id: of the record.
            passage_ids: read the token ids of its passages too.

        Raises:
            StoreError: no record has this id, it is damaged, or the archive can't be read.
        """
        records, kept = self._tables.records.c, self._tables.section_vectors.c
        content = select(records.content, records.embedder).where(records.record_id == record_id)
        vectors = select(kept.vector).where(kept.record_id == record_id).order_by(kept.leaf)
        with self._store.reading() as connection:
            row = connection.execute(content).one_or_none()
            found = connection.execute(vectors).scalars().all()
            ids = self._passage_ids.read(connection, record_id) if passage_ids else None
        if row is None:
            raise self._unknown(record_id)
        return StoredRecord(
            record=unpacked(row.content, record_id),
            embedder=row.embedder,
            vectors=loaded(list(found), self._form) if found else None,
            passage_ids=ids,
        )

    def has_sha256(self, sha256: str) -> bool:
        """Whether a file of these bytes is archived, under whatever id."""
        records = self._tables.records.c
        query = select(records.record_id).where(records.sha256 == sha256).limit(1)
        with self._store.reading() as connection:
            return connection.execute(query).first() is not None

    def sha256_of(self, record_id: str) -> str | None:
        """Hash of the file that is archived under this id; None when there is none."""
        with self._store.reading() as connection:
            return self._sha256(connection, record_id)

    def list(self) -> tuple[ArchivedRecord, ...]:
        """What is archived, by record id.

        Raises:
            StoreError: the archive can't be read.
        """
        columns = self._tables.records.c
        query = select(*(columns[name] for name in ArchivedRecord.model_fields)).order_by(columns.record_id)
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(ArchivedRecord(**{**row._mapping, "indexed_at": _in_utc(row.indexed_at)}) for row in rows)

    def remove(self, record_id: str) -> None:
        """Take a record out, with all its rows.

        Raises:
            StoreError: no record has this id, or the archive can't be written.
        """
        with self._store.writing() as connection:
            if self._sha256(connection, record_id) is None:
                raise self._unknown(record_id)
            self._delete(connection, record_id)

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
        return f"Archive({self.location!r})"

    def _ensure_tables(self, create: bool) -> str:
        """Makes the tables unless they are there; returns how vectors are stored."""
        if self._store.dialect not in ("sqlite", "postgresql"):
            raise StoreError(f"An archive can't be kept in {self._store.dialect}.", "Use SQLite or PostgreSQL.")
        form = recorded_detail(self._store, PART)
        if form is None:
            form = usable_form(self._store) if create else BYTES
        planned = Tables(column_type(form, self.location)).metadata
        return ensure_tables(self._store, PART, SCHEMA_VERSION, planned, create=create, detail=form)

    def _make_room(self, connection: Connection, record: Record, replace: bool) -> None:
        there = self._sha256(connection, record.record_id)
        if there is None:
            return
        if there != record.sha256 and not replace:
            raise RecordTakenError(
                f"The archive {self.location} holds another file's record '{record.record_id}' already.",
                "Rename the file, or replace the record on purpose.",
            )
        self._delete(connection, record.record_id)

    def _delete(self, connection: Connection, record_id: str) -> None:
        """Takes out the rows of a record; its token ids go with it (ON DELETE CASCADE), where there are any."""
        tables = self._tables
        for table in (tables.section_vectors, tables.sentences, tables.sections, tables.records):
            connection.execute(delete(table).where(table.c.record_id == record_id))

    def _sha256(self, connection: Connection, record_id: str) -> str | None:
        records = self._tables.records.c
        return connection.execute(select(records.sha256).where(records.record_id == record_id)).scalar_one_or_none()

    def _unknown(self, record_id: str) -> StoreError:
        return StoreError(f"The archive {self.location} holds no record '{record_id}'.", LIST_HINT)


def _in_utc(time: datetime) -> datetime:
    """SQLite gives its times back without a zone; they were written in UTC."""
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _record_row(record: Record, embedder: str, content: bytes) -> dict[str, object]:
    return {
        "record_id": record.record_id,
        "sha256": record.sha256,
        "language": record.language,
        "page_count": record.page_count,
        "embedder": embedder,
        "indexed_at": datetime.now(UTC),
        "content": content,
    }


def _vector_rows(
    record_id: str, sections: Sequence[dict[str, object]], vectors: Vectors | None, embedder: str, form: str
) -> Sequence[dict[str, object]]:
    if vectors is None:
        return []
    leaves = [row["position"] for row in sections if row["leaf"] is not None]
    if vectors.ndim != 2 or len(vectors) != len(leaves) or not np.isfinite(vectors).all():
        raise ValueError(f"expected finite vectors for {len(leaves)} leaf sections, got shape {vectors.shape}")
    return [
        {
            "record_id": record_id,
            "leaf": leaf,
            "section": position,
            "embedder": embedder,
            "dimensions": vectors.shape[1],
            "vector": stored(vector, form),
        }
        for leaf, (position, vector) in enumerate(zip(leaves, vectors, strict=True))
    ]
