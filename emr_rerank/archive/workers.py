"""Runs one function over many files in worker processes that may fail or die."""

import multiprocessing
import pickle
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from emr_rerank.errors import EmrRerankError

Result = TypeVar("Result")

AHEAD = 2
"""Files handed out for each worker at a time: results never pile up in memory."""


@dataclass(frozen=True)
class Failure:
    """Why a file came to nothing. The message holds no text of it."""

    message: str


def outcomes(
    files: Sequence[Path], work: Callable[[Path], Result], workers: int
) -> Generator[tuple[Path, Result | Failure], None, None]:
    """(file, result or failure) of every file, as they are done.

    Args:
        files: to be worked on.
        work: what to do with each; any exception becomes a Failure.
        workers: spawned processes; 1 works in this process.
    """
    if workers <= 1:
        yield from ((file, _attempt(work, file)) for file in files)
        return
    pickle.dumps(work)  # raises here and now, instead of once a file
    waiting, suspects = list(reversed(files)), list[Path]()
    while waiting:
        # A worker that dies takes the pool and all files handed out with it; which one killed it can't be told.
        yield from _pooled(waiting, suspects, work, workers)
        for file in suspects:
            yield file, _alone(work, file)
        suspects.clear()


def _pooled(
    waiting: list[Path], suspects: list[Path], work: Callable[[Path], Result], workers: int
) -> Iterator[tuple[Path, Result | Failure]]:
    """Works `waiting` off until it is empty or a worker dies; then `suspects` are the files that were handed out."""
    pool = _pool(min(workers, len(waiting)))
    running: dict[Future[Result | Failure], Path] = {}
    try:
        while waiting or running:
            while waiting and len(running) < workers * AHEAD:
                future = pool.submit(_attempt, work, waiting[-1])
                running[future] = waiting.pop()
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                outcome = _outcome(done)
                yield running.pop(done), outcome
    except BrokenProcessPool:
        suspects.extend(running.values())
        running.clear()
    finally:
        _end(pool, at_once=bool(running))


def _alone(work: Callable[[Path], Result], file: Path) -> Result | Failure:
    pool, finished = _pool(1), set[Future[Result | Failure]]()
    try:
        done = pool.submit(_attempt, work, file)
        finished = wait([done]).done
        return _outcome(done)
    except BrokenProcessPool:
        return Failure("The process that read it died: out of memory, or a fault in a library.")
    finally:
        _end(pool, at_once=not finished)


def _pool(workers: int) -> ProcessPoolExecutor:
    # spawn: forking a process that holds model threads or database connections can hang
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=_ignore_interrupt)


def _outcome(done: Future[Result | Failure]) -> Result | Failure:
    try:
        return done.result()
    except BrokenProcessPool:
        raise
    except Exception as error:  # the result could not be sent from worker to parent
        return _unexpected(error)


def _end(pool: ProcessPoolExecutor, at_once: bool) -> None:
    """Ends the workers; `at_once` when the batch was broken off and nobody waits for what they are reading."""
    if at_once:
        for process in list((pool._processes or {}).values()):
            process.terminate()
    pool.shutdown(wait=True, cancel_futures=True)


def _ignore_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides


def _attempt(work: Callable[[Path], Result], file: Path) -> Result | Failure:
    """The result; a failure instead of any exception, whose own text may quote the record."""
    try:
        return work(file)
    except EmrRerankError as error:
        return Failure(str(error))
    except Exception as error:
        return _unexpected(error)


def _unexpected(error: Exception) -> Failure:
    return Failure(f"Unexpected {type(error).__name__} while reading it. Please report this.")
