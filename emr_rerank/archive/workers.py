"""Runs one function over many files in worker processes that may fail, die or hang.

Every worker has one file at a time and says which page it is at. One that dies, or stays at a page for too long, costs
its own file and nothing else: it is ended and another takes its place.
"""

import multiprocessing
import os
import pickle
import signal
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, TypeVar

from emr_rerank.errors import EmrRerankError, UsageError

Result = TypeVar("Result")

Tell = Callable[[int | None], None]
"""Given to the work: called with the number of the page it begins (0 before the first), with None after the last."""

Work = Callable[[Path, Tell], Result]

# spawn: forking a process that holds model threads or database connections can hang
_CONTEXT = multiprocessing.get_context("spawn")

_NO_WORKERS = "Worker processes can't be started."


@dataclass(frozen=True)
class Failure:
    """Why a file came to nothing. The message holds no text of it."""

    message: str


def outcomes(
    files: Sequence[Path], work: Work[Result], workers: int, page_seconds: float
) -> Generator[tuple[Path, Result | Failure], None, None]:
    """(file, result or failure) of every file, as they are done.

    Args:
        files: to be worked on.
        work: what to do with each, picklable; any exception becomes a Failure.
        workers: how many processes.
        page_seconds: a worker that tells nothing for as long is ended; after it told None it may take any time.

    Raises:
        UsageError: worker processes can't be started.
    """
    pickle.dumps(work)  # raises here and now, instead of once a file
    waiting = list(reversed(files))
    team: list[_Worker] = []
    began = False
    try:
        while waiting or team:
            while waiting and len(team) < workers:
                team.append(_Worker(work, max(1, (os.cpu_count() or 1) // workers)))
                team[-1].hand(waiting.pop())
            ready = wait([worker.connection for worker in team], timeout=_patience(team, page_seconds))
            for worker in list(team):
                heard = worker.connection in ready or worker.connection.poll()
                done = worker.listen() if heard else worker.overdue(page_seconds)
                began |= worker.began
                if not began and not worker.usable:
                    raise UsageError(_NO_WORKERS, "A script that indexes must do so under: if __name__ == '__main__'.")
                if done is None:
                    continue
                file = worker.file
                if worker.usable and waiting:
                    worker.hand(waiting.pop())
                else:
                    team.remove(worker)
                    worker.end()
                yield file, done
    finally:
        for worker in team:
            worker.end()


class _Worker:
    """A process and the file it is at."""

    def __init__(self, work: Callable[..., Any], threads: int) -> None:
        self.connection, other = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(other, work, threads), daemon=True)
        self._process.start()
        other.close()
        self.file = Path()
        self.usable = True
        self.began = False
        self._page: int | None = None
        self._heard = 0.0

    def hand(self, file: Path) -> None:
        """Give it a file; its time runs from the moment it takes it."""
        self.file, self._page = file, None
        with suppress(OSError):  # it died while idle: the next look at the connection finds that
            self.connection.send(file)

    def listen(self) -> Any:
        """Its result, or a Failure when it died; None when it only told of a page."""
        try:
            told, content = self.connection.recv()
        except (EOFError, OSError):
            self.usable = False
            return Failure("The process that read it died: out of memory, or a fault in a library.")
        except Exception as error:  # what it sent can't be put together again here
            told, content = "done", _unexpected(error)
        self.began = True
        if told == "page":
            self._page, self._heard = content, time.monotonic()
            return None
        return content

    def time_left(self, page_seconds: float) -> float:
        """Seconds that it may still stay where it is."""
        return float("inf") if self._page is None else self._heard + page_seconds - time.monotonic()

    def overdue(self, page_seconds: float) -> Failure | None:
        """A Failure when it has stayed at one page for too long."""
        if self.time_left(page_seconds) > 0:
            return None
        self.usable = False
        where = f"Page {self._page}" if self._page else "Opening it"
        return Failure(
            f"{where} took longer than the limit of {page_seconds:g} s; the process that read it was ended. "
            "Export or scan the record again, or raise max_page_seconds."
        )

    def end(self) -> None:
        """End the process. It holds nothing that needs an orderly end: only the parent writes."""
        self.connection.close()
        self._process.kill()
        self._process.join()
        self._process.close()


def _patience(team: Sequence[_Worker], page_seconds: float) -> float | None:
    left = min((worker.time_left(page_seconds) for worker in team), default=float("inf"))
    return None if left == float("inf") else max(0.0, left)


def _serve(connection: "Connection[Any, Any]", work: Work[Any], threads: int) -> None:
    """What a worker does until nobody hands it files any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))

    def tell(page: int | None) -> None:
        connection.send(("page", page))

    with suppress(EOFError, OSError):
        while True:
            file = connection.recv()
            tell(0)
            done = _attempt(work, file, tell)
            try:
                connection.send(("done", done))
            except Exception as error:  # the result can't be sent
                connection.send(("done", _unexpected(error)))


def _attempt(work: Work[Result], file: Path, tell: Tell) -> Result | Failure:
    """The result; a failure instead of any exception, whose own text may quote the record."""
    try:
        return work(file, tell)
    except EmrRerankError as error:
        return Failure(str(error))
    except Exception as error:
        return _unexpected(error)


def _unexpected(error: Exception) -> Failure:
    return Failure(f"Unexpected {type(error).__name__} while reading it. Please report this.")
