"""Text is read without the machine's Chinese fonts, pictures of pages are drawn with them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader

from emr_rerank.reading import page_source
from emr_rerank.reading.ocr import OcrReading
from emr_rerank.reading.pages import read_pages
from emr_rerank.reading.pdfium_fonts import no_han_substitutes
from emr_rerank.reading.scan_picture import rendered
from emr_rerank.settings import Settings


def test_the_outlines_of_another_font_do_not_count(paper: Callable) -> None:
    document = pypdfium2.PdfDocument(paper().write(60, 100, "过敏史：否认药物过敏。").save())
    with no_han_substitutes():
        page = document[0]
        text = page.get_textpage()
        box = pdfium.FS_RECTF()
        boxes = [pdfium.FPDFText_GetLooseCharBox(text.raw, place, box) and box.right for place in range(11)]
    assert text.get_text_range() == "过敏史：否认药物过敏。"
    assert np.diff(boxes) == pytest.approx(10.0)
    for handle in (text, page, document):
        handle.close()


def test_scanned_pages_are_drawn_with_the_fonts_of_the_machine(
    paper: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = paper().write(60, 100, "市中心医院住院病历", 20)
    sheet.canvas.drawImage(ImageReader(Image.new("L", (50, 50), 200)), 0, 0, sheet.width, sheet.height * 0.7)
    path, drawn = sheet.save(), []

    def read_scan(document: Any, number: int, settings: Settings) -> OcrReading:
        drawn.append(rendered(document, number, settings)[0])
        return OcrReading([], [], None, 0.0, 0, (sheet.width, sheet.height))

    monkeypatch.setattr(page_source, "ocr_installed", lambda: True)
    monkeypatch.setattr(page_source, "read_scan", read_scan)
    read_pages(path, Settings())
    fresh = pypdfium2.PdfDocument(path)
    assert np.array_equal(drawn[0], rendered(fresh, 1, Settings())[0])
    fresh.close()
