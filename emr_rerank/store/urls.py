"""Database URLs: understood, shown without passwords, compared."""

from pathlib import Path
from urllib.parse import unquote

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from emr_rerank.errors import StoreError


def parse_url(url: str) -> URL:
    """The URL, with the driver named that this program uses for PostgreSQL.

    Raises:
        StoreError: it is no SQLAlchemy URL (the text is not repeated: it may hold a password).
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError(
            "The database URL can't be understood.",
            "Write it as sqlite:///folder/file.sqlite or postgresql://user@host/database.",
        ) from None
    if parsed.drivername in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite" and (parsed.database or "").startswith("~"):
        return parsed.set(database=str(Path(parsed.database or "").expanduser()))
    return parsed


def masked(url: URL) -> str:
    """The URL as it may be shown: passwords as ***, in the query too."""
    query = {key: "***" if "pass" in key.lower() or "key" in key.lower() else value for key, value in url.query.items()}
    return url.set(query=query).render_as_string(hide_password=True)


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite URL; None for one in memory and for other databases."""
    database = url.database or ""
    if url.get_backend_name() != "sqlite" or database in ("", ":memory:"):
        return None
    if database.startswith("file:"):
        database = unquote(database.removeprefix("file:").partition("?")[0])
        if url.query.get("mode") == "memory" or database in ("", ":memory:"):
            return None
    return Path(database)


def address(url: URL) -> tuple[object, ...]:
    """Backend, host, port and database: equal for two URLs that lead to one database."""
    return url.get_backend_name(), url.host or url.query.get("host"), url.port or url.query.get("port"), url.database
