"""Opens a database and turns every failure of it into a StoreError.

SQLite files are made for their owner only (0600, new folders 0700): they hold patients' text. Errors never quote a
password, a statement or its parameters.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool, StaticPool

from emr_rerank.errors import StoreError
from emr_rerank.store.urls import address, masked, parse_url, sqlite_file

BUSY_S = 60.0
"""Seconds that a SQLite writer waits for another one before it gives up."""

SNAPSHOT = {"postgresql": "REPEATABLE READ", "mysql": "REPEATABLE READ", "mariadb": "REPEATABLE READ"}
"""Isolation in which all reads of one transaction see one state; SQLite's transactions always do."""


class Store:
    """A database at an SQLAlchemy URL. Usable from several threads and processes.

    Args:
        url: SQLAlchemy URL; `postgresql://` means the psycopg driver. A missing SQLite file is made.
        create: False refuses a SQLite file that is not there instead of making it.

    Raises:
        StoreError: the URL is wrong, its driver is missing, or its file can't be made.
    """

    def __init__(self, url: str, *, create: bool = True) -> None:
        self.url = parse_url(url)
        self.name = masked(self.url)
        self.file = sqlite_file(self.url)
        made = self.file is not None and _make_file(self.file, create)
        self.engine = _engine(self.url, self.name)
        if made:
            self._write_ahead()

    @property
    def dialect(self) -> str:
        """Name of the SQL dialect, e.g. 'sqlite' or 'postgresql'."""
        return self.engine.dialect.name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction in which every statement sees the same state of the data."""
        with self._failing("read"), self.engine.connect() as connection:
            if self.dialect in SNAPSHOT:
                connection.execution_options(isolation_level=SNAPSHOT[self.dialect])
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that is kept whole or not at all. On SQLite it is the only writer from its start."""
        with self._failing("written"), self.engine.connect() as connection:
            connection.execution_options(writes=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Gives all connections back."""
        self.engine.dispose()

    def _write_ahead(self) -> None:
        # Lets readers go on while a batch is written. Another process may hold the new file already: then it works
        # without, only with more waiting.
        with suppress(SQLAlchemyError, sqlite3.Error), closing(self.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA journal_mode=WAL")

    @contextmanager
    def _failing(self, verb: str) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            todo = (
                "Check that the file and its folder may be written and that no other program keeps it locked."
                if self.file is not None
                else "Check host, port, database, user and password, and that the server runs."
            )
            raise StoreError(f"The database {self.name} can't be {verb} ({_reason(error, self.url)}).", todo) from None


def same_database(one: Store, other: Store) -> bool:
    """Whether two stores are one database, as far as their addresses tell."""
    if one.file is not None and other.file is not None:
        return one.file.exists() and other.file.exists() and one.file.samefile(other.file)
    return address(one.url) == address(other.url)


def _make_file(file: Path, create: bool) -> bool:
    """Makes the file for its owner only, before SQLite would make it for everybody; True when it was not there."""
    try:
        if file.exists():
            return False
        if not create:
            raise StoreError(f"The database file {file} does not exist.", "Check the path; nothing is there yet.")
        for folder in reversed([folder for folder in file.parents if not folder.exists()]):
            folder.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return False
    except OSError as error:
        raise StoreError(
            f"The database file {file} can't be made ({error.strerror}).", "Choose a folder that you may write to."
        ) from None
    return True


def _engine(url: URL, name: str) -> Engine:
    options: dict[str, Any] = {"hide_parameters": True}
    if url.get_backend_name() == "sqlite":
        options["connect_args"] = {"timeout": BUSY_S}
        options["poolclass"] = StaticPool if sqlite_file(url) is None else NullPool
        if sqlite_file(url) is None:
            options["connect_args"]["check_same_thread"] = False
    else:
        options["pool_pre_ping"] = True
        if url.drivername == "postgresql+psycopg" and "connect_timeout" not in url.query:
            options["connect_args"] = {"connect_timeout": 10}
    try:
        engine = create_engine(url, **options)
    except NoSuchModuleError:
        raise StoreError(
            f"SQLAlchemy knows no database '{url.drivername}' (in {name}).",
            "Use sqlite:/// or postgresql://, or install the SQLAlchemy dialect.",
        ) from None
    except ImportError as error:
        todo = (
            "pip install 'emr-rerank[postgres]'." if url.get_backend_name() == "postgresql" else "Install it with pip."
        )
        raise StoreError(f"The driver {error.name or url.drivername} for {name} is not installed.", todo) from None
    except (ArgumentError, TypeError):
        raise StoreError(f"The database URL {name} has an option unknown to its driver.", "Correct it.") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
    return engine


def _on_sqlite_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late to keep other writers out
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # what is removed is overwritten: it was a patient's
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _reason(error: SQLAlchemyError, url: URL) -> str:
    """Why it failed, without statement, parameters, values or password."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    if cause is None:
        return type(error).__name__
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return f"{type(cause).__name__}, SQLSTATE {state}"
    if type(cause).__module__ != "sqlite3":  # other drivers may quote values
        return type(cause).__name__
    said = (str(cause).splitlines() or [type(cause).__name__])[0].partition(" with text ")[0]
    return said.replace(url.password, "***") if url.password else said
