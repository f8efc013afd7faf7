"""Keeps pdfium from loading the machine's Chinese, Japanese and Korean fonts while text is only read.

For a font that is not embedded pdfium takes the nearest one of the machine, 20 MB for Chinese, and loads the outline of
every character to measure it. Reading needs none of that: the codes and widths stand in the PDF, and for the outlines
pdfium gets a tiny font of boxes (`cell_font`). Without any, a lone character (男 in a cell of a table) would have no
width, and pdfium would leave it out. What is read then does not hang on the fonts of the machine either. Pictures of
pages (OCR) are drawn with the machine's fonts as ever.
"""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pypdfium2.raw as pdfium

from emr_rerank.reading.cell_font import NAME, cell_font

_HAN = frozenset({128, 129, 134, 136})  # Windows charsets: Shift-JIS, Hangul, GB 2312, Big5
_ANY_CHARSET = 1


class _Substitutes:
    """pdfium's own choice of fonts, but `cell_font` for Chinese, Japanese and Korean while `refused`."""

    def __init__(self) -> None:
        self.refused = False
        self._info = pdfium.FPDF_GetDefaultSystemFontInfo()
        if not self._info or not self._info.contents.MapFont:
            return
        self._cells = ctypes.create_string_buffer(cell_font())
        self._handle = ctypes.addressof(self._cells)  # of the font of boxes; pdfium only hands it back
        self._kept: list[Any] = []  # pdfium calls them as long as the process lives
        self._replace("MapFont", self._chosen)
        self._answer("GetFontData", self._data)
        self._answer("GetFaceName", lambda buffer, size: _written(NAME + b"\0", buffer, size))
        self._answer("GetFontCharset", lambda: _ANY_CHARSET)
        self._answer("DeleteFont", lambda: None)
        pdfium.FPDF_SetSystemFontInfo(self._info)

    def _replace(self, name: str, ours: Callable[..., Any]) -> None:
        """Have pdfium call `ours`, with its own function as the first argument."""
        field = getattr(self._info.contents, name)
        own = type(field)(ctypes.cast(field, ctypes.c_void_p).value or 0)  # the field itself is overwritten
        callback = type(field)(lambda *arguments: ours(own, *arguments))
        self._kept.append(callback)
        setattr(self._info.contents, name, callback)

    def _answer(self, name: str, ours: Callable[..., Any]) -> None:
        """Have `ours` answer what pdfium asks of the font of boxes."""

        def asked(own: Callable[..., Any], this: Any, font: int | None, *rest: Any) -> Any:
            return ours(*rest) if font == self._handle else own(this, font, *rest)

        self._replace(name, asked)

    def _chosen(self, own: Callable[..., Any], this: Any, weight: int, slanted: int, charset: int, *rest: Any) -> Any:
        if self.refused and charset in _HAN:
            return self._handle
        return own(this, weight, slanted, charset, *rest)

    def _data(self, table: int, buffer: Any, size: int) -> int:
        """The file, which is table 0; pdfium asks for other tables to see whether they are there."""
        return 0 if table else _written(self._cells.raw[:-1], buffer, size)


def _written(content: bytes, buffer: Any, size: int) -> int:
    """How pdfium is answered: the content if there is room for it, its length in any case."""
    if buffer and size >= len(content):
        ctypes.memmove(buffer, content, len(content))
    return len(content)


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
