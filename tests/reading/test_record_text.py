"""Printed lines → logical lines: what joins, what stands alone, and where it is on paper."""

import pytest

from emr_rerank.reading.headings import heading_finder
from emr_rerank.reading.paragraphs import display_width
from emr_rerank.reading.record_text import RecordText, assemble
from emr_rerank.record import PrintedLine
from tests.reading.printed_pages import page, table, wrapped

CHINESE = (
    "患者三年前无明显诱因出现活动后胸闷，休息数分钟可缓解，未予重视，"
    "一周前受凉后上述症状加重，夜间不能平卧，遂来我院就诊。"
)
ENGLISH = [
    "The patient is a 65-year-old man who presented with shortness of breath and was",
    "admitted to the medical ward for further manage-",
    "ment of heart failure.",
]


def assembled(*pages: object) -> RecordText:
    return assemble(pages, heading_finder())  # type: ignore[arg-type]  # pages are Page, varargs of a helper


def texts(read: RecordText) -> list[str]:
    return [read.text[line.start : line.end] for line in read.lines]


def test_chinese_paragraph_joins_without_space() -> None:
    assert texts(assembled(page(*wrapped(CHINESE)))) == [CHINESE]


def test_english_lines_join_with_space_and_hyphens_are_undone() -> None:
    assert texts(assembled(page(*ENGLISH))) == [" ".join(ENGLISH[:2])[:-1] + ENGLISH[2]]


def test_paragraph_goes_on_over_the_page_end() -> None:
    first, second, *rest = wrapped(CHINESE + CHINESE)
    read = assembled(page(first, second), page(*rest, number=2))
    assert texts(read) == [CHINESE + CHINESE]
    assert {place.page for place in read.places} == {1, 2}


@pytest.mark.parametrize(
    "after",
    [
        "既往史：体健。",
        "1.老年男性，慢性病程。",
        "　　另起一段的文字。",
        "2026-03-05 08:30 主治医师查房记录",
        "【个人史】无特殊。",
    ],
)
def test_what_begins_a_block_is_not_joined(after: str) -> None:
    full = "平" * 42
    assert len(texts(assembled(page(full, after)))) == 2


def test_a_short_line_ends_its_paragraph() -> None:
    assert len(texts(assembled(page("患者好转。", "继续治疗。")))) == 2


def test_a_heading_word_inside_a_running_paragraph_stays_in_it() -> None:
    paragraph = (
        "患者缘于三天前受凉后出现咳嗽咳痰伴发热畏寒于今日来我院就诊门诊以肺炎收入院。"
        + "查体：体温正常，双肺呼吸音粗，可闻及湿性啰音。"
    )
    lines = wrapped(paragraph, width=display_width(paragraph[: paragraph.index("查体")]) + 4)
    assert lines[1].startswith("查体")
    assert len(texts(assembled(page(*lines)))) == 1


def test_places_hold_the_printed_pieces() -> None:
    read = assembled(page(*wrapped(CHINESE)))
    assert "".join(read.text[place.start : place.end] for place in read.places) == CHINESE


ROWS = [["项目", "结果", "单位"], ["肌酐", "108", "μmol/L"], ["钾", "3.9", "mmol/L"]]


def test_rows_are_lines_with_tabs_and_the_header_is_apart() -> None:
    read = assembled(page("检验报告单", tables=[table(ROWS, 2)]))
    assert texts(read) == ["检验报告单", "项目\t结果\t单位", "肌酐\t108\tμmol/L", "钾\t3.9\tmmol/L"]
    assert read.tables[0].header == ("项目", "结果", "单位")
    assert [read.text[a:b] for a, b in read.tables[0].spans] == ["肌酐\t108\tμmol/L", "钾\t3.9\tmmol/L"]


@pytest.mark.parametrize("repeat", [True, False])
def test_a_table_goes_on_over_pages(repeat: bool) -> None:
    more = [["钠", "140", "mmol/L"], ["氯", "101", "mmol/L"]]
    second = table([ROWS[0], *more] if repeat else more, 0)
    read = assembled(page("检验报告单", tables=[table(ROWS, 2)]), page(number=2, tables=[second]))
    assert len(read.tables) == 1
    assert [row[0] for row in read.tables[0].rows] == ["肌酐", "钾", "钠", "氯"]
    assert read.tables[0].page == 1


def test_another_table_after_text_is_another_table() -> None:
    read = assembled(page("检验报告单", tables=[table(ROWS, 2)]), page("复查：", number=2, tables=[table(ROWS, 2)]))
    assert len(read.tables) == 2


NUMBERED = "1.患者老年男性，急性起病；2.既往体健，否认药物过敏史；3.患者于三天前受凉后出现咳嗽咳痰伴发热畏寒"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (NUMBERED + "，今来院。", "4.查体：神清，双肺呼吸音粗，可闻及湿啰音。"),
        (NUMBERED + "，今来院。", "辅助检查：胸片示双肺炎症。"),
        (NUMBERED + "，今来院。4.", "查体：神清，双肺呼吸音粗，可闻及湿啰音。"),
        (NUMBERED + "，故可", "诊断：急性支气管炎；予抗感染治疗。"),
        ("病史如前，" + "查体无特殊变化，" * 9, "BP:150/100mmHg，W:58Kg，神清，步入病房。"),
        ("病史如前，" + "查体无特殊变化，" * 9 + "面积约", "3*4cm，触痛。双侧瞳孔等大正圆。"),
    ],
)
def test_what_stands_at_a_line_start_by_wrapping_goes_on(before: str, after: str) -> None:
    """Without a first-line indent only the paragraph itself tells: its numbers run inside the lines, it is cut off."""
    full = "平" * (-display_width(before) % 80 // 2) + before
    assert texts(assembled(page(*printed(full), *printed(after)))) == [full + after]


def printed(text: str) -> list[str]:
    """The text in lines of 80 half-width letters from the margin on."""
    return [line.lstrip("\u3000") for line in wrapped(text, width=80, indent=0)]


@pytest.mark.parametrize("after", ["【诊疗经过】入院后予抗感染治疗。", "2026-03-05 08:30 查房记录"])
def test_a_bracketed_heading_or_a_document_begins_anew_even_after_a_cut_off_line(after: str) -> None:
    assert len(texts(assembled(page(("平，" * 21)[:-1] + "故", after)))) == 2


def test_a_line_wider_than_the_text_does_not_widen_the_margin() -> None:
    wide = "示例医院病历" + "一" * 36
    assert texts(assembled(page(*printed(CHINESE * 4), "", wide))) == [CHINESE * 4, wide]


def test_nothing_goes_on_behind_a_signature_on_the_right() -> None:
    assert len(texts(assembled(page("\u3000" * 36 + "医师：某", "2026-03-05 15:20 营养师某某")))) == 2


def test_a_full_line_set_in_like_the_one_before_begins_a_paragraph() -> None:
    """In a record that sets first lines in, a paragraph of one full line does not run on into the next one."""
    whole = "平" * 40
    read = assembled(
        page(*wrapped(CHINESE * 2), *wrapped(CHINESE * 2), *wrapped(CHINESE), "　　" + whole, "　　次段另起。")
    )
    assert texts(read)[-2:] == [whole, "次段另起。"]


def test_a_sentence_that_is_not_over_goes_on_at_the_margin() -> None:
    """The printer broke early, before a word that was too long for the line."""
    short = "查体：双肺呼吸音清，未闻及干湿性啰音，腹软，无压痛，复查"
    read = assembled(
        page(*wrapped(CHINESE * 2), *wrapped(CHINESE * 2), *wrapped(CHINESE * 2), "　　" + short, "CT未见异常。")
    )
    assert texts(read)[-1] == short + "CT未见异常。"


@pytest.mark.parametrize("after", ["NT-proBNP（9860pg/mL）升高。", "（NYHA）Ⅲ级。", "15cm×10cm红斑。"])
def test_marks_that_cling_to_the_next_word_count_in_its_width(after: str) -> None:
    before = "平" * 33 + "，平平平"
    assert texts(assembled(page(before, after))) == [before + after]


def test_a_margin_note_breaks_no_paragraph() -> None:
    lines = wrapped(CHINESE * 4)
    first, second = page(*lines), page(*lines[3:], number=2)
    note = PrintedLine(text="装订线内请勿书写", bbox=(20.0, 200.0, 30.0, 320.0), size=10.0)
    first = first.model_copy(update={"lines": first.lines[:3]})
    second = second.model_copy(update={"lines": (note, *second.lines)})
    assert texts(assembled(first, second)) == [CHINESE * 4, "装订线内请勿书写"]
