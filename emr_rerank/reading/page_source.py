"""Decides page by page where text comes from: the text layer, pdfplumber for damaged pages, OCR for scanned ones."""

import logging
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from emr_rerank.errors import EmrRerankError, TooMuchTextError
from emr_rerank.reading.bounded_call import BrokenOffError, bounded_call
from emr_rerank.reading.ocr import OcrReading, read_scan
from emr_rerank.reading.page_clock import PageClock
from emr_rerank.reading.plumber_page import Plumber
from emr_rerank.reading.rawpage import RawPage
from emr_rerank.reading.recognition import ocr_installed
from emr_rerank.reading.slanted import main_direction
from emr_rerank.record import PageSource, Warning
from emr_rerank.settings import Settings

# What it can't read it logs, and that may be record text.
for _library in ("pdfminer", "pdfplumber"):
    logging.getLogger(_library).setLevel(logging.CRITICAL + 1)

INSTALL_OCR = "Install OCR with: pip install 'emr-rerank[ocr]'."

_LARGE_IMAGE = 0.5
_PICTURE = 0.15  # a logo, a stamp or a signature stays below
# A scan may carry a printed page number, a stamp or a header over it.
_FEW_CHARACTERS = 200
_SURELY_SCANNED = 40
_GARBLED = 0.02
_MIN_CONFIDENCE = 0.8
_MORE_TEXT = 1.2
_PLUMBER_SECONDS = 20.0  # a full page takes a tenth of a second
_PLUMBER_MB = 512


@dataclass(slots=True)
class SourcedPage:
    """A page, where its text came from, and what was wrong with it. `skew` is in degrees, for scans."""

    raw: RawPage
    source: PageSource = "text"
    confidence: float | None = None
    skew: float = 0.0
    warnings: list[Warning] = field(default_factory=list)

    def warn(self, code: str, message: str) -> None:
        """Add a warning about this page."""
        self.warnings.append(Warning(code=code, page=self.raw.number, message=f"Page {self.raw.number}: {message}"))


class Pages:
    """The pages of an open pypdfium2.PdfDocument, read one at a time.

    `reopen` opens the file anew for pictures of its pages: the document that text is read from has no substitutes for
    Chinese fonts, and keeps the fonts that it once loaded.
    """

    def __init__(
        self, document: Any, plumber: Plumber, settings: Settings, reopen: Callable[[], Any], *, damaged: bool
    ) -> None:
        self._document = document
        self._reopen = reopen
        self._plumber = plumber
        self._settings = settings
        self._damaged = damaged
        self._clock = PageClock(settings.max_page_seconds)
        self._characters = 0
        self._ran_away = False

    def read(self, number: int) -> SourcedPage:
        """Page `number`, from 1. What can't be read comes back empty, with a warning.

        Raises:
            TooMuchTextError, ImageTooLargeError, PageTimeoutError: over a limit of the settings.
            RuleError: a rule file is wrong.
        """
        self._clock.start(number)
        page = self._text_layer(number)
        raw = page.raw
        self._count(raw.characters)
        scanned = raw.image_share > _LARGE_IMAGE and raw.characters < _FEW_CHARACTERS
        drawn = raw.characters == 0 and raw.objects > 0
        garbled = raw.garbled > _GARBLED
        if raw.outside:
            page.warn("outside_page", f"{raw.outside} characters are printed beyond its edges and were left out.")
        if garbled:
            page.warn("garbled_text", "its text layer is garbled and was left out.")
            raw.words = []
        if scanned or drawn or garbled:
            self._read_image(page)
        elif _PICTURE < raw.image_share <= _LARGE_IMAGE:
            page.warn("picture_not_read", f"pictures cover {raw.image_share:.0%} of it; text in them was not read.")
        self._clock.check()
        return page

    def _count(self, characters: int) -> None:
        self._characters += characters
        if self._characters > self._settings.max_characters:
            raise TooMuchTextError(
                f"The pages hold more than the limit of {self._settings.max_characters} characters.",
                "Split the file, or raise max_characters.",
            )

    def _text_layer(self, number: int) -> SourcedPage:
        page = SourcedPage(RawPage(number, 595.0, 842.0))
        try:
            page.raw = self._upright(number)
        except Exception as error:  # pdfium wraps C code: whatever a broken page sets off ends here
            page.warn("damaged_page", f"pdfium could not read it ({type(error).__name__}).")
            self._try_plumber(page)
            return page
        if (page.raw.characters == 0 and page.raw.image_share <= _LARGE_IMAGE) or self._damaged:
            self._try_plumber(page)
        return page

    def _upright(self, number: int) -> RawPage:
        from emr_rerank.reading.pdfium_page import read_pdfium_page

        raw = read_pdfium_page(self._document, number)
        turn = main_direction(raw.words)
        return read_pdfium_page(self._document, number, turn) if turn else raw

    def _try_plumber(self, page: SourcedPage) -> None:
        """Take pdfplumber's reading of a page where it finds clearly more text; warn of content that gave none."""
        self._clock.check()
        if self._ran_away:  # once is enough: the same fonts are on every page
            return
        number = page.raw.number
        try:
            other, broken = bounded_call(lambda: self._plumber.read(number), _PLUMBER_SECONDS, _PLUMBER_MB)
        except BrokenOffError:
            self._ran_away = True
            page.warn("damaged_page", "its content is damaged and made the second reader run away.")
            return
        except Exception as error:  # pdfminer raises many kinds of error on broken files; the page stays as it was
            if page.raw.characters == 0:
                page.warn("damaged_page", f"its content is damaged ({type(error).__name__}).")
            return
        if other.characters > _MORE_TEXT * page.raw.characters:
            page.raw = other
            page.warn("damaged_page", "it is damaged; its text was read another way and may be incomplete.")
        elif broken and page.raw.characters == 0:
            page.warn("damaged_page", "its content is damaged: there is text in it that can't be read.")

    def _read_image(self, page: SourcedPage) -> None:
        own = page.raw.characters
        if self._settings.ocr == "never" or not ocr_installed():
            reason = "OCR is turned off." if self._settings.ocr == "never" else INSTALL_OCR
            page.warn("ocr_missing", f"it can only be read by OCR and was not read. {reason}")
            return
        self._clock.check()
        try:
            with closing(self._reopen()) as document:
                reading = read_scan(document, page.raw.number, self._settings)
        except EmrRerankError:
            raise
        except Exception as error:  # rendering and recognition are C++ code behind three libraries
            page.warn("unreadable_page", f"OCR failed ({type(error).__name__}).")
            return
        if not reading.words:
            if not own:
                page.warn("unreadable_page", "it holds pictures or drawings but no text that can be read.")
            return
        if own >= _SURELY_SCANNED and sum(len(word.text) for word in reading.words) < 1.5 * own:
            return
        _take_over(page, reading)


def _take_over(page: SourcedPage, reading: OcrReading) -> None:
    """Put what OCR read in the place of the text layer."""
    page.raw.words, page.raw.edges = reading.words, reading.edges
    page.raw.width, page.raw.height = reading.size
    page.source, page.confidence, page.skew = "ocr", reading.confidence, reading.skew
    if reading.turned:
        page.warn(
            "page_turned",
            f"it was scanned turned and was set upright; its boxes are those of the page turned "
            f"by {reading.turned} degrees.",
        )
    if reading.confidence is not None and reading.confidence < _MIN_CONFIDENCE:
        page.warn("ocr_uncertain", f"OCR is only {reading.confidence:.0%} sure of its text.")
