"""Options that several commands share, each readable from the environment too."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from emr_rerank.cli.errors import set_debug
from emr_rerank.errors import UsageError
from emr_rerank.settings import Settings

LIMITS = ("max_pages", "max_file_mb", "max_unpacked_mb", "max_characters", "max_image_mpx", "max_page_seconds")

Debug = Annotated[
    bool,
    typer.Option("--debug", callback=set_debug, help="Show tracebacks; they may hold record text.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text for people.")]
Rules = Annotated[
    Path | None,
    typer.Option("--rules", envvar="EMR_RERANK_RULES", help="Folder of your hospital's own rule files."),
]
Password = Annotated[
    str | None, typer.Option("--password", envvar="EMR_RERANK_PASSWORD", help="Password of an encrypted PDF.")
]
Ocr = Annotated[
    str | None, typer.Option("--ocr", help="auto reads scanned pages where OCR is installed; never leaves them out.")
]
Limits = Annotated[
    list[str] | None,
    typer.Option("--limit", metavar="NAME=VALUE", help=f"Set a limit of reading, repeatable: {', '.join(LIMITS)}."),
]
ArchiveUrl = Annotated[
    str | None,
    typer.Option("--archive", envvar="EMR_RERANK_ARCHIVE", help="SQLAlchemy URL of the archive."),
]
JournalUrl = Annotated[
    str | None,
    typer.Option("--journal", envvar="EMR_RERANK_JOURNAL", help="SQLAlchemy URL of the audit journal."),
]
Reranker = Annotated[
    str,
    typer.Option("--reranker", envvar="EMR_RERANK_RERANKER", help="'embedded', a hub name or a local folder (bge)."),
]
Calibration = Annotated[
    Path | None,
    typer.Option("--calibration", envvar="EMR_RERANK_CALIBRATION", help="File that `calibrate --out` wrote."),
]
Embedder = Annotated[
    str,
    typer.Option("--embedder", envvar="EMR_RERANK_EMBEDDER", help="'embedded', a hub name or a local folder (bge-m3)."),
]
Device = Annotated[str, typer.Option("--device", envvar="EMR_RERANK_DEVICE", help="auto, cpu or cuda (bge models).")]
Offline = Annotated[
    bool, typer.Option("--offline", envvar="EMR_RERANK_OFFLINE", help="Never ask a model hub; models must be local.")
]
User = Annotated[str, typer.Option("--user", envvar="EMR_RERANK_USER", help="Who asks; default: the login name.")]
Purpose = Annotated[str, typer.Option("--purpose", envvar="EMR_RERANK_PURPOSE", help="Why, for the audit journal.")]


ENVIRONMENT_ONLY = ("engine", "precision", "batch_tokens", "gpus")
"""Settings of bge models that belong to a machine, not to a call: EMR_RERANK_ENGINE and so on."""


def build_settings(limits: list[str] | None = None, **given: Any) -> Settings:
    """Settings from the options that were given (None leaves the default) and from the NAME=VALUE of --limit.

    Raises:
        UsageError: a value is out of its range, or there is no such limit.
    """
    chosen = {name: value for name, value in given.items() if value is not None} | dict(map(_limit, limits or ()))
    try:
        return Settings(**_of_environment(), **chosen)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        raise UsageError(
            f"{_source(str(problem['loc'][0]))}: {problem['msg']}.", "See --help for what it takes."
        ) from None


def _of_environment() -> dict[str, str]:
    return {name: os.environ[_variable(name)] for name in ENVIRONMENT_ONLY if os.environ.get(_variable(name))}


def _source(name: str) -> str:
    """Where the user set a setting."""
    if name in LIMITS:
        return f"--limit {name}"
    return _variable(name) if name in ENVIRONMENT_ONLY else "--" + name.replace("_", "-")


def _variable(setting: str) -> str:
    return "EMR_RERANK_" + setting.upper()


def _limit(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    if name not in LIMITS or not value:
        raise UsageError(f"--limit {text}: not a limit.", f"Give NAME=VALUE; the names are {', '.join(LIMITS)}.")
    return name, value
