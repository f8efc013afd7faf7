"""The same page read with pdfplumber: slower, and less easily put off by broken files than pdfium."""

import zlib
from contextlib import suppress
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np

from emr_rerank.reading.characters import garbled_share
from emr_rerank.reading.letters import Letters, Style, repaired_codes, spaces, words_of
from emr_rerank.reading.rawpage import Edge, RawPage, edges_of_box
from emr_rerank.reading.words import Word

_TEXT_SHOWN = (b"Tj", b"TJ")


class PlumberReading(NamedTuple):
    """What pdfplumber found: the page, and whether its content was there but could not be decoded to text."""

    page: RawPage
    broken: bool


class Plumber:
    """A PDF opened with pdfplumber the first time that a page is asked for."""

    def __init__(self, data: bytes, password: str | None) -> None:
        self._data = data
        self._password = password
        self._pdf: Any = None

    def read(self, number: int) -> PlumberReading:
        """Page `number` (from 1). Raises whatever pdfminer raises on a file that it can't read."""
        import pdfplumber

        if self._pdf is None:
            self._pdf = pdfplumber.open(BytesIO(self._data), password=self._password or "")
        page = self._pdf.pages[number - 1]
        try:
            return _reading(page, number)
        finally:
            page.close()

    def close(self) -> None:
        """Close the file, if it was opened."""
        if self._pdf is not None:
            with suppress(Exception):  # it reads the page list once more, which a broken file may not have
                self._pdf.close()
            self._pdf = None


def _reading(page: Any, number: int) -> PlumberReading:
    words = _words(page.chars)
    edges = [edge for drawn in [*page.lines, *page.rects] for edge in _edges(drawn)]
    area = float(page.width * page.height) or 1.0
    images = sum(image["width"] * image["height"] for image in page.images)
    text = "".join(char["text"] for char in page.chars)
    raw = RawPage(number, float(page.width), float(page.height), words, edges, min(1.0, images / area))
    raw.objects = len(words) + len(edges) + len(page.images)
    raw.garbled = 1.0 if "(cid:" in text else garbled_share(text)
    return PlumberReading(raw, not words and _shows_text(page))


def _words(chars: list[dict[str, Any]]) -> list[Word]:
    shown = [(number, letter, char) for number, char in enumerate(chars) for letter in char["text"]]
    if not shown:
        return []
    codes = repaired_codes(np.array([ord(letter) for _, letter, _ in shown], dtype=np.uint32))
    blank = spaces(codes)
    places = np.flatnonzero(~blank & (codes != 0))
    boxes = np.array([[char[side] for side in ("x0", "top", "x1", "bottom")] for _, _, char in shown], dtype=float)
    numbers = np.array([number for number, _, _ in shown])
    before = np.cumsum(blank)
    spaced = np.diff(before[places], prepend=0) > 0
    letters = Letters(codes[places], boxes[places], numbers[places], spaced, np.zeros(len(places), dtype=np.bool_))

    def style(index: int) -> Style:
        char = chars[index]
        name = str(char.get("fontname", "")).lower()
        return Style(float(char["size"]), "bold" in name or "simhei" in name, 0.0 if char.get("upright") else 90.0)

    return words_of(letters, style)


def _edges(drawn: dict[str, Any]) -> list[Edge]:
    return edges_of_box(float(drawn["x0"]), float(drawn["top"]), float(drawn["x1"]), float(drawn["bottom"]))


def _shows_text(page: Any) -> bool:
    """Whether the content of a page without characters shows text, or can't be decoded."""
    for stream in page.page_obj.contents:
        raw = bytes(getattr(stream, "rawdata", None) or b"")
        try:
            content = bytes(stream.get_data())
        except (zlib.error, ValueError, TypeError, KeyError):
            return bool(raw)
        if (raw and not content) or any(mark in content for mark in _TEXT_SHOWN):
            return True
    return False
