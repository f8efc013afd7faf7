"""Sentences of sections: none crosses a section, a paragraph or a table row."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from emr_rerank.reading.record_text import LogicalLine
from emr_rerank.reading.sentences import find_sentences
from emr_rerank.record import RowRef, Section

PIECES = st.lists(
    st.sampled_from(
        ["患者发热。", "咳嗽；", "1.肺炎2.高血压", "查体：", "BP 120/80 mmHg. No fever. ", "\n", "；", " "]
    ),
    min_size=1,
    max_size=12,
)


def _section(code: str, start: int, end: int) -> Section:
    return Section(code=code, title="", path=(code,), page_start=1, page_end=1, start=start, end=end, body_start=start)


def _lines(text: str) -> list[LogicalLine]:
    lines, at = [], 0
    for line in text.split("\n"):
        if line:
            lines.append(LogicalLine(at, at + len(line), 1))
        at += len(line) + 1
    return lines


@given(PIECES, st.data())
def test_a_sentence_lies_in_one_section_and_one_paragraph(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(text) - 1)), max_size=3)))
    edges = [0, *(cut for cut in cuts if cut < len(text)), len(text)]
    sections = [_section("other", start, end) for start, end in pairwise(edges)]
    found = find_sentences(text, _lines(text), sections)
    for stretch in found:
        assert stretch.leaf.start <= stretch.start < stretch.end <= stretch.leaf.end
        assert "\n" not in text[stretch.start : stretch.end]
    words = "".join(text[stretch.start : stretch.end] for stretch in found)
    assert [sign for sign in words if sign.isalnum()] == [sign for sign in text if sign.isalnum()]


def test_a_table_row_is_one_sentence_and_its_header_none() -> None:
    text = "项目\t结果\n钾\t3.2；↓。复查\n一般情况可。无发热。"
    lines = [
        LogicalLine(0, 5, 1, "header", table=0),
        LogicalLine(6, 16, 1, "row", table=0, row=0),
        LogicalLine(17, len(text), 1),
    ]
    found = find_sentences(text, lines, [_section("lab_report", 0, len(text))])
    assert [(text[each.start : each.end], each.row) for each in found] == [
        ("钾\t3.2；↓。复查", RowRef(table=0, row=0)),
        ("一般情况可。", None),
        ("无发热。", None),
    ]
