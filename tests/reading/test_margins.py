"""What is printed on the paper's edge of records too short to compare pages."""

import pytest

from emr_rerank.reading.build import build_record
from emr_rerank.reading.margins import take_off_edges
from emr_rerank.record import Page
from tests.reading.printed_pages import line, page, read

BODY = ["出院记录", "诊疗经过：好转。"]


def edged(head: str | None, foot: str | None) -> Page:
    """A page with a line above and below its text."""
    printed = page(*BODY)
    lines = [line(head, -2)] if head else []
    lines += list(printed.lines)
    return printed.model_copy(update={"lines": tuple([*lines, line(foot, 42)] if foot else lines)})


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        ("姓名：某某 科室：某科 住院号：10001", "示例医院住院病历 第 1 页 共 1 页"),
        ("Name: N.N. Ward: 3 MRN: 10001", "Page 1 of 1"),
        (None, "- 1 -"),
    ],
)
def test_label_and_page_number_are_taken_off(head: str | None, foot: str) -> None:
    off = take_off_edges([edged(head, foot)])[0]
    assert [printed.text for printed in off.lines] == BODY
    assert [printed.text for printed in off.running] == [text for text in (head, foot) if text]


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        ("姓名：某某 采样时间：2026-03-02 06:10", "报告时间：2026-03-02 09:00 第1页"),
        ("既往史：体健。", "患者好转，见第1页。"),
    ],
)
def test_what_says_more_stays(head: str, foot: str) -> None:
    assert [printed.text for printed in take_off_edges([edged(head, foot)])[0].lines] == [head, *BODY, foot]


def test_the_label_still_gives_sex_and_age() -> None:
    record = build_record("r", read(edged("姓名：某某 性别：女 年龄：65岁", None)), None)
    assert record.demographics == {"age": "65岁", "sex": "女"}
    assert record.text.startswith("出院记录")
