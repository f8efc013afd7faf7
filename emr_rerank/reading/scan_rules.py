"""Ruling lines of a level picture: long thin runs of ink, across or down."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from emr_rerank.reading.deskew import Picture
from emr_rerank.reading.rawpage import Edge

_LONG_ACROSS = 40.0  # points; the longest stroke of a letter stays below
_LONG_DOWN = 20.0  # points: above the strokes of a title, below two rows of a table
_THICK = 3.0  # points
_INK = 60  # this much darker than the paper
_GAP = 5  # pixels that a printed line may be broken for


def ruling_lines(picture: Picture, scale: float) -> list[Edge]:
    """Ruling lines in points; `scale` is pixels a point."""
    paper = int(np.percentile(picture[::4, ::4], 90))
    ink = (picture < max(40, paper - _INK)).astype(np.uint8)
    return [*_runs(ink, scale, across=True), *_runs(ink, scale, across=False)]


def _runs(ink: NDArray[np.uint8], scale: float, *, across: bool) -> Iterator[Edge]:
    import cv2

    length = max(8, round((_LONG_ACROSS if across else _LONG_DOWN) * scale))
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, _stroke(_GAP, across))
    runs = cv2.morphologyEx(closed, cv2.MORPH_OPEN, _stroke(length, across))
    # what is left of a skew makes steps in a line: pieces one pixel off belong together
    _, _, pieces, _ = cv2.connectedComponentsWithStats(cv2.dilate(runs, _stroke(3, not across)), connectivity=8)
    for x, y, width, height, _ in pieces[1:].tolist():
        if (height if across else width) <= _THICK * scale + 2:
            yield _edge(across, x / scale, y / scale, (x + width) / scale, (y + height) / scale)


def _stroke(length: int, across: bool) -> NDArray[np.uint8]:
    return np.ones((1, length) if across else (length, 1), np.uint8)


def _edge(across: bool, x0: float, top: float, x1: float, bottom: float) -> Edge:
    if across:
        middle = (top + bottom) / 2
        return Edge("h", x0, middle, x1, middle)
    middle = (x0 + x1) / 2
    return Edge("v", middle, top, middle, bottom)
