"""Keeps pdfium from loading the machine's Chinese, Japanese and Korean fonts while text is only read.

For a font that is not embedded pdfium takes the nearest one of the machine, 20 MB for Chinese, and loads the outline of
every character to measure it. Reading needs none of that: the codes and widths stand in the PDF. What is read then does
not hang on the fonts of the machine either. Pictures of pages (OCR) are drawn with the machine's fonts as ever.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pypdfium2.raw as pdfium

_HAN = frozenset({128, 129, 134, 136})  # Windows charsets: Shift-JIS, Hangul, GB 2312, Big5


class _Substitutes:
    """pdfium's own choice of fonts, but none for Chinese, Japanese and Korean while `refused`."""

    def __init__(self) -> None:
        self.refused = False
        self._info = pdfium.FPDF_GetDefaultSystemFontInfo()
        if not self._info or not self._info.contents.MapFont:
            return
        field = self._info.contents.MapFont
        self._own = type(field)(ctypes.cast(field, ctypes.c_void_p).value or 0)  # the field itself is overwritten
        self._map = type(field)(self._chosen)  # kept, as pdfium calls it as long as the process lives
        self._info.contents.MapFont = self._map
        pdfium.FPDF_SetSystemFontInfo(self._info)

    def _chosen(self, this: Any, weight: int, slanted: int, charset: int, pitch: int, face: Any, exact: Any) -> Any:
        if self.refused and charset in _HAN:
            return None
        return self._own(this, weight, slanted, charset, pitch, face, exact)


@lru_cache(maxsize=1)
def _substitutes() -> _Substitutes:
    return _Substitutes()


@contextmanager
def no_han_substitutes() -> Iterator[None]:
    """Within it pdfium opens no Chinese, Japanese or Korean font of the machine."""
    substitutes = _substitutes()
    before, substitutes.refused = substitutes.refused, True
    try:
        yield
    finally:
        substitutes.refused = before
