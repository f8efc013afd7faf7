"""Text of scanned pages: rendered, laid level, turned upright, read with rapidocr, ruling lines found in the picture.

All boxes that come out are points of the page as it was turned upright and laid level; `skewed_box` leads back to the
page as scanned.
"""

import math
from collections.abc import Sequence
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from emr_rerank.reading.deskew import Picture, levelled, skew_of
from emr_rerank.reading.rawpage import Edge
from emr_rerank.reading.recognition import TextLine, find_boxes, read_boxes
from emr_rerank.reading.scan_picture import rendered
from emr_rerank.reading.scan_rules import ruling_lines
from emr_rerank.reading.scan_words import words_of
from emr_rerank.reading.words import Word
from emr_rerank.record import BBox
from emr_rerank.settings import Settings

_TALL = 1.5  # height against width of a box whose line runs down the page
_DOUBT = 0.85  # mean confidence of a page below which it may stand on its head
_TRIED = 8  # lines read the other way round to find out


class OcrReading(NamedTuple):
    """Words and ruling lines of a scanned page turned upright and laid level.

    Attributes:
        words: on level rows.
        edges: ruling lines.
        confidence: mean over the characters, None without text.
        skew: degrees, clockwise, by which the scan lay askew.
        turned: degrees, clockwise, by which the page was turned to stand upright: 0, 90, 180 or 270.
        size: (width, height) of the page turned upright, in points.
    """

    words: list[Word]
    edges: list[Edge]
    confidence: float | None
    skew: float
    turned: int
    size: tuple[float, float]


def read_scan(document: Any, number: int, settings: Settings) -> OcrReading:
    """Read page `number` (from 1) of an open pypdfium2.PdfDocument as a picture.

    Raises:
        ImageTooLargeError: a picture on the page has more pixels than the settings allow.
        RuleError: a rule file is wrong.
    """
    scanned, scale = rendered(document, number, settings)
    picture, skew, boxes = _level(scanned)
    turned = 0
    if _runs_down(boxes):
        turned = 90
        picture, skew, boxes = _level(np.ascontiguousarray(np.rot90(scanned, -1)))
    lines = read_boxes(picture, boxes)
    if _upside_down(picture, boxes, lines):
        turned += 180
        picture = np.ascontiguousarray(picture[::-1, ::-1])
        lines = read_boxes(picture, find_boxes(picture))
    words = [word for line in lines for word in words_of(line, scale, settings.rules_dir)]
    letters = [letter for line in lines for letter in line.letters if not letter.text.isspace()]
    confidence = sum(letter.confidence for letter in letters) / len(letters) if letters else None
    size = (picture.shape[1] / scale, picture.shape[0] / scale)
    return OcrReading(words, ruling_lines(picture, scale), confidence, skew, turned, size)


def skewed_box(box: BBox, skew: float, width: float, height: float) -> BBox:
    """A box on the level page as the box around the same place on the page as scanned."""
    if not skew:
        return box
    cos, sin = math.cos(math.radians(skew)), math.sin(math.radians(skew))
    cx, cy = width / 2, height / 2
    corners = [(x - cx, y - cy) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs = [cx + x * cos - y * sin for x, y in corners]
    ys = [cy + x * sin + y * cos for x, y in corners]
    return round(min(xs), 2), round(min(ys), 2), round(max(xs), 2), round(max(ys), 2)


def _level(picture: Picture) -> tuple[Picture, float, list[Any]]:
    """(the picture laid level, its skew, the boxes of its text lines)."""
    skew = skew_of(picture)
    level = levelled(picture, skew)
    return level, skew, find_boxes(level)


def _runs_down(boxes: Sequence[Any]) -> bool:
    """Whether most of the print (by length of its lines) runs up or down the page."""
    down = across = 0.0
    for box in boxes:
        width, height = np.ptp(box[:, 0]), np.ptp(box[:, 1])
        if height > _TALL * width:
            down += height
        elif width > _TALL * height:
            across += width
    return down > across


def _upside_down(picture: Picture, boxes: Sequence[Any], lines: Sequence[TextLine]) -> bool:
    """Whether the page reads better on its head. Asked only of pages that read badly as they are."""
    if not boxes or (lines and _sure(lines) >= _DOUBT):
        return False
    height, width = picture.shape
    longest = sorted(boxes, key=lambda box: -float(np.ptp(box[:, 0])))[:_TRIED]
    head = [np.array([width - 1, height - 1], np.float32) - box[[2, 3, 0, 1]] for box in longest]
    other = read_boxes(np.ascontiguousarray(picture[::-1, ::-1]), head)
    return bool(other) and _sure(other) > (_sure(read_boxes(picture, longest)) if lines else 0.0)


def _sure(lines: Sequence[TextLine]) -> float:
    return median(line.confidence for line in lines) if lines else 0.0
