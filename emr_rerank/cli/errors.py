"""Errors become exit codes here, once. A traceback is shown only with --debug: it may hold record text."""

import functools
import sys
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import typer

from emr_rerank.errors import EmrRerankError

_debug = {"on": False}

Params = ParamSpec("Params")
Result = TypeVar("Result")


def set_debug(value: bool) -> bool:
    """Option callback of --debug."""
    _debug["on"] = _debug["on"] or value
    return value


def reports_errors(command: Callable[Params, Result]) -> Callable[Params, Result]:
    """Wraps a command: an error of ours ends in its exit code and message, any other in code 1 and its type's name."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Result:
        try:
            return command(*args, **kwargs)
        except EmrRerankError as error:
            if _debug["on"]:
                raise
            tell(error.what, error.todo)
            raise typer.Exit(error.exit_code) from None
        except typer.Exit:
            raise
        except BrokenPipeError:
            raise typer.Exit(0) from None
        except Exception as error:
            if _debug["on"]:
                raise
            tell(f"Unexpected {type(error).__name__}.", "Run again with --debug and report what it prints.")
            raise typer.Exit(1) from None

    return wrapped


def tell(what: str, todo: str) -> None:
    """Says on standard error what failed and what to do."""
    print(f"emr-rerank: {what}", file=sys.stderr)  # noqa: T201 - the edge is where text is printed
    if todo:
        print(f"  → {todo}", file=sys.stderr)  # noqa: T201 - as above
