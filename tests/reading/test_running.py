"""Running headers, footers and page numbers; body lines that merely repeat stay."""

import pytest

from emr_rerank.reading.running import take_off_running
from emr_rerank.record import Page, PrintedLine


def page(number: int, *lines: tuple[float, str], x: float = 60) -> Page:
    printed = tuple(PrintedLine(text=text, bbox=(x, top, x + 200, top + 10)) for top, text in lines)
    return Page(number=number, width=595, height=842, lines=printed)


def left(pages: list[Page]) -> list[list[str]]:
    return [[line.text for line in one.lines] for one in take_off_running(pages)]


def body(number: int) -> tuple[float, str]:
    return (200 + 7 * number, f"第{number}日，患者病情平稳。")


def test_header_footer_and_number_come_off_and_are_kept_apart() -> None:
    pages = [
        page(n, (30, "某市医院 住院病历"), (50, "姓名：某某 住院号：0012"), body(n), (810, f"第 {n} 页 共 4 页"))
        for n in range(1, 5)
    ]
    assert left(pages) == [[body(n)[1]] for n in range(1, 5)]
    assert [line.text for line in take_off_running(pages)[2].running] == [
        "某市医院 住院病历",
        "姓名：某某 住院号：0012",
        "第 3 页 共 4 页",
    ]


@pytest.mark.parametrize(
    "mark",
    ["第 {n} 页", "第{n}页 共9页", "共9页，第{n}页", "Page {n} of 9", "page {n}", "{n}/9", "- {n} -", "页码：{n}"],
)
def test_page_numbers_need_no_second_page(mark: str) -> None:
    assert left([page(1, body(1), (815, mark.format(n=1)))]) == [[body(1)[1]]]


def test_bare_numbers_need_three_pages_in_step() -> None:
    assert left([page(n, body(n), (815, str(n + 10))) for n in range(1, 5)]) == [[body(n)[1]] for n in range(1, 5)]
    assert left([page(n, body(n), (815, str(n * n))) for n in (1, 2, 3)])[2] == [body(3)[1], "9"]


def test_sides_alternate() -> None:
    pages = [page(n, (30, "某市医院" if n % 2 else "住院病历"), body(n), x=60 if n % 2 else 300) for n in range(1, 8)]
    assert left(pages) == [[body(n)[1]] for n in range(1, 8)]


def test_times_of_printing_may_change() -> None:
    pages = [page(n, body(n), (815, f"打印时间：2026-03-09 10:22:{n * 7 % 60:02}")) for n in range(1, 5)]
    assert left(pages) == [[body(n)[1]] for n in range(1, 5)]


def test_another_bed_is_another_header() -> None:
    pages = [page(n, (30, f"姓名：某某 床号：{'12' if n < 5 else '31'}"), body(n)) for n in range(1, 9)]
    assert left(pages) == [[body(n)[1]] for n in range(1, 9)]


@pytest.mark.parametrize(
    ("text", "tops"),
    [
        ("T36.5℃ P80次/分", (120, 120, 120, 120)),
        ("患者无不适。", (120, 120, 120, 120)),
        ("采集时间：2026-03-0{n} 06:10", (120, 120, 120, 120)),
        ("辅助检查", (30, 48, 75, 100)),
        ("辅助检查", (300, 300, 300, 300)),
    ],
)
def test_body_lines_that_repeat_stay(text: str, tops: tuple[float, ...]) -> None:
    pages = [page(n, (top, text.format(n=n * n % 9)), body(n)) for n, top in enumerate(tops, 1)]
    assert all(len(lines) == 2 for lines in left(pages))


def test_a_line_behind_body_text_stays() -> None:
    pages = [page(n, (30, f"正文{'一二三四'[n]}"), (50, "某市医院"), body(n)) for n in range(4)]
    assert all("某市医院" in lines for lines in left(pages))


def test_two_pages_prove_nothing() -> None:
    assert left([page(n, (30, "某市医院"), body(n)) for n in (1, 2)]) == [["某市医院", body(n)[1]] for n in (1, 2)]


def test_a_title_that_comes_up_now_and_then_stays() -> None:
    pages = [page(n, (60, "LABORATORY REPORT - Chemistry" if n % 5 == 1 else f"Item {n}"), body(n)) for n in range(20)]
    assert sum("LABORATORY REPORT - Chemistry" in lines for lines in left(pages)) == 4


def test_names_of_documents_stay_where_they_begin() -> None:
    titles = ["入院记录", "病程记录", "病程记录", "病程记录", "检验报告单", "检验报告单", "检验报告单", "病程记录"]
    pages = [page(n, (30, "某市医院"), (50, title), body(n)) for n, title in enumerate(titles)]
    assert ["".join(lines[:-1]) for lines in left(pages)] == [
        "入院记录", "病程记录", "", "", "检验报告单", "检验报告单", "检验报告单", "病程记录",
    ]  # fmt: skip
