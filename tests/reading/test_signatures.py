"""Who signed a document: labels, their order, names of several kinds."""

import pytest

from emr_rerank.reading.build import build_record
from emr_rerank.reading.signatures import signatures
from emr_rerank.rules.sections import section_rules
from tests.reading.printed_pages import page, read

SIGNATURES = signatures(section_rules())


@pytest.mark.parametrize(
    ("text", "author"),
    [
        ("医师签名：张三", "张三"),
        ("医师签名：张 三", "张三"),
        ("医师签名: 张三/李四", "张三/李四"),
        ("主治医师：张三  住院医师：李四", "李四"),
        ("报告医师：赵六  审核医师：钱七", "赵六"),
        ("检验者：孙八\t审核者：周九", "孙八"),
        ("记录者：阿不都·热合曼 2026-03-01", "阿不都·热合曼"),
        ("医师签名：张三（签名）", "张三"),
        ("送检医师：张三", None),
        ("患者签名：张三", None),
        ("医师签名：", None),
        ("医师签名：\n主任医师：张三", None),
        ("主治医师查房：病情平稳。", None),
        ("Electronically signed by: A. Smith, MD 2026-02-06", "A. Smith, MD"),
        ("Dictated by: Dr. B. O'Neil", "Dr. B. O'Neil"),
        ("Surgeon: C. Brown, MD\nDictated by: D. White, RN", "D. White, RN"),
        ("The surgeon: unknown", None),
    ],
)
def test_author(text: str, author: str | None) -> None:
    assert SIGNATURES.author(text) == author


def test_the_last_of_two_signatures_counts() -> None:
    assert SIGNATURES.author("医师签名：张三\n补充诊断：高血压病\n医师签名：李四") == "李四"


def test_a_part_has_no_author() -> None:
    record = build_record("r", read(page("入院记录", "主诉：头痛。", "医师签名：张三")), None)
    assert [node.author for node in record.sections[0].walk()] == ["张三", None, None, None]


@pytest.mark.parametrize(
    ("lines", "dates"),
    [
        (["2026-03-03 09:00", "好转。", "医师签名：李四", "2026-03-03 09:20"], ["2026-03-03T09:00"]),
        (
            ["2026-03-03 09:00", "好转。", "医师签名：李四", "2026-03-04 09:20", "今日出院。"],
            ["2026-03-03T09:00", "2026-03-04T09:20"],
        ),
        (
            ["2026-03-03 09:00", "好转。", "医师签名：李四", "2026-03-03 09:20", "2026-03-05 10:00 阶段小结", "平稳。"],
            ["2026-03-03T09:00", "2026-03-05T10:00"],
        ),
    ],
)
def test_a_date_below_a_signature_heads_a_note_only_when_a_note_follows(lines: list[str], dates: list[str]) -> None:
    record = build_record("r", read(page(*lines)), None)
    assert [section.date for section in record.sections] == dates
