"""Lines of a page: text, boxes, order, turned pages, watermarks, odd characters."""

from collections.abc import Callable

import pytest

from emr_rerank.reading.characters import is_cjk, repaired
from emr_rerank.reading.pages import PagesRead, read_pages
from emr_rerank.settings import Settings

PROSE = (
    "主诉：反复胸闷3年，加重2天。",
    "查体：T36.5℃ P80次/分 BP150/90mmHg，血肌酐由72↑至108μmol/L，白细胞12.18×10^9/L。",
    "The patient was admitted with chest pain; troponin I 0.04 ng/mL (ref <0.05).",
)


def texts(read: PagesRead) -> list[str]:
    return [line.text for page in read.pages for line in page.lines]


def test_lines_with_boxes_sizes_and_page_numbers(paper: Callable) -> None:
    sheet = paper()
    for number, line in enumerate(PROSE):
        sheet.write(60, 100 + 20 * number, line, size=10.5)
    sheet.page().write(60, 300, "第二页", size=14)
    read = read_pages(sheet.save(), Settings())
    assert texts(read) == [*PROSE, "第二页"]
    assert [page.number for page in read.pages] == [1, 2]
    first = read.pages[0].lines[0]
    assert first.bbox[0] == pytest.approx(60, abs=0.5)
    assert first.bbox[1] == pytest.approx(100, abs=2.5)
    assert first.size == pytest.approx(10.5)
    assert read.pages[1].lines[0].size == pytest.approx(14)
    assert (read.pages[0].width, read.pages[0].height) == pytest.approx((595.28, 841.89))
    assert read.pages[0].source == "text"
    assert len(read.sha256) == 64
    assert read.warnings == ()


def test_order_is_by_place_not_by_the_file(paper: Callable) -> None:
    sheet = paper().write(60, 300, "丙").write(200, 100, "乙").write(60, 100, "甲：").write(60, 200, "上一行")
    assert texts(read_pages(sheet.save(), Settings())) == ["甲： 乙", "上一行", "丙"]


def test_bold_is_told_by_the_font(paper: Callable) -> None:
    sheet = paper().write(60, 100, "Past history", font="Helvetica-Bold").write(60, 120, "None.", font="Helvetica")
    lines = read_pages(sheet.save(), Settings()).pages[0].lines
    assert [(line.text, line.bold) for line in lines] == [("Past history", True), ("None.", False)]


def test_text_struck_twice_is_bold_and_stands_once(paper: Callable) -> None:
    sheet = paper()
    for character, x in zip("现病史", (60, 70, 80), strict=True):
        sheet.write(x, 100, character).write(x + 0.3, 100, character)
    line = read_pages(sheet.save(), Settings()).pages[0].lines[0]
    assert line.text == "现病史"


def test_letter_spaced_titles_close_up(paper: Callable) -> None:
    sheet = paper().write(200, 80, "病 程 记 录", size=16)
    for place, character in enumerate("出院小结"):
        sheet.write(200 + 30 * place, 120, character, size=16)
    assert texts(read_pages(sheet.save(), Settings())) == ["病程记录", "出院小结"]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_pages(paper: Callable, turn: int) -> None:
    """A landscape sheet stored sideways: /Rotate shows it upright."""
    sheet = paper((841.89, 595.28))
    canvas = sheet.canvas
    canvas.setPageRotation(turn)
    canvas.translate(*{90: (595.28, 0), 180: (841.89, 595.28), 270: (0, 841.89)}[turn])
    canvas.rotate(turn)
    sheet.write(60, 92, "体温单").write(60, 112, "血压150/90mmHg")
    page = read_pages(sheet.save(), Settings()).pages[0]
    assert [line.text for line in page.lines] == ["体温单", "血压150/90mmHg"]
    assert (page.width, page.height) == pytest.approx((841.89, 595.28))
    assert page.lines[0].bbox[0] == pytest.approx(60, abs=1)
    assert page.lines[0].bbox[1] == pytest.approx(92, abs=3)


@pytest.mark.parametrize("turn", [90, 270])
def test_pages_set_sideways_without_saying_so(paper: Callable, turn: int) -> None:
    sheet = paper()
    sheet.canvas.translate(*{90: (595.28, 0), 270: (0, 841.89)}[turn])
    sheet.canvas.rotate(turn)
    sheet.canvas.setFont("STSong-Light", 10)
    for number, line in enumerate(PROSE):
        sheet.canvas.drawString(60, 480 - 20 * number, line)
    page = read_pages(sheet.save(), Settings()).pages[0]
    assert [line.text for line in page.lines] == list(PROSE)
    assert page.width > page.height


def test_watermarks_are_taken_off_and_reported(paper: Callable) -> None:
    sheet = paper()
    for number in range(12):
        sheet.write(60, 300 + 18 * number, "患者神志清，精神可，双肺呼吸音清，未闻及干湿性啰音，心律齐。")
    sheet.canvas.saveState()
    sheet.canvas.translate(150, 300)
    sheet.canvas.rotate(45)
    sheet.canvas.setFont("STSong-Light", 48)
    sheet.canvas.drawString(0, 0, "仅供复印使用")
    sheet.canvas.restoreState()
    read = read_pages(sheet.save(), Settings())
    assert set(texts(read)) == {"患者神志清，精神可，双肺呼吸音清，未闻及干湿性啰音，心律齐。"}
    assert [line.text for line in read.pages[0].running] == ["仅供复印使用"]
    assert [(warning.code, warning.page) for warning in read.warnings] == [("watermark", 1)]


def test_vertical_margin_notes_are_lines_of_their_own(paper: Callable) -> None:
    sheet = paper()
    for number in range(6):
        sheet.write(80, 300 + 18 * number, "患者神志清，精神可，双肺呼吸音清。")
    sheet.canvas.saveState()
    sheet.canvas.translate(40, 400)
    sheet.canvas.rotate(90)
    sheet.canvas.setFont("STSong-Light", 10)
    sheet.canvas.drawString(0, 0, "装订线内请勿书写")
    sheet.canvas.restoreState()
    assert sorted(set(texts(read_pages(sheet.save(), Settings())))) == sorted(
        ["患者神志清，精神可，双肺呼吸音清。", "装订线内请勿书写"]
    )


def test_letters_stacked_in_the_margin_are_one_line(paper: Callable) -> None:
    sheet = paper()
    for number in range(12):
        sheet.write(80, 100 + 18 * number, "患者神志清，精神可，双肺呼吸音清。")
    for number, letter in enumerate("装订线内请勿书写"):
        sheet.write(30, 104 + 13 * number, letter)
    found = texts(read_pages(sheet.save(), Settings()))
    assert found == ["装订线内请勿书写", *["患者神志清，精神可，双肺呼吸音清。"] * 12]


def test_one_letter_names_under_one_another_are_no_stack(paper: Callable) -> None:
    sheet = paper()
    rows = [("钾", "4.12"), ("钠", "138"), ("氯", "102"), ("钙", "2.21")]
    for number, row in enumerate(rows):  # column by column, as some systems print
        sheet.write(60, 100 + 14 * number, row[0])
    for number, row in enumerate(rows):
        sheet.write(40, 100 + 14 * number, str(number + 1)).write(120, 100 + 14 * number, row[1])
    assert texts(read_pages(sheet.save(), Settings())) == ["1 钾 4.12", "2 钠 138", "3 氯 102", "4 钙 2.21"]


def test_slanted_letters_on_a_level_line_are_no_watermark(paper: Callable) -> None:
    sheet = paper()
    text = sheet.canvas.beginText()
    text.setFont("STSong-Light", 10)
    text.setTextTransform(1, 0, 0.33, 1, 60, 600)
    text.textOut("过敏史：青霉素过敏")
    sheet.canvas.drawText(text)
    read = read_pages(sheet.save(), Settings())
    assert (texts(read), read.warnings) == (["过敏史：青霉素过敏"], ())


def test_text_off_the_sheet_is_not_printed(paper: Callable) -> None:
    sheet = paper().write(60, 100, "正文").write(700, 100, "纸外").write(60, -60, "纸外")
    assert texts(read_pages(sheet.save(), Settings())) == ["正文"]


@pytest.mark.parametrize(
    ("printed", "mended"),
    [
        ("⽆⾳⻅⻓⻔", "无音见长门"),
        ("T36.5℃ 108μmol/L 5×10² Ⅲ级 ①", "T36.5℃ 108μmol/L 5×10² Ⅲ级 ①"),
        ("ｆｕｌｌ　ｗｉｄｔｈ", "ｆｕｌｌ ｗｉｄｔｈ"),
        ("treat\ufffe", "treat-"),
        ("treat\x02", "treat-"),
        ("非\u200b断", "非断"),
        ("plain", "plain"),
    ],
)
def test_repairs(printed: str, mended: str) -> None:
    assert repaired(printed) == mended


def test_han_grid() -> None:
    assert [is_cjk(character) for character in "肌，（A1℃"] == [True, True, True, False, False, False]
