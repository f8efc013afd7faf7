"""Text is read without the machine's Chinese fonts, pictures of pages are drawn with them."""

import ctypes
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader

from emr_rerank.reading import page_source, pdfium_fonts
from emr_rerank.reading.ocr import OcrReading
from emr_rerank.reading.pages import read_pages
from emr_rerank.reading.pdfium_fonts import no_han_substitutes
from emr_rerank.reading.scan_picture import rendered
from emr_rerank.settings import Settings


@pytest.fixture
def no_last_resort() -> Iterator[None]:
    """A machine without the font that pdfium asks for by name when it is given none (Droid Sans Fallback on Linux)."""
    info = pdfium_fonts._substitutes()._info.contents
    kind, own = type(info.GetFont), ctypes.cast(info.GetFont, ctypes.c_void_p).value
    info.GetFont = nothing = kind(lambda this, face: None)
    yield
    info.GetFont = kind(own)
    del nothing  # pdfium called it until now


@pytest.mark.usefixtures("no_last_resort")
def test_a_lone_character_is_read_on_a_machine_without_chinese_fonts(paper: Callable) -> None:
    rows = [("姓名", "性别", "过敏史", "血型"), ("甲某", "男", "无", "O"), ("乙某", "女", "有", "B")]
    sheet = paper().grid([60, 140, 220, 300, 380], [100, 118, 136, 154])
    sheet.columns([64, 144, 224, 304], 103, rows, 18)
    page = read_pages(sheet.save(), Settings()).pages[0]
    assert [row for table in page.tables for row in table.rows] == rows


@pytest.mark.usefixtures("no_last_resort")
@pytest.mark.parametrize("step", [10, 40])
def test_characters_drawn_one_by_one_are_read_once_each_with_the_width_they_have(paper: Callable, step: int) -> None:
    sheet = paper()
    for number, character in enumerate("天天有℃，、A1"):
        sheet.write(60 + step * number, 100, character)
        sheet.write(60.2 + step * number, 100, character)  # printed twice, as bold
    document = pypdfium2.PdfDocument(sheet.save())
    with no_han_substitutes():
        page = document[0]
        text = page.get_textpage()
        box, widths = pdfium.FS_RECTF(), {}
        for place, character in enumerate(text.get_text_range()):
            if pdfium.FPDFText_GetLooseCharBox(text.raw, place, box):
                widths[character] = box.right - box.left
    assert "".join(text.get_text_range().split()) == "天天有℃，、A1"
    assert [widths[character] for character in "天有，A1"] == pytest.approx([10, 10, 10, 6.84, 4.62], abs=1e-3)
    for handle in (text, page, document):
        handle.close()


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

    def fresh() -> np.ndarray:
        document = pypdfium2.PdfDocument(path)
        picture = rendered(document, 1, Settings())[0]
        document.close()
        return picture

    def read_scan(document: Any, number: int, settings: Settings) -> OcrReading:
        drawn.append(rendered(document, number, settings)[0])
        return OcrReading([], [], None, 0.0, 0, (sheet.width, sheet.height))

    monkeypatch.setattr(page_source, "ocr_installed", lambda: True)
    monkeypatch.setattr(page_source, "read_scan", read_scan)
    before = fresh()
    read_pages(path, Settings())
    assert len(drawn) == 1
    assert np.array_equal(drawn[0], before)
    assert np.array_equal(fresh(), before)
