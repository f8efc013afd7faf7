"""Tables of a page: ruled, three-line, space-aligned, two analyte groups side by side."""

from collections.abc import Callable

import pytest

from emr_rerank.reading.pages import PagesRead, read_pages
from emr_rerank.settings import Settings

HEAD = ("项目", "结果", "单位", "参考范围", "提示")
BODY = (
    ("肌酐", "108", "μmol/L", "57-97", "↑"),
    ("尿素", "9.6", "mmol/L", "3.1-8.0", "↑"),
    ("钾", "4.12", "mmol/L", "3.5-5.3", ""),
    ("白细胞计数", "12.18", "10^9/L", "3.5-9.5", "↑"),
)


def rows_of(read: PagesRead) -> list[tuple[str, ...]]:
    return [row for page in read.pages for table in page.tables for row in table.rows]


def lines_of(read: PagesRead) -> list[str]:
    return [line.text for page in read.pages for line in page.lines]


def test_ruled_table(paper: Callable) -> None:
    sheet = paper().write(60, 80, "检验报告单")
    lefts, tops = [60, 200, 260, 340, 440, 500], [100 + 18 * i for i in range(6)]
    sheet.grid(lefts, tops).columns([x + 4 for x in lefts], 103, [HEAD, *BODY], 18)
    read = read_pages(sheet.write(60, 220, "检验者：甲").save(), Settings())
    assert rows_of(read) == [HEAD, *BODY]
    assert lines_of(read) == ["检验报告单", "检验者：甲"]
    assert read.pages[0].tables[0].ruled
    assert read.pages[0].tables[0].row_boxes[1] == pytest.approx((60, 118, 500, 136), abs=0.6)


def test_space_aligned_table(paper: Callable) -> None:
    sheet = paper().write(60, 80, "检验报告单")
    end = sheet.columns([60, 200, 260, 340, 440], 100, [HEAD, *BODY])
    read = read_pages(sheet.write(60, end + 6, "检验者：甲  审核者：乙  报告时间：2026-03-02 10:20").save(), Settings())
    assert rows_of(read) == [HEAD, *BODY]
    assert lines_of(read) == ["检验报告单", "检验者：甲  审核者：乙  报告时间：2026-03-02 10:20".replace("  ", " ")]
    assert not read.pages[0].tables[0].ruled


def test_columns_four_points_apart_and_right_aligned_results(paper: Callable) -> None:
    sheet = paper()
    for number, row in enumerate([HEAD, *BODY]):
        top = 100 + 14 * number
        sheet.write(60, top, row[0]).right(160, top, row[1]).write(164, top, row[2])
        sheet.middle(240, top, row[3]).write(275, top, row[4])
    assert rows_of(read_pages(sheet.save(), Settings())) == [HEAD, *BODY]


def test_three_line_table_without_known_labels(paper: Callable) -> None:
    head = ("评估内容", "入院", "出院")
    body = (("压疮风险", "16分", "19分"), ("跌倒风险", "45分", "30分"), ("自理能力", "60分", "85分"))
    sheet = paper()
    sheet.rule(60, 98, 400, 98).rule(60, 114, 400, 114).rule(60, 161, 400, 161)
    sheet.columns([62, 200, 320], 101, [head, *body], 15)
    read = read_pages(sheet.write(60, 170, "患者病情平稳。").save(), Settings())
    assert rows_of(read) == [head, *body]
    assert lines_of(read) == ["患者病情平稳。"]


@pytest.mark.parametrize("ruled", [True, False])
def test_two_groups_side_by_side(paper: Callable, ruled: bool) -> None:
    sheet = paper()
    lefts = [40, 110, 150, 200, 260, 300, 370, 410, 460, 520, 560]
    right = (("淋巴细胞百分比", "20.1", "%", "20-50", ""), ("血红蛋白", "91", "g/L", "130-175", "↓"))
    rows = [HEAD + HEAD, BODY[0] + right[0], BODY[1] + right[1], BODY[2]]
    if ruled:
        sheet.grid(lefts, [98 + 15 * i for i in range(5)])
    sheet.columns([x + 2 for x in lefts], 100, rows, 15)
    read = read_pages(sheet.save(), Settings())
    assert rows_of(read) == [HEAD, BODY[0], right[0], BODY[1], right[1], BODY[2]]
    boxes = read.pages[0].tables[0].row_boxes
    assert boxes[1][2] <= boxes[2][0] + 1


def test_wrapped_names_join_the_value_they_belong_to(paper: Callable) -> None:
    sheet = paper()
    lefts = [60, 150, 200, 270, 360]
    rows = [HEAD, ("天门冬氨酸氨基转", "24", "U/L", "15-40", ""), ("移酶",), ("白蛋白", "31.2", "g/L", "40-55", "↓")]
    sheet.columns(lefts, 100, rows, 12)
    want = [HEAD, ("天门冬氨酸氨基转移酶", "24", "U/L", "15-40", ""), ("白蛋白", "31.2", "g/L", "40-55", "↓")]
    assert rows_of(read_pages(sheet.save(), Settings())) == want


def test_values_set_in_the_middle_of_wrapped_names(paper: Callable) -> None:
    sheet = paper()
    sheet.columns([60, 150, 200, 270, 360], 100, [HEAD])
    for top, name, rest in ((120, "天门冬氨酸氨基", "转移酶"), (150, "超敏Ｃ反应蛋白", "（快速）")):
        sheet.write(60, top, name).write(60, top + 11, rest)
        sheet.columns([150, 200, 270], top + 5.5, [("24", "U/L", "15-40")])
    assert [row[:2] for row in rows_of(read_pages(sheet.save(), Settings()))] == [
        ("项目", "结果"),
        ("天门冬氨酸氨基转移酶", "24"),
        ("超敏Ｃ反应蛋白（快速）", "24"),
    ]


def test_group_titles_inside_a_table_stay_rows_of_their_own(paper: Callable) -> None:
    sheet = paper()
    sheet.columns([60, 200, 260, 340, 440], 100, [HEAD, ("肾功能",), *BODY[:2], ("电解质",), BODY[2]])
    texts = [row[0] for row in rows_of(read_pages(sheet.save(), Settings()))]
    assert texts == ["项目", "肾功能", "肌酐", "尿素", "电解质", "钾"]


def test_a_line_close_below_a_table_is_no_part_of_its_last_row(paper: Callable) -> None:
    sheet = paper()
    end = sheet.columns([60, 200, 260, 340, 440], 100, [HEAD, *BODY, BODY[2]], 18)
    read = read_pages(sheet.write(60, end - 4, "以上结果仅供临床参考").save(), Settings())
    assert rows_of(read)[-1] == BODY[2]
    assert lines_of(read) == ["以上结果仅供临床参考"]


def test_a_unit_broken_over_three_lines_stays_with_its_value(paper: Callable) -> None:
    sheet = paper()
    lefts = [60, 200, 260, 340]
    sheet.columns(lefts, 100, [HEAD[:4], *[row[:4] for row in BODY]], 18)
    sheet.columns(lefts, 190, [("估算肾小球滤过率", "21", "mL/", "≥90"), ("", "", "min/"), ("", "", "1.73m2")], 11)
    sheet.columns(lefts, 230, [("二氧化碳结合力", "16.4", "mmol/L", "22-29")])
    rows = rows_of(read_pages(sheet.save(), Settings()))
    assert rows[-2:] == [
        ("估算肾小球滤过率", "21", "mL/min/1.73m2", "≥90"),
        ("二氧化碳结合力", "16.4", "mmol/L", "22-29"),
    ]


def test_a_group_title_close_above_its_rows_is_no_part_of_a_name(paper: Callable) -> None:
    sheet = paper()
    lefts = [60, 200, 260, 340, 440]
    sheet.columns(lefts, 100, [HEAD, *BODY[:2]], 18)
    sheet.write(60, 156, "电解质")
    sheet.columns(lefts, 168, [BODY[2], BODY[3], ("天门冬氨酸氨基转移酶", "24", "U/L", "15-40", "")], 18)
    names = [row[0] for row in rows_of(read_pages(sheet.save(), Settings()))]
    assert names == ["项目", "肌酐", "尿素", "电解质", "钾", "白细胞计数", "天门冬氨酸氨基转移酶"]


def test_prose_full_of_column_labels_is_no_header(paper: Callable) -> None:
    sheet = paper()
    prose = "Temperature 37.6 C, pulse 92, respiratory rate 18, BP 116, SpO2 95, weight 61, pain 2 today."
    for number in range(4):
        sheet.write(60, 100 + 14 * number, prose, font="Helvetica")
    assert not read_pages(sheet.save(), Settings()).pages[0].tables


def test_a_merged_cell_names_every_row_that_it_covers(paper: Callable) -> None:
    sheet = paper()
    lefts = [60, 130, 240, 300, 380]
    for x in lefts:
        sheet.rule(x, 98, x, 152)
    for top in (98, 116, 152):
        sheet.rule(60, top, 380, top)
    sheet.rule(130, 134, 380, 134)
    sheet.columns([x + 4 for x in lefts], 102, [("类别", *HEAD[:3])])
    sheet.write(64, 129, "肾功能").columns([134, 244, 304], 120, [BODY[0][:3], BODY[1][:3]], 18)
    want = [("类别", *HEAD[:3]), ("肾功能", *BODY[0][:3]), ("肾功能", *BODY[1][:3])]
    assert rows_of(read_pages(sheet.save(), Settings())) == want


def test_english_table(paper: Callable) -> None:
    head = ("Test", "Result", "Unit", "Reference Range", "Flag")
    body = (
        ("Creatinine", "1.82", "mg/dL", "0.70-1.30", "H"),
        ("Alanine aminotransferase", "21", "U/L", "9-50", ""),
        ("Potassium", "5.9", "mmol/L", "3.5-5.3", "H"),
    )
    sheet = paper()
    end = sheet.columns([60, 220, 280, 350, 460], 100, [head, *body])
    sheet.write(60, end + 4, "Verified by: A. Sample")
    read = read_pages(sheet.save(), Settings())
    assert rows_of(read) == [head, *body]
    assert lines_of(read) == ["Verified by: A. Sample"]


def test_a_table_that_goes_on_overleaf_repeats_its_header(paper: Callable) -> None:
    sheet = paper()
    lefts = [60, 200, 260, 340, 440]
    sheet.columns(lefts, 740, [HEAD, *BODY[:2]])
    sheet.page().write(60, 30, "某医院 住院病历")
    sheet.columns(lefts, 60, BODY[2:])
    read = read_pages(sheet.write(60, 130, "患者一般情况可。").save(), Settings())
    assert [table.rows for table in read.pages[1].tables] == [(HEAD, *BODY[2:])]
    assert lines_of(read) == ["某医院 住院病历", "患者一般情况可。"]


def test_ruled_columns_with_unruled_rows(paper: Callable) -> None:
    sheet = paper()
    lefts = [60, 200, 260, 340, 440, 500]
    sheet.grid(lefts, [98, 114, 180]).columns([x + 3 for x in lefts], 101, [HEAD, *BODY], 15)
    assert rows_of(read_pages(sheet.save(), Settings())) == [HEAD, *BODY]


def test_prose_in_a_frame_stays_lines(paper: Callable) -> None:
    prose = "患者神志清，精神可，诉胸闷较前减轻，无发热、咳嗽，查体双肺呼吸音粗，继续目前治疗。"
    sheet = paper().grid([60, 300, 540], [100, 120])
    sheet.rule(60, 120, 60, 400).rule(540, 120, 540, 400).rule(60, 400, 540, 400)
    sheet.write(64, 104, "记录时间").write(304, 104, "2026-03-02 14:20")
    for number in range(8):
        sheet.write(64, 124 + 15 * number, prose)
    read = read_pages(sheet.save(), Settings())
    assert prose in lines_of(read)
    assert all(prose not in cell for row in rows_of(read) for cell in row)


def test_no_table_on_a_page_of_text(paper: Callable) -> None:
    sheet = paper().rule(60, 70, 540, 70).rule(60, 800, 540, 800).rule(60, 780, 540, 780)
    texts = [
        "姓名：某某   性别：男   年龄：67岁   科室：肾内科",
        "检查项目较多，结果详见化验单，单位及参考范围以报告为准。",
        "体温36.5℃   脉搏80次/分   呼吸18次/分   血压150/90mmHg",
        "1.肌酐 108 μmol/L",
        "2.尿素 9.6 mmol/L",
    ]
    for number, text in enumerate(texts):
        sheet.write(60, 100 + 16 * number, text)
    assert not read_pages(sheet.save(), Settings()).pages[0].tables


def test_a_ruled_table_goes_on_overleaf_without_its_header(paper: Callable) -> None:
    sheet = paper()
    lefts = [60, 200, 260, 340, 440, 500]
    sheet.grid(lefts, [698 + 18 * i for i in range(4)]).columns([x + 4 for x in lefts], 702, [HEAD, *BODY[:2]], 18)
    sheet.page().grid(lefts, [58 + 18 * i for i in range(3)])
    sheet.columns([x + 4 for x in lefts], 62, [BODY[2], ("钠", "137", "mmol/L", "137-147", "")], 18)
    tables = read_pages(sheet.save(), Settings()).pages[1].tables
    assert [table.rows for table in tables] == [(HEAD, BODY[2], ("钠", "137", "mmol/L", "137-147", ""))]


def test_a_ruled_form_overleaf_is_no_continuation(paper: Callable) -> None:
    sheet = paper()
    sheet.grid([60, 200, 260, 340], [98, 116, 134]).columns([64, 204, 264], 102, [HEAD[:3], BODY[0][:3]], 18)
    sheet.page().grid([60, 180, 300, 420], [58, 76, 94])
    form = (("姓名", "某某", "性别"), ("科室", "肾内科", "床号"))
    sheet.columns([64, 184, 304], 62, form, 18)
    assert [table.rows for table in read_pages(sheet.save(), Settings()).pages[1].tables] == [form]
