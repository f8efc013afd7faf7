import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from emr_rerank.audit.chain import GENESIS, row_hash
from emr_rerank.audit.journal import Journal
from emr_rerank.errors import StoreError

APPENDING = """
import sys
from emr_rerank.audit.event import AuditEvent, ModelUsed
from emr_rerank.audit.journal import Journal
journal = Journal(sys.argv[1])
for number in range(int(sys.argv[2])):
    model = ModelUsed(name="m")
    journal.append(AuditEvent(user=str(number), record_id="r", question="q", status="answered", reranker=model,
                              embedder=model, rules="sha256:0"))
"""


def test_events_come_back_in_order_with_their_ids(store_url: str, event_of) -> None:
    events = [event_of(number) for number in range(3)]
    with Journal(store_url) as journal:
        ids = [journal.append(event) for event in events]
        assert list(journal.events()) == list(zip(ids, events, strict=True))
        assert journal.count() == 3
        assert len(set(ids)) == 3


def test_an_empty_journal_is_intact(store_url: str) -> None:
    with Journal(store_url) as journal:
        verification = journal.verify()
        assert (verification.ok, verification.rows, verification.head) == (True, 0, f"0:{GENESIS}")
        assert journal.head == verification.head
        assert journal.verify(expected_head=journal.head).ok


def test_the_chain_can_be_recomputed_from_the_table_alone(tmp_path: Path, event_of) -> None:
    journal = Journal(f"sqlite:///{tmp_path / 'j.sqlite'}")
    for number in range(3):
        journal.append(event_of(number))
    connection = sqlite3.connect(tmp_path / "j.sqlite")
    previous = GENESIS
    query = "SELECT sequence, event_id, event, previous_hash, hash FROM audit_events ORDER BY sequence"
    for sequence, event_id, event, before, digest in connection.execute(query):
        assert before == previous
        assert row_hash(previous, sequence, event_id, event) == digest
        previous = digest
    connection.close()
    assert journal.head == f"3:{previous}"


def test_columns_beside_the_event_can_be_queried(tmp_path: Path, event_of) -> None:
    long = event_of(1).model_copy(update={"user": "长" * 300 + "\0\ud800", "record_id": "r\0"})
    journal = Journal(f"sqlite:///{tmp_path / 'j.sqlite'}")
    journal.append(long)
    assert next(journal.events())[1] == long
    assert journal.verify().ok
    connection = sqlite3.connect(tmp_path / "j.sqlite")
    row = connection.execute("SELECT user_name, record_id, status FROM audit_events").fetchone()
    connection.close()
    assert row == ("长" * 255, "r\ufffd", "answered")


def test_odd_characters_are_kept_on_every_database(store_url: str, event_of) -> None:
    odd = event_of(1).model_copy(update={"question": "肌酐\0\n\ud800\U0001f9ea'\"%s:x", "user": "\0\ud800"})
    with Journal(store_url) as journal:
        journal.append(odd)
        assert next(journal.events())[1] == odd
        assert journal.verify().ok


def test_processes_that_append_at_once_make_one_chain(store_url: str) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])}
    command = [sys.executable, "-c", APPENDING, store_url, "15"]
    running = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) for _ in range(4)]
    for process in running:
        _, error = process.communicate(timeout=120)
        assert process.returncode == 0, error.decode()
    with Journal(store_url) as journal:
        verification = journal.verify()
        assert verification.ok, verification.problems
        assert verification.rows == journal.count() == 60
        assert [event.user for _, event in journal.events()].count("14") == 4


def test_threads_that_append_at_once_make_one_chain(store_url: str, event_of) -> None:
    with Journal(store_url) as journal, ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda number: journal.append(event_of(number)), range(40)))
        assert journal.verify().ok
        assert sorted(ids) == sorted(event_id for event_id, _ in journal.events())


def test_appending_goes_on_after_a_cut_tail_without_hiding_it(journal: Journal, behind, event_of) -> None:
    behind("DELETE FROM audit_events WHERE sequence > 8")
    journal.append(event_of(11))
    assert [(p.kind, p.sequence) for p in journal.verify().problems] == [("removed", 9)]


def test_without_its_head_row_nothing_is_appended(journal: Journal, behind, event_of) -> None:
    behind("DELETE FROM audit_head")
    with pytest.raises(StoreError, match="head row"):
        journal.append(event_of(11))
    with pytest.raises(StoreError, match="head row"):
        journal.count()


def test_a_head_turned_back_can_not_overwrite_events(journal: Journal, behind, event_of) -> None:
    behind("UPDATE audit_head SET events = 4")
    with pytest.raises(StoreError) as raised:
        journal.append(event_of(11))
    assert "肌酐" not in str(raised.value)
    assert journal.verify().rows == 10


def test_a_row_that_is_no_event_is_named_when_read(journal: Journal, behind) -> None:
    behind("UPDATE audit_events SET event = '{}' WHERE sequence = 3")
    with pytest.raises(StoreError, match="Row 3"):
        list(journal.events())


def test_reading_does_not_start_a_journal(store_url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        Journal(store_url, create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_user_who_may_only_append_can(new_postgres: Callable[[], str], event_of) -> None:
    url = new_postgres()
    Journal(url).close()
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS asker")
        connection.execute("CREATE ROLE asker LOGIN")
        connection.execute("GRANT SELECT, INSERT ON audit_events TO asker")
        connection.execute("GRANT SELECT, UPDATE ON audit_head TO asker")
        connection.execute("GRANT SELECT ON emr_rerank_schema TO asker")
    with Journal(url.replace("postgres@", "asker@")) as journal:
        journal.append(event_of(1))
        assert journal.verify().ok
        assert journal.count() == 1


def test_a_journal_in_memory_works() -> None:
    with Journal("sqlite://") as journal:
        assert journal.count() == 0
        assert journal.verify().ok
