"""One console for people: colour on a terminal, none in a pipe, and wide enough there not to fold the evidence."""

import json
import shutil
import sys
from typing import Any

from rich.console import Console


def console() -> Console:
    """A console on standard output."""
    width = None if sys.stdout.isatty() else max(shutil.get_terminal_size((120, 40)).columns, 120)
    return Console(width=width, highlight=False)


def progress_console() -> Console:
    """A console on standard error, where progress and warnings go."""
    return Console(stderr=True, highlight=False)


def print_json(data: Any, *, indent: int | None = 2) -> None:
    """One JSON document on standard output, UTF-8, no escapes of Chinese characters."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=indent) + "\n")
    sys.stdout.flush()
