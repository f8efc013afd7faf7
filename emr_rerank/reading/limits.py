"""What is refused before a PDF is opened, and what each refusal tells the user to do."""

import hashlib
import os
from pathlib import Path

from emr_rerank.errors import DamagedPdfError, FileTooLargeError, InputMissingError, NotAPdfError, TooManyPagesError
from emr_rerank.settings import Settings

# Acrobat looks for the marks within the first and last 1024 bytes (PDF 32000-1, notes 13 and 18 of Adobe's annex H);
# mail gateways append a little more at the end.
_HEAD = 1024
_TAIL = 2048


def load_bytes(path: Path, settings: Settings) -> bytes:
    """The bytes of a file that has the marks of a whole PDF.

    Raises:
        InputMissingError: no file there, or no right to open it.
        NotAPdfError: a folder, an empty file, or another format.
        FileTooLargeError: larger than `settings.max_file_mb`.
        DamagedPdfError: the end mark is missing: the file was cut off.
    """
    data = _read(path, settings)
    if not data:
        raise NotAPdfError(f"{path} is empty.", "Export or copy the record again.")
    if b"%PDF-" not in data[:_HEAD]:
        raise NotAPdfError(f"{path} is not a PDF.", "Give a PDF file; convert other formats to PDF first.")
    if b"%%EOF" not in data[-_TAIL:]:
        raise DamagedPdfError(f"{path} is cut off: its end is missing.", "Copy or export the file again.")
    return data


def sha256_of(data: bytes) -> str:
    """Hexadecimal SHA-256 of the file's bytes."""
    return hashlib.sha256(data).hexdigest()


def check_pages(path: Path, count: int, settings: Settings) -> None:
    """Raises TooManyPagesError for more pages than `settings.max_pages`, DamagedPdfError for none."""
    if count > settings.max_pages:
        raise TooManyPagesError(
            f"{path} has {count} pages, more than the limit of {settings.max_pages}.",
            "Split the file, or raise max_pages.",
        )
    if count < 1:
        raise DamagedPdfError(f"{path} has no pages that can be read.", "Copy or export the file again.")


def _read(path: Path, settings: Settings) -> bytes:
    try:
        if path.is_dir():
            raise NotAPdfError(f"{path} is a folder, not a PDF.", "Give one PDF file, or index the folder.")
        if not path.exists():
            raise InputMissingError(f"There is no file {path}.", "Check the path.")
        if not path.is_file():
            raise NotAPdfError(f"{path} is not a regular file.", "Give a PDF file.")
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > settings.max_file_mb * 1024 * 1024:
                raise FileTooLargeError(
                    f"{path} is {size / 1024 / 1024:.0f} MiB, more than the limit of {settings.max_file_mb} MiB.",
                    "Split the file, or raise max_file_mb.",
                )
            return file.read()
    except PermissionError:
        raise InputMissingError(f"{path} may not be opened.", "Ask for the right to read it.") from None
    except (OSError, ValueError) as error:
        raise InputMissingError(f"{path} can't be read ({type(error).__name__}).", "Check the path.") from None
