"""Reads a PDF to pages: lines, tables and running matter, each with its box."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from emr_rerank.errors import DamagedPdfError, EncryptedPdfError, NoTextError
from emr_rerank.reading.confidence import with_confidence
from emr_rerank.reading.damage import check_streams
from emr_rerank.reading.labels import Labels, load_labels
from emr_rerank.reading.limits import check_pages, load_bytes, sha256_of
from emr_rerank.reading.ocr import skewed_box
from emr_rerank.reading.page_source import INSTALL_OCR, Pages, SourcedPage
from emr_rerank.reading.plumber_page import Plumber
from emr_rerank.reading.running import take_off_running
from emr_rerank.reading.slanted import part_slanted
from emr_rerank.reading.tables import NOTHING, GoingOn, find_tables
from emr_rerank.reading.words import line_of
from emr_rerank.record import BBox, Noun, Page, PageTable, PrintedLine, Warning
from emr_rerank.settings import Settings

_BROKEN_STREAMS = Warning(
    code="damaged_file",
    message="A compressed part of the file is broken: text may be missing or wrong. Copy or export the file again.",
)
_LEAST_SIDE = 1.0
"""Points. A damaged file may say that a page is no higher than a hair."""


class PagesRead(Noun):
    """The pages of one PDF, the SHA-256 of its bytes, and what could not be read faithfully."""

    pages: tuple[Page, ...]
    sha256: str
    warnings: tuple[Warning, ...] = ()


def read_pages(
    path: Path, settings: Settings, password: str | None = None, on_page: Callable[[int], None] | None = None
) -> PagesRead:
    """Read every page of a PDF. Row 0 of each table is its header; a table that goes on overleaf has it again.

    Raises:
        InputMissingError: no file at the path, or no right to open it.
        NotAPdfError: a folder, an empty file or another format.
        EncryptedPdfError: the password is missing or wrong.
        DamagedPdfError: the file is cut off or broken beyond reading.
        LimitError: over a limit of the settings; its subclasses say which.
        NoTextError: no page yields any text.
        RuleError: a rule file is wrong.
    """
    data = load_bytes(path, settings)
    labels = load_labels(settings.rules_dir)
    damaged = not check_streams(data, settings)
    pages: list[Page] = []
    warnings: list[Warning] = [_BROKEN_STREAMS] if damaged else []
    going_on = NOTHING
    for sourced in _sourced(path, data, settings, password, damaged, on_page or (lambda number: None)):
        page, going_on, more = _understood(sourced, labels, going_on)
        pages.append(page)
        warnings.extend(more)
    if not any(page.lines or page.tables or page.running for page in pages):
        raise _no_text(path, warnings)
    pages = take_off_running(pages, settings.rules_dir)
    return PagesRead(pages=tuple(pages), sha256=sha256_of(data), warnings=tuple(warnings))


def _sourced(
    path: Path, data: bytes, settings: Settings, password: str | None, damaged: bool, on_page: Callable[[int], None]
) -> Iterator[SourcedPage]:
    with closing(_open(path, data, password)) as document, closing(Plumber(data, password)) as plumber:
        check_pages(path, len(document), settings)
        pages = Pages(document, plumber, settings, lambda: _open(path, data, password), damaged=damaged)
        for number in range(1, len(document) + 1):
            on_page(number)
            yield pages.read(number)


def _open(path: Path, data: bytes, password: str | None) -> Any:
    import pypdfium2

    damaged = DamagedPdfError(f"{path} is damaged and can't be opened.", "Copy or export the file again.")
    try:
        return pypdfium2.PdfDocument(data, password=password)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) != pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise damaged from None
    except ValueError:  # a password with a character that pdfium can't take
        pass
    what = "the password is wrong" if password else "it needs a password"
    raise EncryptedPdfError(f"{path} is encrypted: {what}.", "Give the password that opens it.")


def _no_text(path: Path, warnings: list[Warning]) -> NoTextError:
    if any(warning.code == "ocr_missing" for warning in warnings):
        todo = INSTALL_OCR if INSTALL_OCR in "".join(w.message for w in warnings) else "Turn OCR on (ocr='auto')."
        return NoTextError(f"{path} is scanned: no page has a text layer.", todo)
    return NoTextError(f"No page of {path} holds text that can be read.", "Export or scan the record again.")


def _understood(page: SourcedPage, labels: Labels, going_on: GoingOn) -> tuple[Page, GoingOn, list[Warning]]:
    """The page as a noun, what may go on overleaf, and the page's warnings."""
    raw = page.raw
    level, vertical, watermark = part_slanted(raw.words)
    found = find_tables(level, raw.edges, labels, going_on)
    notes = [line_of([word]) for word in (*vertical, *found.notes)]  # in the margin: read before the page's text
    lines = [*notes, *sorted((line_of(row) for row in found.rows), key=lambda line: line.bbox[1])]
    if watermark:
        page.warn("watermark", "tilted text (a watermark or stamp) was left out.")
    noun = Page(
        number=raw.number,
        width=round(max(raw.width, _LEAST_SIDE), 2),
        height=round(max(raw.height, _LEAST_SIDE), 2),
        source=page.source,
        ocr_confidence=round(page.confidence, 4) if page.confidence is not None else None,
        lines=tuple(lines),
        tables=tuple(found.tables),
        running=tuple(line_of([word]) for word in watermark),
    )
    if page.source == "ocr":
        noun = with_confidence(noun, raw.words)
    return _as_scanned(noun, page.skew), found.going_on, page.warnings


def _as_scanned(page: Page, skew: float) -> Page:
    """The page with its boxes where they stand on the skewed scan."""
    if not skew:
        return page

    def box(level: BBox) -> BBox:
        return skewed_box(level, skew, page.width, page.height)

    def table(one: PageTable) -> PageTable:
        return one.model_copy(update={"bbox": box(one.bbox), "row_boxes": tuple(box(row) for row in one.row_boxes)})

    def line(one: PrintedLine) -> PrintedLine:
        return one.model_copy(update={"bbox": box(one.bbox)})

    lines = tuple(line(one) for one in page.lines)
    return page.model_copy(update={"lines": lines, "tables": tuple(table(one) for one in page.tables)})
