"""PDF → Record, the one verb of this room."""

from collections.abc import Callable
from pathlib import Path

from emr_rerank.record import Record
from emr_rerank.settings import Settings


def read_record(
    path: Path | str,
    settings: Settings | None = None,
    *,
    password: str | None = None,
    record_id: str | None = None,
    on_page: Callable[[int], None] | None = None,
) -> Record:
    """Read one inpatient record.

    Args:
        path: the PDF.
        settings: limits, OCR and rule folder; the defaults when None.
        password: of an encrypted PDF.
        record_id: the record's name; the file's name without its ending when None.
        on_page: called with the number of each page before it is read.

    A page that takes longer than `settings.max_page_seconds` raises once the library that reads it comes back. What
    never comes back can be ended only from outside: the command line and its index workers do so.

    Raises:
        InputError: the file can't be read, or is over a limit of the settings; its subclasses say why.
        RuleError: a rule file is wrong.
    """
    from emr_rerank.reading.build import build_record
    from emr_rerank.reading.pages import read_pages

    settings = settings or Settings()
    path = Path(path)
    return build_record(record_id or path.stem, read_pages(path, settings, password, on_page), settings.rules_dir)
