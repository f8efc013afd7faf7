import os
import sqlite3
import stat
import traceback
from pathlib import Path

import pytest
from sqlalchemy import MetaData, Table, text

from emr_rerank.errors import StoreError
from emr_rerank.store.database import Store, same_database
from emr_rerank.store.schema import ensure_tables
from emr_rerank.store.urls import masked, parse_url, sqlite_file

SECRET = "s3cret-word"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_new_file_and_its_new_folders_are_the_owners_only(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        store = Store(f"sqlite:///{tmp_path / 'new' / 'deeper' / 'store.sqlite'}")
        with store.writing() as connection:
            connection.execute(text("CREATE TABLE t (a)"))
            files = sorted((tmp_path / "new" / "deeper").iterdir())
            assert [file.name for file in files] == ["store.sqlite", "store.sqlite-shm", "store.sqlite-wal"]
            assert {mode(file) for file in files} == {0o600}
    finally:
        os.umask(before)
    assert mode(tmp_path / "new") == mode(tmp_path / "new" / "deeper") == 0o700


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    assert mode(tmp_path) == 0o755
    assert mode(tmp_path / "store.sqlite") == 0o600


def test_a_missing_file_is_not_made_for_reading(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        Store(f"sqlite:///{tmp_path / 'no' / 'store.sqlite'}", create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_can_not_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="can't be made") as raised:
        Store(f"sqlite:///{tmp_path / 'file' / 'store.sqlite'}")
    assert raised.value.exit_code == 5
    assert raised.value.todo


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("肌酐 " * 400)
    with pytest.raises(StoreError, match="file is not a database") as raised:
        ensure_tables(Store(f"sqlite:///{tmp_path / 'note.txt'}"), "audit", 1, MetaData(), create=True)
    assert "肌酐" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "can't be understood"),
        ("archive.sqlite", "can't be understood"),
        (f"{SECRET}://", "can't be understood"),
        (f"nosuch://user:{SECRET}@host/db", "SQLAlchemy knows no database 'nosuch'"),
        (f"postgresql+nosuch://user:{SECRET}@host/db", "SQLAlchemy knows no database"),
        (f"mysql+pymysql://user:{SECRET}@host/db", "is not installed"),
        (f"postgresql://user:{SECRET}@127.0.0.1:9/db?connect_timeout=2", "can't be read"),
        (f"postgresql://user@127.0.0.1:9/db?password={SECRET}", "can't be read"),
    ],
)
def test_a_database_that_can_not_be_reached_says_so_without_password(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as raised, Store(url).reading():
        pass
    assert raised.value.todo
    assert raised.value.__suppress_context__
    shown = "".join(traceback.format_exception(raised.value))
    if f":{SECRET}@" in url or "password=" in url:
        assert SECRET not in str(raised.value)
        assert SECRET not in shown.replace(repr(url), "")


def test_a_wrong_statement_is_told_without_its_values(store_url: str) -> None:
    store = Store(store_url)
    with store.writing() as connection:
        connection.execute(text("CREATE TABLE t (a VARCHAR(80) PRIMARY KEY)"))
    with pytest.raises(StoreError) as raised, store.writing() as connection:
        for _ in range(2):
            connection.execute(text("INSERT INTO t VALUES (:a)"), {"a": "张三肌酐108"})
    assert "张三" not in str(raised.value)
    with store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar_one() == 0
    store.close()


def test_passwords_are_masked_wherever_they_stand() -> None:
    shown = masked(
        parse_url(f"postgresql://user:{SECRET}@host/db?password={SECRET}&sslpassword={SECRET}&sslmode=require")
    )
    assert SECRET not in shown
    assert "sslmode=require" in shown


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
        ("sqlite:///file::memory:?uri=true", None),
        ("sqlite:///file:shared?mode=memory&cache=shared&uri=true", None),
        ("sqlite:///a/b.sqlite", Path("a/b.sqlite")),
        ("sqlite:////a/b.sqlite", Path("/a/b.sqlite")),
        ("sqlite:///file:/a/b%20c.sqlite?mode=ro&uri=true", Path("/a/b c.sqlite")),
        ("sqlite:///~/b.sqlite", Path.home() / "b.sqlite"),
        ("postgresql://host/db", None),
    ],
)
def test_the_file_of_a_url(url: str, file: Path | None) -> None:
    assert sqlite_file(parse_url(url)) == file


def test_one_database_is_known_by_its_file_or_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first, again, other = (
        Store(url) for url in ("sqlite:///a.sqlite", f"sqlite:///{tmp_path}/a.sqlite", "sqlite:///b")
    )
    assert same_database(first, again)
    assert not same_database(first, other)
    remote, same, elsewhere = (Store(f"postgresql://{user}@host/{db}") for user, db in ("ux", "vx", "uy"))
    assert same_database(remote, same)
    assert not same_database(remote, elsewhere)
    assert not same_database(first, remote)


def test_readers_see_one_state_while_a_writer_goes_on(store_url: str) -> None:
    store = Store(store_url)
    count = text("SELECT count(*) FROM t")
    with store.writing() as connection:
        connection.execute(text("CREATE TABLE t (a INTEGER)"))
    with store.reading() as reader:
        assert reader.execute(count).scalar_one() == 0
        with store.writing() as writer:
            writer.execute(text("INSERT INTO t VALUES (1)"))
        assert reader.execute(count).scalar_one() == 0
    with store.reading() as reader:
        assert reader.execute(count).scalar_one() == 1
    store.close()


def test_tables_of_another_version_are_refused(store_url: str) -> None:
    store = Store(store_url)
    assert ensure_tables(store, "audit", 2, MetaData(), create=True, detail="first") == "first"
    assert ensure_tables(store, "audit", 2, MetaData(), create=False, detail="ignored") == "first"
    with pytest.raises(StoreError, match="newer emr-rerank"):
        ensure_tables(store, "audit", 1, MetaData(), create=True)
    with pytest.raises(StoreError, match="older emr-rerank"):
        ensure_tables(store, "audit", 3, MetaData(), create=True)
    with pytest.raises(StoreError, match="holds no archive"):
        ensure_tables(store, "archive", 1, MetaData(), create=False)
    store.close()


def test_somebody_elses_table_is_not_used(store_url: str) -> None:
    store = Store(store_url)
    with store.writing() as connection:
        connection.execute(text("CREATE TABLE records (a INTEGER)"))
    wanted = MetaData()
    Table("records", wanted)
    with pytest.raises(StoreError, match="'records' that emr-rerank did not make"):
        ensure_tables(store, "archive", 1, wanted, create=True)
    store.close()


def test_text_that_is_no_utf8_is_not_quoted(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        connection.execute("CREATE TABLE t (a TEXT)")
        connection.execute("INSERT INTO t VALUES (CAST(x'e5bca0ff' AS TEXT))")
    with pytest.raises(StoreError) as raised, Store(f"sqlite:///{tmp_path / 'a.sqlite'}").reading() as reader:
        reader.execute(text("SELECT a FROM t")).all()
    assert "张" not in str(raised.value)
