"""Tables in a database, and which version of them: archive and journal may share one database."""

from collections.abc import Sequence

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, insert, inspect, select, text

from emr_rerank.errors import StoreError
from emr_rerank.store.database import Store

SCHEMA_LOCK = 0x656D7272
"""Key of PostgreSQL's advisory lock under which tables are made ('emrr')."""

_versions = MetaData()
SCHEMA_VERSIONS = Table(
    "emr_rerank_schema",
    _versions,
    Column("part", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("detail", String(64), nullable=False),
)


def ensure_tables(store: Store, part: str, version: int, tables: MetaData, *, create: bool, detail: str = "") -> str:
    """Makes the tables of one part of the program unless they are there; returns the `detail` kept when they were made.

    Raises:
        StoreError: they are not there and `create` is False, have another version, or are somebody else's.
    """
    with store.reading() as connection:
        found = _version(connection, part)
    if found is None and create:
        with store.writing() as connection:
            if store.dialect == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SCHEMA_LOCK})
            found = _version(connection, part) or _make_tables(connection, store, part, version, tables, detail)
    if found is None:
        raise StoreError(f"The database {store.name} holds no {part}.", "Check the URL; nothing was written there yet.")
    if found[0] != version:
        age = "newer" if found[0] > version else "older"
        raise StoreError(
            f"The {part} in {store.name} has schema version {found[0]}; this program knows version {version}.",
            f"It was written by a {age} emr-rerank: use that one, or another database.",
        )
    return found[1]


def recorded_detail(store: Store, part: str) -> str | None:
    """The `detail` kept when the tables of a part were made; None when they are not there."""
    with store.reading() as connection:
        found = _version(connection, part)
    return found[1] if found else None


def recorded_version(connection: Connection, part: str) -> int | None:
    """Version of the tables of a part; None when they are not there."""
    found = _version(connection, part)
    return found[0] if found else None


def _version(connection: Connection, part: str) -> tuple[int, str] | None:
    if not inspect(connection).has_table(SCHEMA_VERSIONS.name):
        return None
    columns = SCHEMA_VERSIONS.c
    row = connection.execute(select(columns.version, columns.detail).where(columns.part == part)).one_or_none()
    return (row.version, row.detail) if row else None


def _make_tables(
    connection: Connection, store: Store, part: str, version: int, tables: MetaData, detail: str
) -> tuple[int, str]:
    taken: Sequence[str] = sorted(set(inspect(connection).get_table_names()) & set(tables.tables))
    if taken:
        raise StoreError(
            f"The database {store.name} already has a table '{taken[0]}' that emr-rerank did not make.",
            "Give a database, or a PostgreSQL search_path, of its own.",
        )
    _versions.create_all(connection)
    tables.create_all(connection)
    connection.execute(insert(SCHEMA_VERSIONS).values(part=part, version=version, detail=detail))
    return version, detail
