"""Ends the program when reading hangs: no exception reaches into a library that never comes back."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from emr_rerank.cli.errors import tell
from emr_rerank.errors import PageTimeoutError
from emr_rerank.reading.page_clock import page_timeout

# the reader itself gets this much longer to come back and raise
_GRACE_S = 1.0


@contextmanager
def ended_when_hanging(seconds: float) -> Iterator[Callable[[int], None]]:
    """Gives what to call with the number of each page; a page that takes longer than `seconds` ends the process.

    The message goes to standard error and the exit code is that of PageTimeoutError. Nothing has been written by then:
    the record is read before archive and journal are opened.
    """
    at = [0, time.monotonic()]
    done = threading.Event()

    def watch() -> None:
        left = seconds + _GRACE_S
        while not done.wait(left):
            left = at[1] + seconds + _GRACE_S - time.monotonic()
            if left <= 0:
                error = page_timeout(int(at[0]), seconds)
                tell(error.what, error.todo)
                sys.stderr.flush()
                os._exit(PageTimeoutError.exit_code)

    def on_page(number: int) -> None:
        at[:] = number, time.monotonic()

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield on_page
    finally:
        done.set()
