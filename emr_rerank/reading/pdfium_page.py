"""Words, ruling lines and images of one page, read with pdfium.

One FPDFText_GetText a page and one FPDFText_GetLooseCharBox a character; font size, weight and angle once a word.
pdfium gives characters in the order of the content stream; whoever uses the words sorts them by their boxes.
"""

import ctypes
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

from emr_rerank.reading.characters import garbled_share
from emr_rerank.reading.drawings import read_drawings
from emr_rerank.reading.rawpage import RawPage
from emr_rerank.reading.words import Glyph, Style, build_words

BOLD_WEIGHT = 600  # usWeightClass of OpenType: 600 is semi-bold
_BOLD_NAMES = ("bold", "heavy", "black", "simhei", "stheiti", "黑体")
_FORCE_BOLD = 1 << 18  # font descriptor flag 19, PDF 32000-1 table 123
_UNMAPPED_SAMPLE = 200


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

    @property
    def size(self) -> tuple[float, float]:
        """(width, height) as looked at, in points."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.turned in (90, 270) else (width, height)


def read_pdfium_page(document: Any, number: int, turn: int = 0) -> RawPage:
    """Read page `number` (from 1) of an open pypdfium2.PdfDocument; every handle is closed again.

    The page is turned clockwise by `turn` degrees more than it says itself.
    """
    page = document[number - 1]
    try:
        frame = _frame(page, turn)
        width, height = frame.size
        text_page = page.get_textpage()
        try:
            outside: list[int] = []
            words, text, unmapped = _read_text(text_page.raw, frame, outside)
        finally:
            text_page.close()
        raw = RawPage(number, width, height, words, garbled=max(garbled_share(text), unmapped), outside=len(outside))
        raw.edges, raw.image_share, raw.objects = read_drawings(page.raw, frame.box, width * height)
        return raw
    finally:
        page.close()


def _frame(page: Any, turn: int) -> Frame:
    box = pdfium.FS_RECTF()
    if not pdfium.FPDF_GetPageBoundingBox(page.raw, box):
        return Frame(0.0, 0.0, page.get_width(), page.get_height(), turn)
    return Frame(box.left, box.bottom, box.right, box.top, (page.get_rotation() + turn) % 360)


def _read_text(text_page: Any, frame: Frame, outside: list[int]) -> tuple[list[Any], str, float]:
    count = pdfium.FPDFText_CountChars(text_page)
    if count <= 0:
        return [], "", 0.0
    characters = _characters(text_page, count)
    words = build_words(_glyphs(text_page, characters, frame, outside), _style_reader(text_page, frame.turned))
    step = max(1, count // _UNMAPPED_SAMPLE)
    sample = range(0, count, step)
    unmapped = sum(pdfium.FPDFText_HasUnicodeMapError(text_page, index) == 1 for index in sample) / len(sample)
    # a few unmapped bullets and ticks are normal; the limit for a garbled page is 5 % of these, 2 % of the others
    return words, "".join(characters), unmapped * 0.4


def _characters(text_page: Any, count: int) -> list[str]:
    """One string a character index: text index and character index differ when the lengths do."""
    buffer = ctypes.create_string_buffer((count + 1) * 2)
    written = pdfium.FPDFText_GetText(text_page, 0, count, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)))
    text = buffer.raw[: max(0, written - 1) * 2].decode("utf-16-le", errors="replace")
    if len(text) == count and written - 1 == count:
        return list(text)
    codes = (pdfium.FPDFText_GetUnicode(text_page, index) for index in range(count))
    return [chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " " for code in codes]


def _glyphs(text_page: Any, characters: list[str], frame: Frame, outside: list[int]) -> Iterator[Glyph]:
    box = pdfium.FS_RECTF()
    reference = ctypes.byref(box)
    loose_box = pdfium.FPDFText_GetLooseCharBox
    generated = pdfium.FPDFText_IsGenerated
    width, height = frame.size
    for index, character in enumerate(characters):
        if character.isspace():
            yield Glyph(index, "" if generated(text_page, index) == 1 else " ", 0, 0, 0, 0)
            continue
        if not loose_box(text_page, index, reference):
            continue
        x0, top, x1, bottom = frame.box(box.left, box.bottom, box.right, box.top)
        if x0 + x1 > 0 and x0 + x1 < 2 * width and top + bottom > 0 and top + bottom < 2 * height:
            yield Glyph(index, character, x0, top, x1, bottom)
        else:
            outside.append(index)


def _style_reader(text_page: Any, turned: int) -> Callable[[int], Style]:
    matrix = pdfium.FS_MATRIX()
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()

    def style(index: int) -> Style:
        size = pdfium.FPDFText_GetFontSize(text_page, index)
        if pdfium.FPDFText_GetMatrix(text_page, index, matrix):
            size *= math.hypot(matrix.c, matrix.d)
        angle = -math.degrees(pdfium.FPDFText_GetCharAngle(text_page, index))  # pdfium counts clockwise
        bold = pdfium.FPDFText_GetFontWeight(text_page, index) >= BOLD_WEIGHT
        if not bold and pdfium.FPDFText_GetFontInfo(text_page, index, name, 128, ctypes.byref(flags)):
            font = name.value.decode("utf-8", errors="replace").lower()
            bold = bool(flags.value & _FORCE_BOLD) or any(mark in font for mark in _BOLD_NAMES)
        return Style(size, bold, (angle - turned) % 360)

    return style
