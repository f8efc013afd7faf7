"""Breaks off Python code that takes too long or too much memory.

pdfminer trusts the numbers of a file: a range of character widths that ends at 2147483647 makes it fill a dictionary
with as many entries. A thread watches the call and raises inside it (PyThreadState_SetAsyncExc of the Python C API).
Code that does not come back to the interpreter can't be reached so.
"""

import ctypes
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")

_LOOK_S = 0.05
_TURNS = 100
_STATM = Path("/proc/self/statm")
_PAGE_BYTES = 4096


class BrokenOffError(Exception):
    """A call took more time or memory than it was given."""


class _BreakOff(BaseException):
    """Raised inside the call; not an Exception, so that the code there does not take it for one of its own."""


def bounded_call(function: Callable[[], Result], seconds: float, growth_mb: int) -> Result:
    """What the function returns.

    Args:
        function: Python code.
        seconds: how long it may run.
        growth_mb: how much the process may grow meanwhile, in MiB; looked at on Linux only.

    Raises:
        BrokenOffError: it took more.
    """
    lock, done = threading.Lock(), threading.Event()
    caller = ctypes.c_ulong(threading.get_ident())
    ends, most = time.monotonic() + seconds, _resident() + (growth_mb << 20)

    def watch() -> None:
        while not done.wait(_LOOK_S):
            if time.monotonic() > ends or _resident() > most:
                with lock:
                    if not done.is_set():
                        ctypes.pythonapi.PyThreadState_SetAsyncExc(caller, ctypes.py_object(_BreakOff))
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        try:
            return function()
        finally:
            with lock:
                done.set()
            _let_pending_arrive()
    except _BreakOff:
        raise BrokenOffError from None


def _let_pending_arrive() -> None:
    """An exception that is on its way is raised here: a thread looks for one at every turn of a loop.

    Calling it back (PyThreadState_SetAsyncExc with NULL) leaves CPython 3.11 looking for one for ever, and hangs it in
    the next call that is traced (sys.settrace: debuggers, coverage).
    """
    for _ in range(_TURNS):
        pass


def _resident() -> int:
    """Bytes of memory that the process holds; 0 where that is not known."""
    if not sys.platform.startswith("linux"):
        return 0
    return int(_STATM.read_text(encoding="ascii").split()[1]) * _PAGE_BYTES
