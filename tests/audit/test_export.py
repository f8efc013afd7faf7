from collections.abc import Callable
from pathlib import Path

import pytest

from emr_rerank.audit import export
from emr_rerank.audit.journal import Journal
from emr_rerank.errors import StoreError


@pytest.fixture(params=["sqlite", "postgresql"])
def target_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'export' / 'target.sqlite'}"
    url: str = request.getfixturevalue("new_postgres")()
    return url


def test_export_copies_everything_and_no_doubles(journal: Journal, target_url: str, event_of) -> None:
    assert journal.export(target_url) == 10
    assert journal.export(target_url) == 0
    journal.append(event_of(11))
    assert journal.export(target_url) == 1
    with Journal(target_url, create=False) as target:
        assert list(target.events()) == list(journal.events())
        assert target.head == journal.head
        assert target.verify().ok


def test_export_works_in_batches(journal: Journal, target_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "BATCH_ROWS", 3)
    assert journal.export(target_url) == 10
    with Journal(target_url) as target:
        assert target.verify().ok
        assert target.head == journal.head


def test_a_target_with_another_chain_is_refused_and_the_row_named(journal: Journal, target_url: str, event_of) -> None:
    journal.export(target_url)
    with Journal(target_url) as target:
        event_id = target.append(event_of(99))
        journal.append(event_of(11))
        with pytest.raises(StoreError, match=f"row 11 .event {event_id}"):
            journal.export(target_url)
        assert target.count() == 11


def test_a_target_that_was_tampered_with_is_refused(journal: Journal, tmp_path: Path, event_of) -> None:
    import sqlite3

    file = tmp_path / "target.sqlite"
    journal.export(f"sqlite:///{file}")
    journal.append(event_of(11))
    with sqlite3.connect(file) as connection:
        connection.execute("DELETE FROM audit_events WHERE sequence = 10")
    with pytest.raises(StoreError, match="row 10"):
        journal.export(f"sqlite:///{file}")


def test_a_broken_source_is_not_copied(journal: Journal, target_url: str, behind: Callable[..., None]) -> None:
    behind("UPDATE audit_events SET event = replace(event, 'answered', 'denied') WHERE sequence = 4")
    with pytest.raises(StoreError, match="row 4"):
        journal.export(target_url)
    with Journal(target_url) as target:
        assert target.count() == 0


def test_a_target_ahead_of_its_source_is_refused(
    journal: Journal, target_url: str, behind: Callable[..., None]
) -> None:
    journal.export(target_url)
    behind("DELETE FROM audit_events WHERE sequence > 7", "UPDATE audit_head SET events = 7")
    with pytest.raises(StoreError, match="row 8"):
        journal.export(target_url)


def test_export_to_itself_is_refused(journal: Journal, store_url: str, tmp_path: Path) -> None:
    urls = [store_url]
    if store_url.startswith("sqlite"):
        link = tmp_path / "link.sqlite"
        link.symlink_to(tmp_path / "store.sqlite")
        urls.append(f"sqlite:///{link}")
    for url in urls:
        with pytest.raises(StoreError, match="itself"):
            journal.export(url)
