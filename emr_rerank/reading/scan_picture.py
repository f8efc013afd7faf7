"""The picture of a page, rendered within the limits of the settings."""

from typing import Any

import pypdfium2.raw as pdfium

from emr_rerank.errors import ImageTooLargeError
from emr_rerank.reading.deskew import Picture
from emr_rerank.settings import Settings

RENDER_DPI = 150
_MAX_SIDE = 4000  # pixels; a larger sheet (A2 and up) is rendered coarser
_POINT = 72.0
_DEPTH = 4


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
    return (image[:, :, 0] if image.ndim == 3 else image), scale


def _check_images(page: Any, number: int, settings: Settings) -> None:
    for image in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=_DEPTH):
        width, height = image.get_px_size()
        if width * height > settings.max_image_mpx * 1_000_000:
            raise ImageTooLargeError(
                f"Page {number} holds a picture of {width} x {height} pixels, more than the limit of "
                f"{settings.max_image_mpx} million.",
                "Scan the page again with fewer dots an inch, or raise max_image_mpx.",
            )
