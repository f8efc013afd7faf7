"""Tables of the archive. Sections and sentences are rows for SQL; the record itself is kept whole beside them."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeEngine

SCHEMA_VERSION = 1
PATH_SEPARATOR = " › "
"""Joins the titles of a section's path in the `path` columns."""


def _key() -> Column[str]:
    return Column("record_id", Text, ForeignKey("records.record_id", ondelete="CASCADE"), primary_key=True)


def _number(name: str) -> Column[int]:
    return Column(name, Integer, primary_key=True, autoincrement=False)


class Tables:
    """The four tables, with vectors as float32 bytes or as pgvector's `vector`; apart from them, that of token ids."""

    def __init__(self, vector: TypeEngine[object] | None = None) -> None:
        self.metadata = MetaData()
        self.records = Table(
            "records",
            self.metadata,
            Column("record_id", Text, primary_key=True),
            Column("sha256", String(64), nullable=False, index=True),
            Column("language", String(8), nullable=False),
            Column("page_count", Integer, nullable=False),
            Column("embedder", Text, nullable=False),
            Column("indexed_at", DateTime(timezone=True), nullable=False),
            Column("content", LargeBinary, nullable=False),
        )
        self.sections = Table(
            "sections",
            self.metadata,
            _key(),
            _number("position"),
            Column("parent", Integer),
            Column("leaf", Integer),
            Column("code", Text, nullable=False, index=True),
            Column("title", Text, nullable=False),
            Column("path", Text, nullable=False),
            Column("rule", Text),
            Column("date", String(32), index=True),
            Column("page_start", Integer, nullable=False),
            Column("page_end", Integer, nullable=False),
            Column("start_offset", Integer, nullable=False),
            Column("end_offset", Integer, nullable=False),
            Column("text", Text),
        )
        self.sentences = Table(
            "sentences",
            self.metadata,
            _key(),
            _number("position"),
            Column("section_code", Text, nullable=False),
            Column("path", Text, nullable=False),
            Column("page", Integer, nullable=False),
            Column("date", String(32)),
            Column("start_offset", Integer, nullable=False),
            Column("end_offset", Integer, nullable=False),
            Column("low_confidence", Boolean, nullable=False),
            Column("text", Text, nullable=False),
            Index("sentences_by_section", "section_code", "date"),
        )
        self.section_vectors = Table(
            "section_vectors",
            self.metadata,
            _key(),
            _number("leaf"),
            Column("section", Integer, nullable=False),
            Column("embedder", Text, nullable=False),
            Column("dimensions", Integer, nullable=False),
            Column("vector", vector or LargeBinary(), nullable=False),
        )
        record_id = ForeignKey(self.records.c.record_id, ondelete="CASCADE")
        self.passage_ids = Table(
            "passage_ids",
            MetaData(),  # a part of its own: see archive/passage_ids.py
            Column("record_id", Text, record_id, primary_key=True),
            Column("tokenizer", String(71), nullable=False),
            Column("ids", LargeBinary, nullable=False),
        )
