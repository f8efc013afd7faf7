"""Words, ruling lines and images of one page, read with pdfium. Every handle is closed again."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from emr_rerank.reading.drawings import read_drawings
from emr_rerank.reading.letters import Letters, words_of
from emr_rerank.reading.pdfium_fonts import no_han_substitutes
from emr_rerank.reading.pdfium_text import read_letters, style_reader
from emr_rerank.reading.rawpage import RawPage
from emr_rerank.reading.slanted import main_direction
from emr_rerank.reading.words import Word


@dataclass(frozen=True, slots=True)
class Frame:
    """The page as it is looked at: its box in user space and how far it is turned (clockwise, degrees)."""

    left: float
    bottom: float
    right: float
    top: float
    turned: int

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """A user-space box as (x0, top, x1, bottom) from the top left of the page as looked at."""
        if self.turned == 0:
            return left - self.left, self.top - top, right - self.left, self.top - bottom
        if self.turned == 90:
            return bottom - self.bottom, left - self.left, top - self.bottom, right - self.left
        if self.turned == 180:
            return self.right - right, bottom - self.bottom, self.right - left, top - self.bottom
        return self.top - top, self.right - right, self.top - bottom, self.right - left

    def boxes(self, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same for n × 4 boxes at once."""
        # `box` only adds and subtracts, so columns do as well as single numbers; its annotation names the latter
        return np.column_stack(self.box(boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3]))  # type: ignore[arg-type]

    @property
    def size(self) -> tuple[float, float]:
        """(width, height) as looked at, in points."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.turned in (90, 270) else (width, height)


def read_pdfium_page(document: Any, number: int, turn: int = 0) -> RawPage:
    """Read page `number` (from 1) of an open pypdfium2.PdfDocument.

    The page is turned clockwise by `turn` degrees more than it says itself, and further until its text is level.
    """
    with no_han_substitutes():
        return _read(document, number, turn)


def _read(document: Any, number: int, turn: int) -> RawPage:
    page = document[number - 1]
    try:
        frame = _frame(page, turn)
        text_page = page.get_textpage()
        try:
            layer = read_letters(text_page.raw)
            words, outside = _words(text_page.raw, layer.letters, frame)
            direction = main_direction(words)
            if direction:
                frame = _frame(page, turn + direction)
                words, outside = _words(text_page.raw, layer.letters, frame)
        finally:
            text_page.close()
        width, height = frame.size
        raw = RawPage(number, width, height, words, garbled=layer.garbled, outside=outside)
        raw.edges, raw.image_share, raw.objects = read_drawings(page.raw, frame.box, width * height)
        return raw
    finally:
        page.close()


def _frame(page: Any, turn: int) -> Frame:
    box = pdfium.FS_RECTF()
    if not pdfium.FPDF_GetPageBoundingBox(page.raw, box):
        return Frame(0.0, 0.0, page.get_width(), page.get_height(), turn % 360)
    return Frame(box.left, box.bottom, box.right, box.top, (page.get_rotation() + turn) % 360)


def _words(text_page: Any, letters: Letters, frame: Frame) -> tuple[list[Word], int]:
    """The words on the page, and how many letters lie outside it by their middle."""
    width, height = frame.size
    boxes = frame.boxes(letters.boxes)
    across, down = boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]
    seen = (across > 0) & (across < 2 * width) & (down > 0) & (down < 2 * height)
    placed = Letters(letters.codes, boxes, letters.numbers, letters.spaced, letters.guessed)
    words = words_of(placed.chosen(seen), style_reader(text_page, frame.turned))
    return words, len(letters.codes) - int(seen.sum())
