"""Where printed text stands, found by the pages' texts alone."""

import pytest

from benchmarks.real.dataset import Gold, RealRecord
from benchmarks.real.export import PrintedRecord, page_ends

RECORD = RealRecord(id="r", sections={"一般项目": "某某，女。", "病史特点": "1.咳嗽3天。\n2.体健。"})
PAGES = ("出院记录\r\n一般项目\r\n某某，女。\r\n病史特点\r\n1.咳嗽\r\n- 1 -", "3天。\r\n2.体健。\r\n- 2 -")


@pytest.mark.parametrize(
    ("text", "pages", "ends"),
    [
        ("abcdef", ["abc", "def"], [3, 6]),
        ("abcdef", ["head abc 1", "head def 2"], [3, 6]),
        ("abcdef", ["abcdef", "empty"], [6, 6]),
        ("abcabc", ["abca", "bc"], [4, 6]),
    ],
)
def test_page_ends(text: str, pages: list[str], ends: list[int]) -> None:
    assert page_ends(text, pages) == ends


def test_pages_that_lack_text_are_refused() -> None:
    with pytest.raises(ValueError, match="character 3 of 6"):
        page_ends("abcdef", ["abc", "xyz"])


@pytest.mark.parametrize(
    ("part", "start", "end", "pages"),
    [("一般项目", 0, 5, [1]), ("病史特点", 0, 7, [1, 2]), ("病史特点", 8, 13, [2])],
)
def test_a_sentence_over_a_page_break_stands_on_both(part: str, start: int, end: int, pages: list[int]) -> None:
    assert PrintedRecord(RECORD, PAGES, "出院记录", "{}").pages(Gold(part=part, start=start, end=end)) == pages


def test_headings_print_as_the_form_prints_them() -> None:
    form = PAGES[0].replace("一般项目", "【一般项目】").replace("病史特点", "【病史特点】")
    assert PrintedRecord(RECORD, (form, PAGES[1]), "出院记录", "【{}】").pages(
        Gold(part="病史特点", start=0, end=7)
    ) == [1, 2]
