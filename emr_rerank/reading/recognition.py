"""Text lines of a level picture, with rapidocr (extra `ocr`; PP-OCR models lie in its wheel, nothing is downloaded).

Each character gets its own place and confidence: the recogniser emits characters along the columns of the line's
picture (CTC, Graves et al. 2006), and the column that a character came from is where it stands.
"""

import logging
import os
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from emr_rerank.reading.deskew import Picture

_VERY_TALL = 3.0  # height against width


class Letter(NamedTuple):
    """A recognised character: its middle in pixels from the left of the picture, and its confidence, 0 to 1."""

    text: str
    x: float
    confidence: float


class TextLine(NamedTuple):
    """A detected line of text: its box in pixels, and its characters from left to right, spaces among them."""

    x0: float
    top: float
    x1: float
    bottom: float
    letters: tuple[Letter, ...]

    @property
    def confidence(self) -> float:
        """Mean confidence of its characters."""
        return sum(letter.confidence for letter in self.letters) / max(1, len(self.letters))


def ocr_installed() -> bool:
    """Whether the `ocr` extra is there."""
    return find_spec("rapidocr") is not None


def find_boxes(picture: Picture) -> list[Any]:
    """Corners of the text lines of a picture: arrays (4, 2) of pixels, clockwise from the top left."""
    found = _engine()(_three_channels(picture), use_det=True, use_cls=False, use_rec=False)
    return [] if found.boxes is None else list(np.asarray(found.boxes, dtype=np.float32))


def read_boxes(picture: Picture, boxes: Sequence[Any]) -> list[TextLine]:
    """The text lines in the boxes; those in which nothing is recognised are left out."""
    if not boxes:
        return []
    # The 180° classifier of rapidocr stays off: it flips short crops, and so reads ↓ as ↑, 99 as 66 and U/L as 7/0.
    engine = _engine()
    engine.return_word_box = True
    colours = _three_channels(picture)
    read = engine.recognize_txt([_crop(colours, box) for box in boxes])
    lines = []
    for box, text, found in zip(boxes, read.txts, read.word_results, strict=True):
        line = _line(box, text, found)
        if any(not letter.text.isspace() for letter in line.letters):
            lines.append(line)
    return lines


def _crop(picture: Any, box: Any) -> Any:
    """The picture of one line, level. A tall box is one narrow sign (↑, 1) and stays as it is; a very tall one, turned
    to the left, is a line that runs down the page."""
    import cv2

    width = max(1, round(max(np.linalg.norm(box[1] - box[0]), np.linalg.norm(box[2] - box[3]))))
    height = max(1, round(max(np.linalg.norm(box[3] - box[0]), np.linalg.norm(box[2] - box[1]))))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(np.asarray(box, np.float32), corners)
    crop = cv2.warpPerspective(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.rot90(crop) if height >= _VERY_TALL * width else crop


def _line(box: Any, text: str, found: Any) -> TextLine:
    left, right = float(box[:, 0].min()), float(box[:, 0].max())
    top, bottom = float(box[:2, 1].mean()), float(box[2:, 1].mean())
    columns = [column for word in found.word_cols or [] for column in word]
    step = (right - left) / max(1.0, float(found.line_txt_len or 1))
    places = iter(columns)
    letters: list[Letter] = []
    x = left
    for letter, confidence in zip(text, found.confs or [], strict=False):
        column = None if letter.isspace() else next(places, None)
        if column is not None:
            x = left + (column + 0.5) * step
        letters.append(Letter(letter, min(x, right), float(confidence)))
    return TextLine(left, top, right, bottom, tuple(letters))


def _three_channels(picture: Picture) -> Any:
    return np.repeat(picture[:, :, None], 3, axis=2)


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr import RapidOCR

    threads = os.environ.get("OMP_NUM_THREADS", "")
    params: dict[str, Any] = {
        "Global.log_level": "error",
        "Global.use_cls": False,
        "Global.max_side_len": 4096,
        # lower than its own 0.3 and 0.5: finds lone pale signs
        "Det.thresh": 0.2,
        "Det.box_thresh": 0.4,
        # line by line, narrow cells not widened to 320: a fifth less time, and no line changes its neighbours
        "Rec.rec_batch_num": 1,
        "Rec.rec_img_shape": [3, 48, 160],
    }
    if threads.isdigit():
        params["EngineConfig.onnxruntime.intra_op_num_threads"] = int(threads)
    engine = RapidOCR(params=params)
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return engine
