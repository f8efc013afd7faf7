"""Errors a user can act on: each says what failed, what to do, and its exit code.

Messages never hold record text, a question or a patient's name; file names are the caller's own input and may appear.
"""

from typing import ClassVar


class EmrRerankError(Exception):
    """Root of every error raised on purpose.

    Args:
        what: what failed, one sentence.
        todo: what the user can do about it, one sentence.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, todo: str = "") -> None:
        super().__init__(what, todo)
        self.what = what
        self.todo = todo

    def __str__(self) -> str:
        return f"{self.what} {self.todo}".strip()


class UsageError(EmrRerankError):
    """The call itself is wrong: an empty question, an unknown option value."""

    exit_code = 2


class RuleError(UsageError):
    """A rule file is wrong; the message names file, line and rule."""


class InputError(EmrRerankError):
    """The input can't be read."""

    exit_code = 3


class InputMissingError(InputError):
    """No file stands at the given path, or it may not be opened."""


class NotAPdfError(InputError):
    """The file is empty, a folder, or something other than a PDF."""


class DamagedPdfError(InputError):
    """The file starts as a PDF but its content is broken or cut off."""


class EncryptedPdfError(InputError):
    """The PDF needs a password that was not given or is wrong."""


class NoTextError(InputError):
    """No page of the PDF yields text (blank, or scanned with no OCR installed)."""


class LimitError(InputError):
    """The input is larger than the settings allow, or takes longer; the subclasses say in what."""


class FileTooLargeError(LimitError):
    """The file, or what a compressed part of it unpacks to, has more bytes than the settings allow."""


class TooManyPagesError(LimitError):
    """The PDF has more pages than the settings allow."""


class TooMuchTextError(LimitError):
    """The pages hold more characters than the settings allow."""


class ImageTooLargeError(LimitError):
    """A picture has more pixels than the settings allow."""


class PageTimeoutError(LimitError):
    """A page took longer than the settings allow."""


class ModelError(EmrRerankError):
    """A model can't be loaded or run."""

    exit_code = 4


class StoreError(EmrRerankError):
    """The archive or the audit journal can't be reached, read or written."""

    exit_code = 5
