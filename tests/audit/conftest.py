from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, create_engine

from emr_rerank.audit.event import AuditEvent, CitedSentence, ModelUsed
from emr_rerank.audit.journal import Journal
from emr_rerank.store.urls import parse_url

EventOf = Callable[[int], AuditEvent]


@pytest.fixture
def event_of() -> EventOf:
    """The event of an invented question, by number."""

    def make(number: int) -> AuditEvent:
        return AuditEvent(
            user="王医生",
            purpose="查房",
            record_id=f"invented-{number}",
            record_sha256="ab" * 32,
            question="肌酐较入院时有何变化？",
            status="answered",
            evidence=(CitedSentence(rank=1, score=0.1 + 0.2, start=10, end=24, page=4, section_code="lab_report"),),
            reranker=ModelUsed(name="embedded", weights_hash="sha256:01"),
            embedder=ModelUsed(name="e5", weights_hash="sha256:02"),
            rules="sha256:03",
            thresholds={"min_score": 0.65, "conflict_margin": 0.1},
        )

    return make


@pytest.fixture
def journal(store_url: str, event_of: EventOf) -> Iterator[Journal]:
    """A journal of ten events, on each kind of database."""
    with Journal(store_url) as made:
        for number in range(1, 11):
            made.append(event_of(number))
        yield made


@pytest.fixture
def behind(store_url: str) -> Callable[..., None]:
    """Runs SQL statements behind the journal's back."""

    def run(*statements: str) -> None:
        with _connection(store_url) as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    return run


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    engine = create_engine(parse_url(url))
    with engine.begin() as connection:
        yield connection
    engine.dispose()
