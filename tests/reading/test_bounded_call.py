"""Python code that runs away is broken off; what comes back in time is left alone."""

import subprocess
import sys
import time

import pytest

from emr_rerank.reading.bounded_call import BrokenOffError, bounded_call


def forever() -> None:
    while True:
        try:
            sum(range(100))
        except Exception:
            continue


def grows() -> None:
    widths = {}
    for code in range(2**31):
        widths[code] = 500.0


def fails() -> None:
    raise KeyError("W")


def test_what_comes_back_in_time_is_given_back() -> None:
    assert bounded_call(lambda: 42, seconds=5, growth_mb=100) == 42
    with pytest.raises(KeyError):
        bounded_call(fails, seconds=5, growth_mb=100)


def test_what_never_comes_back_is_broken_off() -> None:
    with pytest.raises(BrokenOffError):
        bounded_call(forever, seconds=0.1, growth_mb=1000)


def test_what_takes_all_memory_is_broken_off() -> None:
    began = time.monotonic()
    with pytest.raises(BrokenOffError):
        bounded_call(grows, seconds=60, growth_mb=64)
    assert time.monotonic() - began < 50


def test_nothing_is_raised_after_a_call_that_ended_just_in_time() -> None:
    for delay in (0.09, 0.1, 0.11, 0.149, 0.15):
        try:
            bounded_call(lambda: time.sleep(delay), seconds=0.1, growth_mb=1000)  # noqa: B023 - called at once
        except BrokenOffError:
            continue
        sum(range(100_000))


def test_a_traced_call_afterwards_does_not_hang() -> None:
    """A debugger or coverage traces calls; CPython 3.11 hung there once an exception had been called back."""
    lines = (
        "import sys",
        "from emr_rerank.reading.bounded_call import bounded_call",
        "bounded_call(lambda: 42, seconds=5, growth_mb=100)",
        "sys.settrace(lambda *_: None)",
        "print((lambda: 43)())",
    )
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, timeout=120)
    assert done.stdout == "43\n"
