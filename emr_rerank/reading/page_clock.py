"""How long a page may take.

The checks between the stages of a page end what is slow. What hangs inside a library can only be ended from outside:
whoever starts a process for it gets told of each page (`on_page` of `read_record`) and ends it when the time is up.
"""

import time

from emr_rerank.errors import PageTimeoutError


def page_timeout(number: int, seconds: float) -> PageTimeoutError:
    """The error that says page `number` (0: before the first) took longer than the settings allow."""
    what = f"Page {number}" if number else "Opening the file"
    return PageTimeoutError(
        f"{what} took longer than the limit of {seconds:g} s.",
        "Export or scan the record again, or raise max_page_seconds.",
    )


class PageClock:
    """Started for each page, asked between its stages."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._number = 0
        self._began = time.monotonic()

    def start(self, number: int) -> None:
        """Begin with page `number`."""
        self._number, self._began = number, time.monotonic()

    def check(self) -> None:
        """Raises PageTimeoutError when the time for the page is up."""
        if time.monotonic() - self._began > self._seconds:
            raise page_timeout(self._number, self._seconds)
