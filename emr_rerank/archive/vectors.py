"""How section vectors are stored: pgvector's type where the database has it, else float32 bytes."""

from contextlib import suppress

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeEngine

from emr_rerank.errors import StoreError
from emr_rerank.store.database import Store

PGVECTOR = "pgvector"
BYTES = "float32"
"""Ways of storing, as noted beside the schema version. Bytes are little-endian IEEE 754 single precision."""


def usable_form(store: Store) -> str:
    """PGVECTOR where the Python package and the server's extension are there (it is created if that is allowed)."""
    if store.dialect != "postgresql" or _pgvector_type() is None:
        return BYTES
    with store.writing() as connection:
        return PGVECTOR if _extension(connection) else BYTES


def column_type(form: str, name: str) -> TypeEngine[object] | None:
    """Column type for vectors in this form; None is bytes.

    Raises:
        StoreError: the archive `name` uses pgvector and the package is not installed.
    """
    if form != PGVECTOR:
        return None
    found = _pgvector_type()
    if found is None:
        raise StoreError(
            f"The archive {name} stores vectors with pgvector, which is not installed here.",
            "pip install 'emr-rerank[postgres]'.",
        )
    return found


def stored(vector: NDArray[np.float32], form: str) -> object:
    """One vector as its column takes it."""
    return vector if form == PGVECTOR else vector.astype("<f4").tobytes()


def loaded(values: list[object], form: str) -> NDArray[np.float32]:
    """The vectors of one record from their columns, (leaves, dimensions), float32."""
    if form == PGVECTOR:
        return np.asarray(values, dtype=np.float32)
    return np.stack([np.frombuffer(value, dtype="<f4") for value in values if isinstance(value, bytes)])


def _pgvector_type() -> TypeEngine[object] | None:
    try:
        from pgvector.sqlalchemy import VECTOR
    except ImportError:
        return None
    found: TypeEngine[object] = VECTOR()
    return found


def _extension(connection: Connection) -> bool:
    """Whether the type `vector` can be used; tries to create the extension."""
    known = text("SELECT to_regtype('vector') IS NOT NULL")
    if connection.execute(known).scalar_one():
        return True
    # Not shipped with the server, or not allowed, or somebody else was quicker: what counts is whether it is there now.
    with suppress(SQLAlchemyError), connection.begin_nested():
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
    return bool(connection.execute(known).scalar_one())
