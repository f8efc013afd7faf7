"""Lays the picture of a page level.

The skew is the angle at which the rows of the picture differ most from one another: the projection profile method
(Postl 1986; Bloomberg, Kopec and Dasari 1995), searched coarse to fine on a reduced picture.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""Greys of a page, (rows, columns), 255 is white."""

MAX_SKEW = 5.0
"""Degrees looked at to either side; sheets through a feeder lie within 2."""
MIN_SKEW = 0.05
_WIDTH = 700  # pixels: a line of print stays about five rows high
_STEPS = (1.0, 0.2, 0.05)
_INK = 96  # this much darker than the paper


def skew_of(picture: Picture) -> float:
    """Degrees, clockwise, by which the lines of the page fall to the right; 0 when there is no print to tell from."""
    import cv2

    factor = min(1.0, _WIDTH / picture.shape[1])
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    ink = (small < max(32, int(np.percentile(small, 90)) - _INK)).astype(np.float32)
    if not 0.001 < ink.mean() < 0.5:
        return 0.0
    best = 0.0
    reach = MAX_SKEW
    for step in _STEPS:
        angles = np.arange(best - reach, best + reach + step / 2, step)
        best = float(max(angles, key=lambda angle: _sharpness(ink, float(angle))))
        reach = step
    return round(best, 2) if MIN_SKEW <= abs(best) <= MAX_SKEW else 0.0


def levelled(picture: Picture, skew: float) -> Picture:
    """The picture turned back by `skew` degrees about its middle; what comes in at the corners is white."""
    if not skew:
        return picture
    level: Picture = _turned(picture, skew, 255.0)
    return level


def _sharpness(ink: NDArray[np.float32], angle: float) -> float:
    """How sharply rows of ink begin and end when the picture is turned back by an angle."""
    profile = _turned(ink, angle, 0.0).sum(axis=1)
    return float(np.square(np.diff(profile)).sum())


def _turned(picture: Any, angle: float, border: float) -> Any:
    import cv2

    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1.0)
    flags = cv2.INTER_CUBIC if picture.dtype == np.uint8 else cv2.INTER_LINEAR
    return cv2.warpAffine(picture, matrix, (width, height), flags=flags, borderValue=border)
