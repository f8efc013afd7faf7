"""Pages → Record: boxes, tables, dates, demographics, language."""

from pathlib import Path

import pytest

from emr_rerank.reading.build import build_record, language_of
from emr_rerank.reading.reader import read_record
from tests.reading.printed_pages import RIGHT, line, page, read, table, wrapped
from tests.reading.test_sections import check_invariants

SAMPLES = sorted((Path(__file__).parents[2] / "sample_records").glob("*.pdf"))
ROWS = [["项目", "结果", "单位"], ["肌酐", "108", "μmol/L"], ["钾", "3.9", "mmol/L"]]


def test_rows_carry_the_time_of_their_report() -> None:
    report = page(
        "检验报告单", "标本：血清 采样时间：2026-03-02 06:10 报告时间：2026-03-02 09:00", tables=[table(ROWS, 3)]
    )
    record = build_record("r", read(report), None)
    rows = [sentence for sentence in record.sentences if sentence.row]
    assert [(row.text, row.date) for row in rows] == [
        ("肌酐\t108\tμmol/L", "2026-03-02T06:10"),
        ("钾\t3.9\tmmol/L", "2026-03-02T06:10"),
    ]
    assert record.tables[0].time == "2026-03-02T06:10"
    assert record.tables[0].section_code == "lab_report"
    assert rows[0].row is not None and rows[0].row.row == 0 and rows[0].bbox[2] == RIGHT


def test_two_reports_on_a_page_keep_their_own_times() -> None:
    lines = [
        "检验报告单",
        "采样时间：2026-03-02 06:10",
        "",
        "",
        "",
        "检验者：甲 报告时间：2026-03-02 09:00",
        "血气分析",
        "采样时间：2026-03-04 07:00",
    ]
    record = build_record("r", read(page(*lines, tables=[table(ROWS, 2), table(ROWS, 8)])), None)
    assert [t.time for t in record.tables] == ["2026-03-02T06:10", "2026-03-04T07:00"]
    assert "血气分析" in record.tables[1].caption and "检验者" not in record.tables[1].caption


def test_the_date_of_the_next_report_is_not_that_of_the_table_above_it() -> None:
    lines = ["检验汇总单", "", "", "", "病理检查报告单", "病理号：B1　送检日期：2026-02-06", "病理诊断：慢性炎症。"]
    record = build_record("r", read(page(*lines, tables=[table(ROWS, 1)])), None)
    assert record.tables[0].time is None
    assert [sentence.date for sentence in record.sentences if sentence.row] == [None, None]


def test_the_time_below_a_table_of_its_own_report_counts() -> None:
    lines = ["检验报告单", "", "", "", "报告时间：2026-03-02 09:00", "病理检查报告单", "送检日期：2026-02-06"]
    assert build_record("r", read(page(*lines, tables=[table(ROWS, 1)])), None).tables[0].time == "2026-03-02T09:00"


def test_a_month_first_record_dates_its_reports() -> None:
    lines = [
        "LABORATORY REPORT",
        "Collected: 05/03/2026 06:10",
        "",
        "",
        "",
        "DISCHARGE SUMMARY",
        "Admission date: 2026-05-03",
    ]
    assert build_record("r", read(page(*lines, tables=[table(ROWS, 2)])), None).tables[0].time == "2026-05-03T06:10"


def test_a_note_headed_by_its_day_after_the_operation_is_a_note_of_that_day() -> None:
    lines = [
        "病程记录",
        "2026-04-16 08:30 术后第1天",
        "已拔管。血钾3.1mmol/L。",
        "2026-04-18 08:30 术后第3天",
        "排气。",
    ]
    record = build_record("r", read(page(*lines)), None)
    dated = {sentence.text: sentence.date for sentence in record.sentences}
    assert dated["血钾3.1mmol/L。"] == "2026-04-16T08:30"
    assert dated["排气。"] == "2026-04-18T08:30"


def test_a_label_with_an_english_gloss_dates_the_document() -> None:
    lines = [
        "入院记录 Admission Note",
        "姓名 Name：甲　入院日期 Admission Date：2026-06-12 15:30",
        "主诉 Chief Complaint：胸痛。",
    ]
    (section,) = build_record("r", read(page(*lines)), None).sections
    assert section.date == "2026-06-12T15:30"


def test_an_unknown_large_title_is_dated_by_the_day_of_its_examination() -> None:
    sheet = page("入院记录", "主诉：胸痛。", "", "检查日期：2026-06-13", "LVEF 42%。")
    title = line("超声心动图", 2, size=16.0)
    sheet = sheet.model_copy(update={"lines": (*sheet.lines[:2], title, *sheet.lines[2:])})
    assert build_record("r", read(sheet), None).sentences[-1].date == "2026-06-13"


def test_the_planned_operation_is_a_part_of_the_preoperative_summary() -> None:
    lines = ["术前小结", "2026-04-14 16:00", "术前诊断：结肠癌", "拟施手术名称：结肠癌根治术", "拟施麻醉方式：全身麻醉"]
    record = build_record("r", read(page(*lines)), None)
    planned = next(sentence for sentence in record.sentences if "根治术" in sentence.text)
    assert (planned.section_code, planned.section_path[-1]) == ("preoperative_summary", "拟施手术名称")


def test_the_box_of_a_sentence_is_its_share_of_the_line() -> None:
    record = build_record("r", read(page("诊疗经过", "好转。出院。", number=3)), None)
    first, second = record.sentences
    assert (first.page, first.text, second.text) == (3, "好转。", "出院。")
    assert first.bbox[0] == 60.0 and first.bbox[2] == pytest.approx(second.bbox[0]) == pytest.approx(93.0)
    assert second.bbox[2] == pytest.approx(126.0)


def test_a_sentence_over_two_pages_lists_both_boxes() -> None:
    lines = wrapped("患者三年前起病" * 9 + "。")
    record = build_record("r", read(page("现病史", lines[0]), page(*lines[1:], number=2)), None)
    sentence = record.sentences[-1]
    assert sentence.page == 1 and [number for number, _ in sentence.more_boxes] == [2]


def test_unsure_ocr_marks_its_sentences() -> None:
    printed = page("诊疗经过").model_copy(update={"source": "ocr"})
    lines = (*printed.lines, line("好转。", 1, confidence=0.62), line("出院。", 2, confidence=0.97))
    record = build_record("r", read(printed.model_copy(update={"lines": lines})), None)
    assert [s.low_confidence for s in record.sentences] == [True, False]


def test_demographics_come_from_the_running_header_and_hold_no_name() -> None:
    head = ["姓名：张三 性别：女 年龄：65岁 入院日期：2026-03-01"]
    record = build_record("r", read(page("诊疗经过", "好转。", running=head)), None)
    assert record.demographics == {"admission_date": "2026-03-01", "age": "65岁", "sex": "女"}


def test_notes_date_the_stay_where_nothing_else_does() -> None:
    lines = ["入院记录", "既往史：2024-05-01入院，2024-05-09出院。", "医师签名：某某 2026-03-01 11:00"]
    lines += ["出院记录", "出院情况：2026-03-09出院。"]
    record = build_record("r", read(page(*lines)), None)
    assert record.demographics == {"admission_date": "2026-03-01", "discharge_date": "2026-03-09"}


def test_a_bare_date_is_no_sentence_unless_a_label_asks_for_it() -> None:
    lines = ["入院记录", "2026-03-01 12:00", "好转。", "发病时间：", "2026-02-27"]
    record = build_record("r", read(page(*lines)), None)
    assert [s.text for s in record.sentences] == ["好转。", "发病时间：", "2026-02-27"]
    assert record.sections[0].date == "2026-03-01T12:00"


def test_days_count_from_admission_and_operation() -> None:
    first = ["入院记录", "入院日期：2026-03-01", "手术记录", "手术日期：2026-03-03", "顺利。"]
    record = build_record(
        "r", read(page(*first, "2026-03-05 08:00 查房记录", "术后第2天，无发热。", "肌酐稳定。")), None
    )
    dates = {s.text: (s.date, s.date_rule) for s in record.sentences}
    assert dates["术后第2天，无发热。"] == ("2026-03-05", "dates.zh.postoperative_day")
    assert dates["肌酐稳定。"] == ("2026-03-05T08:00", None)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("患者好转，复查肌酐108μmol/L。", "zh"),
        ("The patient improved.", "en"),
        ("主诉 Chief complaint：胸闷 chest pain", "mixed"),
        ("", "en"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert language_of(text) == language


def test_an_empty_record_has_no_sections() -> None:
    record = build_record("r", read(page()), None)
    assert (record.text, record.sections, record.sentences) == ("", (), ())


TEXT_SAMPLES = [path for path in SAMPLES if "scan" not in path.stem]


@pytest.mark.parametrize("path", TEXT_SAMPLES, ids=lambda path: path.stem)
def test_invariants_on_the_samples(path: Path) -> None:
    record = read_record(path)
    check_invariants(record)
    assert record.sentences and record.record_id == path.stem
    assert {sentence.page for sentence in record.sentences} <= set(range(1, record.page_count + 1))
