"""Options that several commands share, each readable from the environment too."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from emr_rerank.cli.errors import set_debug
from emr_rerank.errors import UsageError
from emr_rerank.settings import Settings

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
MaxPages = Annotated[int | None, typer.Option("--max-pages", help="A PDF with more pages is refused.")]
MaxFileMb = Annotated[int | None, typer.Option("--max-file-mb", help="A larger file is refused (MiB).")]
MaxCharacters = Annotated[int | None, typer.Option("--max-characters", help="A PDF with more text is refused.")]
MaxImageMpx = Annotated[
    int | None, typer.Option("--max-image-mpx", help="A scan with a larger picture is refused (million pixels).")
]
MaxPageSeconds = Annotated[
    float | None, typer.Option("--max-page-seconds", help="Reading ends when one page takes longer.")
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


def build_settings(**given: Any) -> Settings:
    """Settings from the options that were given (None leaves the default).

    Raises:
        UsageError: a value is out of its range.
    """
    try:
        return Settings(**_of_environment(), **{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        name = str(problem["loc"][0])
        option = _variable(name) if name in ENVIRONMENT_ONLY else "--" + name.replace("_", "-")
        raise UsageError(f"{option}: {problem['msg']}.", "See --help for what it takes.") from None


def _of_environment() -> dict[str, str]:
    return {name: os.environ[_variable(name)] for name in ENVIRONMENT_ONLY if os.environ.get(_variable(name))}


def _variable(setting: str) -> str:
    return "EMR_RERANK_" + setting.upper()
