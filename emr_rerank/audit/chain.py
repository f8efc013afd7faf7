"""Tables of the journal, and the hash that chains its rows."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    Unicode,
    UnicodeText,
    insert,
    select,
)
from sqlalchemy import event as sql_event
from sqlalchemy.dialects.mysql import LONGTEXT

from emr_rerank.errors import StoreError

SCHEMA_VERSION = 1
GENESIS = "0" * 64
"""Stands for the hash before the first row."""
COPIED_CHARS = 255
"""Characters of the user and of the record id that their columns repeat; the event itself holds them whole."""

TABLES = MetaData()
EVENTS = Table(
    "audit_events",
    TABLES,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", String(32), nullable=False, unique=True),
    Column("time", String(32), nullable=False, index=True),
    Column("user_name", Unicode(COPIED_CHARS), nullable=False),
    Column("record_id", Unicode(COPIED_CHARS), nullable=False, index=True),
    Column("status", String(32), nullable=False),
    Column("event", UnicodeText().with_variant(LONGTEXT(), "mysql", "mariadb"), nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
HEAD = Table(
    "audit_head",
    TABLES,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("events", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)
HEAD_ID = 1


@sql_event.listens_for(HEAD, "after_create")
def _start_chain(_target: Table, connection: Connection, **_options: Any) -> None:
    connection.execute(insert(HEAD).values(id=HEAD_ID, events=0, hash=GENESIS))


@dataclass(frozen=True)
class Head:
    """How many events the journal holds and the hash of the newest: noted elsewhere, it vouches for all of them."""

    events: int
    hash: str

    def __str__(self) -> str:
        return f"{self.events}:{self.hash}"


def row_hash(previous: str, sequence: int, event_id: str, event: str) -> str:
    """SHA-256, in hex, of the four values as UTF-8, joined by line feeds (none of the first three can hold one)."""
    return hashlib.sha256(f"{previous}\n{sequence}\n{event_id}\n{event}".encode("utf-8", "surrogatepass")).hexdigest()


def copied_columns(event: str) -> dict[str, str]:
    """Values of the event's JSON that stand beside it for SQL to find it by.

    Raises:
        ValueError, KeyError, TypeError: it is not the JSON of an event.
    """
    data = json.loads(event)
    user, record_id = _storable(data["user"]), _storable(data["record_id"])
    return {"time": data["time"], "user_name": user, "record_id": record_id, "status": data["status"]}


def read_head(connection: Connection, *, lock: bool = False) -> Head | None:
    """The head row, locked until the transaction ends where asked for; None when somebody removed it."""
    query = select(HEAD.c.events, HEAD.c.hash).where(HEAD.c.id == HEAD_ID)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else Head(row.events, row.hash)


def locked_head(connection: Connection, name: str) -> Head:
    """The head row, for a writer: nobody else can append before this transaction ends.

    Raises:
        StoreError: the journal `name` has no head row any more.
    """
    head = read_head(connection, lock=True)
    if head is None:
        raise StoreError(
            f"The audit journal {name} has lost its head row, so nothing can be appended.",
            "Run `emr-rerank audit verify` and tell who is responsible for the journal.",
        )
    return head


def chained(previous: Head, event_id: str, event: str) -> tuple[dict[str, Any], Head]:
    """The row that follows `previous`, and the head after it."""
    sequence = previous.events + 1
    digest = row_hash(previous.hash, sequence, event_id, event)
    links = {"sequence": sequence, "event_id": event_id, "previous_hash": previous.hash, "hash": digest}
    return {**links, **copied_columns(event), "event": event}, Head(sequence, digest)


def fits(row: Row[Any], sequence: int) -> bool:
    """Whether the row's event, id and links are what was appended under this number."""
    return bool(row_hash(row.previous_hash, sequence, row.event_id, row.event) == row.hash)


def columns_agree(row: Row[Any]) -> bool:
    """Whether the columns beside the event still say what the event says."""
    try:
        return all(row._mapping[name] == value for name, value in copied_columns(row.event).items())
    except (ValueError, KeyError, TypeError):
        return False


def _storable(value: str) -> str:
    clean = value.encode("utf-8", "replace").decode("utf-8")
    return clean.replace("\0", "\ufffd")[:COPIED_CHARS]
