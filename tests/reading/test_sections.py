"""The section tree: what opens a section, where it hangs, what ends it, and what must not open one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emr_rerank.reading.build import build_record
from emr_rerank.record import Record, Section
from emr_rerank.rules.sections import section_rules
from tests.reading.printed_pages import page, read


def record_of(*lines: str) -> Record:
    size = 40
    pages = [page(*lines[i : i + size], number=i // size + 1) for i in range(0, len(lines), size)]
    return build_record("test", read(*pages), None)


def outline(record: Record) -> list[tuple[int, str, str]]:
    """(depth, code, title) of every node but preambles."""

    def walk(sections: tuple[Section, ...], depth: int) -> list[tuple[int, str, str]]:
        out = []
        for section in sections:
            if section.code != "preamble":
                out.append((depth, section.code, section.title))
            out.extend(walk(section.children, depth + 1))
        return out

    return walk(record.sections, 0)


CASES = [
    (
        ["入院记录", "主诉：反复胸闷3年。", "现病史：患者3年前起病。", "既往史：体健。过敏史：无。",
         "体格检查", "T36.5℃。"],
        [(0, "admission_note", "入院记录"), (1, "chief_complaint", "主诉"), (1, "present_illness", "现病史"),
         (1, "past_history", "既往史"), (1, "allergy_history", "过敏史"), (1, "physical_exam", "体格检查")],
    ),
    (
        ["病史特点", "1.老年女性；2.既往体健。3、查体：T36.1℃。专科情况：压痛。5.辅助检查：骨折。"],
        [(0, "case_features", "病史特点"), (1, "physical_exam", "查体"), (1, "specialist_exam", "专科情况"),
         (1, "auxiliary_exam", "辅助检查")],
    ),
    (
        ["2026-03-05 08:30 主治医师查房记录", "患者好转。", "2026年3月6日 10:00", "无不适。",
         "2026-03-07 阶段小结", "平稳。"],
        [(0, "ward_round", "主治医师查房记录"), (0, "progress_note", "2026年3月6日 10:00"),
         (0, "stage_summary", "阶段小结")],
    ),
    (
        ["某某医院检验报告单", "肌酐 108", "彩色多普勒超声检查报告", "检查所见：正常。", "诊断意见：未见异常。"],
        [(0, "lab_report", "某某医院检验报告单"), (0, "imaging_report", "彩色多普勒超声检查报告"),
         (1, "imaging_report", "检查所见"), (1, "imaging_report", "诊断意见")],
    ),
    (
        ["【主 诉】头痛。", "【过敏史】", "【家族史】无。"],
        [(0, "chief_complaint", "主诉"), (0, "allergy_history", "过敏史"), (0, "family_history", "家族史")],
    ),
    (
        ["HISTORY AND PHYSICAL", "CHIEF COMPLAINT: Chest pain.", "Allergies: NKDA. Family History: None.",
         "PLAN", "Rest."],
        [(0, "admission_note", "HISTORY AND PHYSICAL"), (1, "chief_complaint", "CHIEF COMPLAINT"),
         (1, "allergy_history", "Allergies"), (1, "family_history", "Family History"), (1, "treatment_plan", "PLAN")],
    ),
    (
        ["出院记录 Discharge Summary", "诊疗经过 Hospital course：好转。"],
        [(0, "discharge_summary", "出院记录 Discharge Summary"), (1, "hospital_course", "诊疗经过")],
    ),
    (
        ["LABORATORY REPORT - Full blood count", "Haemoglobin 128"],
        [(0, "lab_report", "LABORATORY REPORT")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), CASES)
def test_outline(lines: list[str], expected: list[tuple[int, str, str]]) -> None:
    found = outline(record_of(*lines))
    assert [(depth, code, title.split(" Discharge")[0]) for depth, code, title in found] == [
        (depth, code, title.split(" Discharge")[0]) for depth, code, title in expected
    ]


@pytest.mark.parametrize(
    "text",
    [
        "完善辅助检查后给予治疗。",
        "步入病房，查体合作，心肺查体未见异常。",
        "患者及家属要求出院，同意诊断。",
        "外生殖器见专科情况。",
        "The plan was discussed and allergies were reviewed.",
        "查体及辅助检查支持诊断。",
    ],
)
def test_words_in_prose_open_nothing(text: str) -> None:
    assert [code for _, code, _ in outline(record_of("诊疗经过", text))] == ["hospital_course"]


def test_an_empty_section_stays_empty() -> None:
    record = record_of("入院记录", "既往史：", "个人史：", "生于原籍。")
    empty = next(node for node in record.leaves() if node.title == "既往史")
    assert record.text[empty.body_start : empty.end].strip() == ""
    assert [s.text for s in record.sentences] == ["生于原籍。"]


def test_a_numbered_inline_part_ends_at_the_next_number() -> None:
    record = record_of("病史特点", "2、查体：1.心正常。2.肺正常。3、患者要求出院。")
    exam = next(node for node in record.leaves() if node.code == "physical_exam")
    assert record.text[exam.start : exam.end] == "2、查体：1.心正常。2.肺正常。"


def test_an_inline_part_ends_with_its_paragraph() -> None:
    record = record_of("2026-03-05 08:30 查房记录", "患者诉腹痛，查体：腹软。", "继续抗感染治疗。")
    assert [s.section_code for s in record.sentences] == ["ward_round", "physical_exam", "ward_round"]


@pytest.mark.parametrize(
    ("lines", "date"),
    [
        (["2026-03-05 08:30 首次病程记录", "好转。"], "2026-03-05T08:30"),
        (["首次病程记录", "2026-03-05 08:30", "好转。"], "2026-03-05T08:30"),
        (["检验报告单", "报告时间：2026-03-02 09:00", "采样时间：2026-03-02 06:10"], "2026-03-02T06:10"),
        (["入院记录", "入院日期：2026-03-01 10:00 记录日期：2026-03-01 14:00"], "2026-03-01T10:00"),
        (["出院记录", "入院日期：2026-03-01 出院日期：2026-03-09"], "2026-03-09"),
        (["会诊记录", "同意治疗。", "医师签名：某某 2026-03-04"], "2026-03-04"),
        (["会诊记录", "同意治疗。"], None),
    ],
)
def test_the_date_of_a_document(lines: list[str], date: str | None) -> None:
    record = record_of(*lines)
    assert record.sections[0].date == date
    assert {node.date for node in record.sections[0].walk()} == {date}


def test_a_title_on_top_of_every_page_opens_one_document() -> None:
    pages = [page("入院记录", "现病史：患者", number=1), page("入院记录", "继续说明。", number=2)]
    assert [s.code for s in build_record("r", read(*pages), None).sections] == ["admission_note"]


def test_a_form_opens_no_parts() -> None:
    assert outline(record_of("入院护理评估单", "过敏史：无", "跌倒风险：低")) == [
        (0, "nursing_record", "入院护理评估单")
    ]


def test_the_rule_is_named() -> None:
    record = record_of("入院记录", "主诉：头痛。")
    assert record.sentences[0].rule == "sections.zh.chief_complaint"


HEADINGS = sorted({title for rule in section_rules() if rule.level != "stop" for title in rule.titles[:2]})
BODY = st.sampled_from(
    [
        "患者好转，无发热。",
        "3、查体：T36.5℃。4.辅助检查：白细胞12.18*10^9/L",
        "2026-03-05 08:30",
        "：",
        "1.",
        "术后第3天。",
        "No fever. Plan: rest.",
        " ",
        "；；",
    ]
)
LINE = st.one_of(
    BODY,
    st.sampled_from(HEADINGS),
    st.builds(lambda title, body: f"{title}：{body}", st.sampled_from(HEADINGS), BODY),
    st.text(alphabet="一二查体：:。.1、 aB\t【】（）", max_size=24),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINE, max_size=30))
def test_invariants_on_random_records(lines: list[str]) -> None:
    check_invariants(record_of(*lines) if lines else record_of("空"))


def check_invariants(record: Record) -> None:
    """Leaves tile the text, children tile parents, sentences lie in one leaf and do not overlap."""
    at = 0
    leaves = list(record.leaves())
    for leaf in leaves:
        assert leaf.start == at < leaf.end or leaf.start == at == leaf.end
        assert leaf.start <= leaf.body_start <= leaf.end
        at = leaf.end
    assert at == len(record.text)
    for section in record.sections:
        for node in section.walk():
            if node.children:
                assert (node.children[0].start, node.children[-1].end) == (node.start, node.end)
                for one, other in zip(node.children, node.children[1:], strict=False):
                    assert one.end == other.start
    last = 0
    for index, sentence in enumerate(record.sentences):
        assert sentence.index == index
        assert record.text[sentence.start : sentence.end] == sentence.text != ""
        assert sentence.start >= last
        last = sentence.end
        assert sum(leaf.start <= sentence.start and sentence.end <= leaf.end for leaf in leaves) == 1
    for place in record.places:
        assert "\n" not in record.text[place.start : place.end]
    for table in record.tables:
        for row, span in zip(table.rows, table.row_spans, strict=True):
            assert record.text[span.start : span.end] == "\t".join(row)
