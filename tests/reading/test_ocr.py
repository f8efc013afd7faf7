"""Scanned pages: read when OCR is installed, reported when it is not."""

import io
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
import reportlab
from PIL import Image
from reportlab.lib.utils import ImageReader

from emr_rerank.errors import NoTextError
from emr_rerank.reading import ocr, page_source
from emr_rerank.reading.pages import read_pages
from emr_rerank.reading.reader import read_record
from emr_rerank.reading.recognition import Letter, TextLine
from emr_rerank.settings import Settings

HEAD = ("项目名称", "结果", "标志", "单位", "参考区间")
BODY = (
    ("肌酐", "286", "↑", "μmol/L", "57-111"),
    ("估算肾小球滤过率", "19", "↓", "mL/min", ">90"),
    ("白蛋白", "31.2", "↓", "g/L", "40-55"),
    ("碱性磷酸酶", "74", "", "U/L", "45-125"),
    ("血氧饱和度", "98.6", "", "%", "95-100"),
)


def scanned(paper: Callable, skew: float, *, with_text_page: bool = False, turned: int = 0) -> Path:
    """A lab report as a 150 dpi grey picture, askew by some degrees and turned by quarters."""
    sheet = paper().write(230, 60, "检验报告单", size=16)
    sheet.write(60, 100, "采集时间：2026-03-03 06:10").rule(60, 124, 540, 124)
    sheet.columns([62, 230, 300, 350, 440], 130, [HEAD, *BODY], 20)
    with pypdfium2.PdfDocument(sheet.save()) as document:
        picture = document[0].render(scale=150 / 72, grayscale=True).to_pil()
    picture = picture.rotate(skew, fillcolor=255, resample=Image.Resampling.BICUBIC).rotate(turned, expand=True)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85)
    scan = paper()
    if with_text_page:
        scan.write(60, 100, "出院记录：患者病情平稳。").page()
    if turned % 180:
        scan.canvas.setPageSize((scan.height, scan.width))
        scan.width, scan.height = scan.height, scan.width
    scan.canvas.drawImage(ImageReader(buffer), 0, 0, scan.width, scan.height)
    return scan.save()


@pytest.mark.slow
@pytest.mark.parametrize("skew", [0.0, 1.5])
def test_a_scanned_report_comes_out_as_table_rows(paper: Callable, skew: float) -> None:
    page = read_pages(scanned(paper, skew), Settings()).pages[0]
    assert page.source == "ocr"
    assert page.ocr_confidence is not None and page.ocr_confidence > 0.9
    assert [row for table in page.tables for row in table.rows] == [HEAD, *BODY]
    assert [line.text for line in page.lines] == ["检验报告单", "采集时间：2026-03-03 06:10"]
    assert all(line.confidence is not None for line in page.lines)
    tops = [box[1] for box in page.tables[0].row_boxes]
    assert tops == sorted(tops)
    assert tops[1] == pytest.approx(150, abs=12)


@pytest.mark.slow
@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_page_scanned_turned_is_set_upright(paper: Callable, turned: int) -> None:
    read = read_pages(scanned(paper, 0.8, turned=turned), Settings())
    assert [row for table in read.pages[0].tables for row in table.rows] == [HEAD, *BODY]
    assert (read.pages[0].width, read.pages[0].height) == pytest.approx((595, 842), abs=1)
    (warning,) = read.warnings
    assert (warning.code, warning.page) == ("page_turned", 1)
    assert f"turned by {turned} degrees" in warning.message


@pytest.mark.slow
def test_pages_with_and_without_text_mix(paper: Callable) -> None:
    read = read_pages(scanned(paper, 0.0, with_text_page=True), Settings())
    assert [page.source for page in read.pages] == ["text", "ocr"]
    assert [page.ocr_confidence is None for page in read.pages] == [True, False]


def test_without_the_extra_the_page_is_reported(paper: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_source, "ocr_installed", lambda: False)
    read = read_pages(scanned(paper, 0.0, with_text_page=True), Settings())
    assert [(warning.code, warning.page) for warning in read.warnings] == [("ocr_missing", 2)]
    assert "pip install 'emr-rerank[ocr]'" in read.warnings[0].message
    assert read.pages[1].lines == ()
    with pytest.raises(NoTextError, match=r"pip install 'emr-rerank\[ocr\]'"):
        read_pages(scanned(paper, 0.0), Settings())


def test_ocr_turned_off_says_so(paper: Callable) -> None:
    with pytest.raises(NoTextError, match="Turn OCR on"):
        read_pages(scanned(paper, 0.0), Settings(ocr="never"))


def test_a_page_that_ocr_finds_nothing_on_is_reported(paper: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_source, "ocr_installed", lambda: True)
    monkeypatch.setattr(ocr, "find_boxes", lambda picture: [])
    read = read_pages(scanned(paper, 0.0, with_text_page=True), Settings())
    assert [(warning.code, warning.page) for warning in read.warnings] == [("unreadable_page", 2)]


def test_ocr_that_fails_is_reported(paper: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(picture: object) -> None:
        raise RuntimeError("patient text that must not get out")

    monkeypatch.setattr(page_source, "ocr_installed", lambda: True)
    monkeypatch.setattr(ocr, "find_boxes", broken)
    read = read_pages(scanned(paper, 0.0, with_text_page=True), Settings())
    assert [(warning.code, warning.page) for warning in read.warnings] == [("unreadable_page", 2)]
    assert "patient" not in read.warnings[0].message


def text_line(text: str, left: float, top: float, confidence: float) -> TextLine:
    """A line as recognised; lengths in points."""
    scale, size = 150 / 72, 10.0
    letters, x = [], left
    for letter in text:
        width = size if ord(letter) > 0x2E80 else 0.55 * size
        letters.append(Letter(letter, (x + width / 2) * scale, confidence))
        x += width
    return TextLine(left * scale, top * scale, x * scale, (top + size / 0.75) * scale, tuple(letters))


def test_lines_and_rows_with_one_unsure_word_are_marked(paper: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    lefts, rows = (60, 200, 300, 400), [("项目", "结果", "单位", "参考范围"), ("肌酐", "108", "μmol/L", "57-97")]
    rows += [("尿素", "7.1", "mmol/L", "3.1-8.0")]
    sure = [
        text_line(cell, left, 200 + 20 * number, 0.4 if cell == "7.1" else 0.99)
        for number, row in enumerate(rows)
        for left, cell in zip(lefts, row, strict=True)
    ]
    prose = [text_line("主诉：反复胸闷3年。", 60, 80, 0.99), text_line("过敏史：青霉素过敏。", 60, 110, 0.5)]
    monkeypatch.setattr(page_source, "ocr_installed", lambda: True)
    monkeypatch.setattr(ocr, "find_boxes", lambda picture: [])
    monkeypatch.setattr(ocr, "read_boxes", lambda picture, boxes: [*prose, *sure])
    record = read_record(scanned(paper, 0.0))
    marked = {sentence.text: sentence.low_confidence for sentence in record.sentences}
    assert marked == {
        "主诉：反复胸闷3年。": False,
        "过敏史：青霉素过敏。": True,
        "肌酐\t108\tμmol/L\t57-97": False,
        "尿素\t7.1\tmmol/L\t3.1-8.0": True,
    }


def garbled(folder: Path) -> Path:
    """Two pages of letters whose embedded font does not say which characters they are: glyph numbers, no ToUnicode."""
    font = (Path(reportlab.__file__).parent / "fonts" / "Vera.ttf").read_bytes()
    shown = b"BT /F 12 Tf 60 700 Td <0024002F002F0028003500270044004700480051> Tj 0 -20 Td <0038003900400041> Tj ET"
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 5 0 R >> >> /Contents 8 0 R >>"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
        page,
        page,
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Vera /Encoding /Identity-H /DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Vera /FontDescriptor 7 0 R /CIDToGIDMap /Identity "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        b"<< /Type /FontDescriptor /FontName /Vera /Flags 4 /FontFile2 9 0 R /FontBBox [0 -300 1000 1000] >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(shown), shown),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(font), font),
    ]
    body = b"".join(b"%d 0 obj\n%b\nendobj\n" % (number, text) for number, text in enumerate(objects, start=1))
    path = folder / "garbled.pdf"
    path.write_bytes(b"%PDF-1.5\n" + body + b"trailer << /Root 1 0 R /Size 10 >>\nstartxref\n0\n%%EOF\n")
    return path


def test_a_page_whose_text_layer_is_garbled_is_read_as_a_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_source, "ocr_installed", lambda: True)
    monkeypatch.setattr(ocr, "find_boxes", lambda picture: [])
    line = text_line("Allergies: penicillin (rash).", 60, 100, 0.98)
    monkeypatch.setattr(ocr, "read_boxes", lambda picture, boxes: [line])
    read = read_pages(garbled(tmp_path), Settings())
    assert [(page.source, page.text) for page in read.pages] == [("ocr", "Allergies: penicillin (rash).")] * 2
    assert {warning.code for warning in read.warnings} == {"garbled_text"}


def test_a_garbled_text_layer_is_never_taken_for_text(tmp_path: Path) -> None:
    with pytest.raises(NoTextError):
        read_pages(garbled(tmp_path), Settings(ocr="never"))


def test_boxes_of_a_skewed_page_lead_back_to_the_scan() -> None:
    assert ocr.skewed_box((100, 100, 200, 110), 0.0, 595, 842) == (100, 100, 200, 110)
    x0, top, _, bottom = ocr.skewed_box((100, 100, 200, 110), 1.5, 595, 842)
    assert top < 100 and bottom > top + 10
    assert x0 == pytest.approx(100 + 321 * 0.0262, abs=1)
