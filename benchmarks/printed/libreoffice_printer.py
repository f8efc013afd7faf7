"""Prints documents with LibreOffice, where it is installed: as OpenDocument, and by way of docx."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.printed.document import Document
from benchmarks.printed.flat_odt import flat_odt

_SECONDS = 600


def soffice() -> str | None:
    """The program, or None where it isn't installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def print_documents(documents: Sequence[Document], folder: Path, font: str, *, by_docx: bool = False) -> None:
    """Write `folder/NAME.pdf` for every document, in one run of the program.

    Raises:
        subprocess.SubprocessError: LibreOffice failed or took too long.
    """
    with tempfile.TemporaryDirectory() as scratch:
        sources = []
        for document in documents:
            source = Path(scratch) / f"{document.name}.fodt"
            source.write_text(flat_odt(document, font), encoding="utf-8")
            sources.append(source)
        if by_docx:
            _convert(sources, "docx", Path(scratch))
            sources = [source.with_suffix(".docx") for source in sources]
        _convert(sources, "pdf", folder)


def _convert(sources: Sequence[Path], to: str, folder: Path) -> None:
    program = soffice()
    if program is None:
        raise FileNotFoundError("soffice")
    with tempfile.TemporaryDirectory() as profile:
        command = [
            program, f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--convert-to", to,
            "--outdir", str(folder), *map(str, sources),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
