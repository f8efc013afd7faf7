"""Text of scanned pages, with rapidocr (extra `ocr`; its wheel carries its models, nothing is downloaded).

The page is rendered, text lines are detected and read, and their boxes are turned level: a scan may lie up to a few
degrees askew, and a table row must come out on one height.
"""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from statistics import median
from typing import Any, NamedTuple

from emr_rerank.reading.characters import is_cjk, repaired
from emr_rerank.reading.rawpage import RawPage
from emr_rerank.reading.words import Word
from emr_rerank.record import BBox

# Dots an inch at which a page is rendered: A4 stays just under the 2000 pixels that rapidocr works at.
RENDER_DPI = 168
_MAX_PIXELS = 2400
_POINT = 72.0
_NARROW = 0.55  # width of a Latin letter or digit against a Han character
_LETTER_HEIGHT = 0.75  # font size against the height of a detected box
_MIN_SKEW = 0.15
# Recognition drops the space between a date and a time.
_GLUED_TIME = re.compile(r"(\d{4}[-/.]\d{2}[-/.]\d{2})(\d{2}[:：]\d{2})")
_MAX_SKEW = 8.0


class OcrReading(NamedTuple):
    """Words of a scanned page on level rows, their mean confidence (None without text), and the skew in degrees."""

    words: list[Word]
    confidence: float | None
    skew: float


def ocr_installed() -> bool:
    """Whether the `ocr` extra is there."""
    return find_spec("rapidocr") is not None


def read_scan(document: Any, raw: RawPage) -> OcrReading:
    """Read a page of an open pypdfium2.PdfDocument as an image. Boxes are points of the page turned level."""
    page = document[raw.number - 1]
    try:
        scale = min(RENDER_DPI / _POINT, _MAX_PIXELS / max(raw.width, raw.height, 1.0))
        bitmap = page.render(scale=scale, grayscale=True)
        try:
            image = bitmap.to_numpy().copy()
        finally:
            bitmap.close()
    finally:
        page.close()
    image = image[:, :, 0] if image.ndim == 3 else image
    lines = [(_in_points(quad, scale), text, score) for quad, text, score in _recognised(image)]
    skew = _skew([quad for quad, _, _ in lines])
    centre = (raw.width / 2, raw.height / 2)
    words = [word for quad, text, score in lines for word in _words(_turned(quad, -skew, centre), text, score)]
    scores = [(score, len(text)) for _, text, score in lines]
    letters = sum(count for _, count in scores)
    confidence = sum(score * count for score, count in scores) / letters if letters else None
    return OcrReading(words, confidence, skew)


def skewed_box(box: BBox, skew: float, width: float, height: float) -> BBox:
    """A box on the level page as the box around the same place on the page as scanned."""
    if not skew:
        return box
    corners = [(box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3])]
    turned = _turned(corners, skew, (width / 2, height / 2))
    xs, ys = [x for x, _ in turned], [y for _, y in turned]
    return round(min(xs), 2), round(min(ys), 2), round(max(xs), 2), round(max(ys), 2)


Quad = Sequence[tuple[float, float]]


@lru_cache(maxsize=1)
def _engine() -> Any:
    import logging

    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "error"})
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return engine


def _recognised(image: Any) -> list[tuple[Quad, str, float]]:
    # The 180° classifier stays off: it flips short crops, and so reads ↓ as ↑, 99 as 66 and U/L as 7/0.
    result = _engine()(image, use_cls=False)
    if result.boxes is None or result.txts is None or result.scores is None:
        return []
    quads = [[(float(x), float(y)) for x, y in quad] for quad in result.boxes]
    return [
        (quad, text, float(score))
        for quad, text, score in zip(quads, result.txts, result.scores, strict=True)
        if text.strip()
    ]


def _in_points(quad: Quad, scale: float) -> Quad:
    return [(x / scale, y / scale) for x, y in quad]


def _skew(quads: Sequence[Quad]) -> float:
    """Median slope of the wide text lines, in degrees, clockwise; 0 when it is too small or large to be skew."""
    slopes = []
    for (x0, y0), (x1, y1), *_ in quads:
        if x1 - x0 > 60:
            slopes.append(math.degrees(math.atan2(y1 - y0, x1 - x0)))
    angle = median(slopes) if len(slopes) >= 3 else 0.0
    return angle if _MIN_SKEW <= abs(angle) <= _MAX_SKEW else 0.0


def _turned(quad: Quad, degrees: float, centre: tuple[float, float]) -> Quad:
    if not degrees:
        return quad
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    cx, cy = centre
    return [(cx + (x - cx) * cos - (y - cy) * sin, cy + (x - cx) * sin + (y - cy) * cos) for x, y in quad]


def _words(quad: Quad, text: str, score: float) -> list[Word]:
    """The words of one detected line: cut at spaces, each character given its share of the width."""
    left, right = min(x for x, _ in quad), max(x for x, _ in quad)
    top = (quad[0][1] + quad[1][1]) / 2
    bottom = (quad[2][1] + quad[3][1]) / 2
    text = _GLUED_TIME.sub(r"\1 \2", repaired(text))
    widths = [1.0 if is_cjk(character) else _NARROW for character in text]
    unit = (right - left) / (sum(widths) or 1.0)
    words: list[Word] = []
    x = left
    gap = True
    for character, width in zip(text, widths, strict=True):
        end = x + width * unit
        if character.isspace():
            gap = True
        elif gap:
            size = (bottom - top) * _LETTER_HEIGHT
            words.append(Word(character, x, top, end, bottom, size, confidence=score, spaced=True, rights=[end]))
            gap = False
        else:
            words[-1].text += character
            words[-1].x1 = end
            words[-1].rights.append(end)
        x = end
    return words
