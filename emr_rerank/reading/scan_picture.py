"""The picture of a page, rendered within the limits of the settings."""

from typing import Any

import numpy as np
import pypdfium2.raw as pdfium

from emr_rerank.errors import ImageTooLargeError
from emr_rerank.reading.deskew import Picture
from emr_rerank.settings import Settings

RENDER_DPI = 150
_MAX_SIDE = 4000  # pixels; a larger sheet (A2 and up) is rendered coarser
_POINT = 72.0
_DEPTH = 4
_PATCH = 8  # pixels over which paper is averaged
_DARK, _PALE = 60.0, 200.0  # greys of good ink, and of what is none any more


def rendered(document: Any, number: int, settings: Settings) -> tuple[Picture, float]:
    """(greys of page `number`, pixels a point) of an open pypdfium2.PdfDocument.

    Raises:
        ImageTooLargeError: a picture on the page has more pixels than the settings allow; it is not decoded.
    """
    page = document[number - 1]
    try:
        _check_images(page, number, settings)
        scale = min(RENDER_DPI / _POINT, _MAX_SIDE / max(*page.get_size(), 1.0))
        bitmap = page.render(scale=scale, grayscale=True)
        try:
            image: Picture = bitmap.to_numpy().copy()
        finally:
            bitmap.close()
    finally:
        page.close()
    return evened(image[:, :, 0] if image.ndim == 3 else image), scale


def evened(picture: Picture) -> Picture:
    """The picture with the shadows taken off its paper and pale ink made dark; a clean one stays as it is.

    The paper is what the picture is locally at its lightest (flat-field correction); the ink its darkest hundredth.
    """
    import cv2

    size = (max(1, picture.shape[1] // _PATCH), max(1, picture.shape[0] // _PATCH))
    light = cv2.dilate(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.ones((7, 7), np.uint8))
    paper = cv2.resize(cv2.blur(light, (7, 7)), picture.shape[::-1], interpolation=cv2.INTER_LINEAR)
    flat = picture.astype(np.float32) * (255.0 / np.maximum(paper, 64))
    ink = float(np.percentile(flat[::2, ::2], 1.0))
    if _DARK <= ink <= _PALE:
        flat = 255.0 - (255.0 - flat) * ((255.0 - _DARK) / (255.0 - ink))
    clean: Picture = np.clip(flat, 0, 255).astype(np.uint8)
    return clean


def _check_images(page: Any, number: int, settings: Settings) -> None:
    for image in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=_DEPTH):
        width, height = image.get_px_size()
        if width * height > settings.max_image_mpx * 1_000_000:
            raise ImageTooLargeError(
                f"Page {number} holds a picture of {width} x {height} pixels, more than the limit of "
                f"{settings.max_image_mpx} million.",
                "Scan the page again with fewer dots an inch, or raise max_image_mpx.",
            )
