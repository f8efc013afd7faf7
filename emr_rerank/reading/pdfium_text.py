"""The text layer of an open pdfium page: its letters with boxes, and how each is set.

One FPDFText_GetText a page and one FPDFText_GetLooseCharBox a visible character; font size, weight and direction once a
word. pdfium gives characters in the order of the content stream; whoever uses the words sorts them by their boxes.
"""

import ctypes
import math
import struct
from collections.abc import Callable
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from emr_rerank.reading import pdfium_calls
from emr_rerank.reading.characters import garbled_share
from emr_rerank.reading.letters import Codes, Letters, Style, repaired_codes, spaces

BOLD_WEIGHT = 600  # usWeightClass of OpenType: 600 is semi-bold
_BOLD_NAMES = ("bold", "heavy", "black", "simhei", "stheiti", "黑体")
_FORCE_BOLD = 1 << 18  # font descriptor flag 19, PDF 32000-1 table 123
_UNMAPPED_SAMPLE = 100
_MATRIX = struct.Struct("4f")  # a to d; where the character stands is not asked


class TextLayer(NamedTuple):
    """The visible letters with boxes in user space (left, bottom, right, top), and the share that maps to nothing."""

    letters: Letters
    garbled: float


def read_letters(text_page: Any) -> TextLayer:
    """The letters of an open pypdfium2 text page, spaces left out."""
    count = pdfium.FPDFText_CountChars(text_page)
    handle = pdfium_calls.address(text_page)
    codes = _codes(text_page, handle, max(0, count))
    blank = spaces(codes)
    mended = repaired_codes(codes)
    empty = blank | spaces(mended)
    places = np.flatnonzero(~empty & (mended != 0))
    boxes, known = _boxes(handle, places)
    places = places[known]
    real, guessed = _space_counts(handle, np.flatnonzero(empty), blank, len(codes))
    before = np.concatenate(([0], places[:-1])) if len(places) else places
    letters = Letters(
        mended[places], boxes[known], places, real[places] > real[before], guessed[places] > guessed[before]
    )
    return TextLayer(letters, _garbled(handle, codes))


def _codes(text_page: Any, handle: int, count: int) -> Codes:
    """One code a character index: text index and character index differ when the lengths do."""
    if not count:
        return np.zeros(0, dtype=np.uint32)
    buffer = np.zeros(count + 1, dtype=np.uint16)
    target = buffer.ctypes.data_as(ctypes.POINTER(ctypes.c_ushort))
    written = pdfium.FPDFText_GetText(text_page, 0, count, target)
    codes = buffer[:count].astype(np.uint32)
    if written - 1 == count and not ((codes >= 0xD800) & (codes < 0xE000)).any():
        return codes
    codes = np.fromiter(map(pdfium_calls.unicode_of, repeat(handle), range(count)), dtype=np.uint32, count=count)
    codes[(codes >= 0x110000) | ((codes >= 0xD800) & (codes < 0xE000)) | (codes == 0)] = 0x20
    return codes


def _boxes(handle: int, places: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(left, bottom, right, top) of each character, and whether pdfium knows it."""
    count = len(places)
    buffer = np.zeros((count, 4), dtype=np.float32)
    first, step = buffer.ctypes.data, 16
    targets = range(first, first + step * count, step)
    known = np.fromiter(
        map(pdfium_calls.loose_box, repeat(handle), places.tolist(), targets), dtype=np.bool_, count=count
    )
    return buffer[:, [0, 3, 2, 1]].astype(np.float64), known  # FS_RECTF is left, top, right, bottom


def _space_counts(
    handle: int, places: NDArray[np.int64], blank: NDArray[np.bool_], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many printed spaces, and spaces that pdfium guessed from gaps, stand before each character index."""
    guessed = np.zeros(count, dtype=np.int64)
    real = np.zeros(count, dtype=np.int64)
    made = map(pdfium_calls.is_generated, repeat(handle), places.tolist())
    generated = np.fromiter(made, dtype=np.int64, count=len(places)) == 1
    generated &= blank[places]
    guessed[places[generated]] = 1
    real[places[~generated]] = 1
    return np.cumsum(real), np.cumsum(guessed)


def _garbled(handle: int, codes: Codes) -> float:
    if not len(codes):
        return 0.0
    sample = range(0, len(codes), max(1, len(codes) // _UNMAPPED_SAMPLE))
    unmapped: float = sum(map(pdfium_calls.has_no_mapping, repeat(handle), sample)) / len(sample)
    text = codes.astype("<u4").tobytes().decode("utf-32-le", errors="replace")
    # a few unmapped bullets and ticks are normal; the limit for a garbled page is 5 % of these, 2 % of the others
    return max(garbled_share(text), unmapped * 0.4)


def style_reader(text_page: Any, turned: int) -> Callable[[int], Style]:
    """How the character at an index is set, seen on a page that is turned clockwise by `turned` degrees."""
    handle = pdfium_calls.address(text_page)
    matrix = (ctypes.c_float * 6)()
    target = ctypes.addressof(matrix)
    bold_fonts: dict[int, bool] = {}
    known: dict[int, Style] = {}
    asked: dict[int, Style] = {}

    def style(index: int) -> Style:
        found = asked.get(index)
        if found is None:
            shown = pdfium_calls.text_object(handle, index) or -1 - index
            found = known.get(shown)
            if found is None:
                found = known[shown] = read(index, shown)
            asked[index] = found
        return found

    def read(index: int, shown: int) -> Style:
        size, angle = pdfium_calls.font_size(handle, index), 0.0
        if pdfium_calls.character_matrix(handle, index, target):
            a, b, c, d = _MATRIX.unpack_from(matrix)
            if b == 0 and a > 0:
                size *= abs(d)
            else:
                along = math.hypot(a, b)
                size *= abs(a * d - b * c) / along if along else 1.0
                angle = math.degrees(math.atan2(b, a))  # of the baseline: slanted letters stand on a level one
        font = pdfium_calls.object_font(shown) or 0 if shown > 0 else 0
        if font not in bold_fonts or not font:
            bold_fonts[font] = _is_bold(handle, index)
        return Style(size, bold_fonts[font], (angle - turned) % 360)

    return style


def _is_bold(handle: int, index: int) -> bool:
    if pdfium_calls.font_weight(handle, index) >= BOLD_WEIGHT:
        return True
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    if not pdfium_calls.font_info(handle, index, ctypes.addressof(name), 128, ctypes.addressof(flags)):
        return False
    font = name.value.decode("utf-8", errors="replace").lower()
    return bool(flags.value & _FORCE_BOLD) or any(mark in font for mark in _BOLD_NAMES)
