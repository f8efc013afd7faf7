"""Prints documents with headless Chromium, where it is installed."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.printed.document import Document
from benchmarks.printed.html import html_of

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_SECONDS = 120


def chromium() -> str | None:
    """The program, or None where it isn't installed."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def print_document(document: Document, path: Path, font: str) -> None:
    """Write one document as PDF.

    Raises:
        subprocess.SubprocessError: Chromium failed or took too long.
    """
    program = chromium()
    if program is None:
        raise FileNotFoundError("chromium")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(html_of(document, font), encoding="utf-8")
        command = [
            program, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
            f"--user-data-dir={folder}/profile", f"--print-to-pdf={path}", page.as_uri(),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
