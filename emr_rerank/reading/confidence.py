"""How sure OCR was of the lines and table rows of a page: as sure as of the worst word in each."""

from collections.abc import Sequence

from emr_rerank.reading.words import Word
from emr_rerank.record import BBox, Page


def with_confidence(page: Page, words: Sequence[Word]) -> Page:
    """The page with the confidence of the worst word in each line and row; `words` and boxes are of one level page."""
    lines = tuple(line.model_copy(update={"confidence": _worst(line.bbox, words)}) for line in page.lines)
    tables = tuple(
        table.model_copy(update={"row_confidences": tuple(_worst(box, words) for box in table.row_boxes)})
        for table in page.tables
    )
    return page.model_copy(update={"lines": lines, "tables": tables})


def _worst(box: BBox, words: Sequence[Word]) -> float:
    x0, top, x1, bottom = box
    inside = (
        word.confidence
        for word in words
        if word.confidence is not None and top <= word.middle <= bottom and word.x0 < x1 and word.x1 > x0
    )
    return round(min(inside, default=0.0), 4)
