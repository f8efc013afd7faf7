"""The section tree: what opens a section, where it hangs, what ends it, and what must not open one."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emr_rerank.reading.build import build_record
from emr_rerank.reading.record_text import LogicalLine, RecordText
from emr_rerank.reading.sections import build_sections
from emr_rerank.record import Record, Section
from emr_rerank.rules.sections import section_rules
from tests.reading.printed_pages import page, read, table


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
    (
        ["病史特点", "病历特点：1.老年。3、现病史：患者起病急。4、查体：T36.3℃。初步诊断：肺炎。鉴别诊断：肺结核。"],
        [(0, "case_features", "病史特点"), (1, "present_illness", "现病史"), (1, "physical_exam", "查体"),
         (1, "admission_diagnosis", "初步诊断"), (1, "differential_diagnosis", "鉴别诊断")],
    ),
    (
        ["首次病程记录", "患者因发热入院。病例特点如下：1.急性起病。2、查体：咽红。"],
        [(0, "first_progress_note", "首次病程记录"), (1, "case_features", "病例特点"), (2, "physical_exam", "查体")],
    ),
    (
        ["入院记录", "体格检查：心肺未见异常。精神检查：意识清晰。"],
        [(0, "admission_note", "入院记录"), (1, "physical_exam", "体格检查"), (1, "specialist_exam", "精神检查")],
    ),
    (
        ["入院记录", "主诉:头痛。", "现病史患者三天前起病。", "既往史否认高血压。", "过敏史.青霉素过敏。",
         "体 格检查；腹软。", "2026-03-0108:30首次病程记录"],
        [(0, "admission_note", "入院记录"), (1, "chief_complaint", "主诉"), (1, "present_illness", "现病史"),
         (1, "past_history", "既往史"), (1, "allergy_history", "过敏史"), (1, "physical_exam", "体格检查"),
         (0, "first_progress_note", "首次病程记录")],
    ),
    (
        ["History and Physical", "Physical examination on arrival", "Afebrile.",
         "Investigations in the Emergency Department", "pH 7.08."],
        [(0, "admission_note", "History and Physical"), (1, "physical_exam", "Physical examination on arrival"),
         (1, "auxiliary_exam", "Investigations in the Emergency Department")],
    ),
    (
        ["PROGRESS NOTES", "2026-02-11 09:10 Ward round", "Well.", "2026-02-11 15:20 Diabetes specialist nurse",
         "Reviewed."],
        [(0, "progress_note", "PROGRESS NOTES"), (0, "ward_round", "Ward round"),
         (0, "consultation", "Diabetes specialist nurse")],
    ),
    (
        ["出院记录 Discharge Summary", "出院带药 Discharge medications：阿司匹林。"],
        [(0, "discharge_summary", "出院记录 Discharge Summary"), (1, "discharge_medication", "出院带药")],
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
        "依据患儿以腹痛为主症，查体：脐周压痛，补充诊断肠炎。",
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


EXAM = "3、查体：腹软，无压痛。"


@pytest.mark.parametrize(
    "after",
    [
        "血红蛋白82g/L，尿素7.9mmol/L。",
        "复查血常规示：白细胞数5.53*10^9/L。",
        "胸片示：两肺纹理增多。",
        "今晨化验回报：肌酐88μmol/L。",
        "给予抗感染治疗。",
        "患者及家属要求出院。",
        "故诊断为肺炎。",
        "某某主任医师查房后指示：继续观察。",
    ],
)
@pytest.mark.parametrize("heading", ["诊疗经过", "出院情况"])
def test_an_examination_ends_where_results_opinions_or_orders_begin(heading: str, after: str) -> None:
    record = record_of(heading, f"患者好转。{EXAM}{after}")
    assert {s.text: s.section_code for s in record.sentences}[EXAM] == "physical_exam"
    assert record.sentences[-1].section_code not in ("physical_exam", "specialist_exam")


@pytest.mark.parametrize(
    "finding", ["病理反射未引出。", "血压120/80mmHg。", "手术部位敷料包扎好，无渗出。", "继续性杂音未闻及。"]
)
def test_a_finding_does_not_end_an_examination(finding: str) -> None:
    assert record_of("出院情况", EXAM + finding).sentences[-1].section_code == "physical_exam"


def test_results_stay_with_the_tests_until_the_course_goes_on() -> None:
    record = record_of("诊疗经过", "入院后完善检查。辅助检查：胸片示炎症。建议结合临床。给予抗感染治疗。")
    assert [s.section_code for s in record.sentences[1:]] == ["auxiliary_exam", "auxiliary_exam", "hospital_course"]


def test_a_heading_with_nothing_but_its_first_part_is_no_sentence() -> None:
    record = record_of("【病史特点】1、现病史：患者起病急。")
    assert [(s.section_code, s.text) for s in record.sentences] == [("present_illness", "1、现病史：患者起病急。")]


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
        (["出院记录", "出院情况：2026-03-09出院，无腹痛。"], "2026-03-09"),
    ],
)
def test_the_date_of_a_document(lines: list[str], date: str | None) -> None:
    record = record_of(*lines)
    assert record.sections[0].date == date
    assert {node.date for node in record.sections[0].walk()} == {date}


def test_a_title_on_top_of_every_page_opens_one_document() -> None:
    pages = [page("入院记录", "现病史：患者", number=1), page("入院记录", "继续说明。", number=2)]
    assert [s.code for s in build_record("r", read(*pages), None).sections] == ["admission_note"]


def test_a_page_title_over_dated_notes_does_not_cut_the_note_that_goes_on() -> None:
    first = page("病程记录", "2026-03-04 08:44 李四主治医师查房记录", "患者好转。", number=1)
    second = page("病 程 记 录", "继续目前治疗。", "2026-03-05 08:45", "患者平稳。", number=2)
    record = build_record("r", read(first, second), None)
    assert [(s.code, s.page_start, s.page_end) for s in record.sections] == [
        ("progress_note", 1, 1), ("ward_round", 1, 2), ("progress_note", 2, 2),
    ]  # fmt: skip


@pytest.mark.parametrize(("title", "code"), [("疑难病例讨论记录", "progress_note"), ("出院记录", "discharge_summary")])
def test_another_document_on_top_of_a_page_is_a_new_one(title: str, code: str) -> None:
    pages = [page("2026-03-04 08:44 查房记录", "患者好转。", number=1), page(title, "平稳。", number=2)]
    assert [s.code for s in build_record("r", read(*pages), None).sections] == ["ward_round", code]


def test_a_form_row_with_empty_cells_opens_its_section() -> None:
    rows = [
        ("申请科室", "骨科", "会诊科室", "心内科"),
        ("会诊目的", "评估手术风险。", "", ""),
        ("会诊意见", "可行手术。", "", ""),
    ]
    record = build_record("r", read(page("会诊单", tables=[table(rows, 1)])), None)
    assert outline(record) == [
        (0, "consultation", "会诊单"), (1, "consultation", "会诊目的"), (1, "consultation", "会诊意见"),
    ]  # fmt: skip


def test_a_form_opens_no_parts() -> None:
    assert outline(record_of("入院护理评估单", "过敏史：无", "跌倒风险：低")) == [
        (0, "nursing_record", "入院护理评估单")
    ]


def test_the_rule_is_named() -> None:
    record = record_of("入院记录", "主诉：头痛。")
    assert record.sentences[0].rule == "sections.zh.chief_complaint"


HEADINGS = sorted(
    {title for rule in section_rules() if rule.level not in ("stop", "hint") for title in rule.titles[:2]}
)
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
STOPS = sorted({title for rule in section_rules() if rule.level == "stop" for title in rule.titles[:3]})
DATED = st.builds(
    "{} {}".format, st.sampled_from(["2026-03-05 08:30", "2026年3月6日", "3-7"]), st.sampled_from(HEADINGS)
)
LINE = st.one_of(
    BODY,
    DATED,
    st.builds("{}：{}".format, st.sampled_from(STOPS), st.sampled_from(["张三", "", "A. Smith, MD 2026-03-05"])),
    st.builds("{}{}：{}".format, st.sampled_from(["3、", "（二）", "【", "5."]), st.sampled_from(HEADINGS), BODY),
    st.sampled_from(HEADINGS),
    st.builds(lambda title, body: f"{title}：{body}", st.sampled_from(HEADINGS), BODY),
    st.text(alphabet="一二查体：:。.1、 aB\t【】（）", max_size=24),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINE, max_size=30))
def test_invariants_on_random_records(lines: list[str]) -> None:
    check_invariants(record_of(*lines) if lines else record_of("空"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(BODY, st.sampled_from(HEADINGS), st.sampled_from(STOPS), st.text(max_size=6)), max_size=24))
def test_invariants_on_headings_and_text_run_together(pieces: list[str]) -> None:
    """One logical line, as when nothing of the layout is left: every character in one leaf, spans nested."""
    text = "".join(pieces).replace("\n", " ")
    read_text = RecordText(text=f"{text}\n", lines=[LogicalLine(0, len(text), 1)])
    check_tiling(build_sections(read_text), len(text) + 1)


def check_tiling(sections: tuple[Section, ...], length: int) -> None:
    """Leaves tile the text from 0 to its length, children tile their parents."""
    at = 0
    for leaf in (leaf for section in sections for leaf in section.leaves()):
        assert leaf.start == at < leaf.end or leaf.start == at == leaf.end
        assert leaf.start <= leaf.body_start <= leaf.end
        at = leaf.end
    assert at == length
    for node in (node for section in sections for node in section.walk() if node.children):
        assert (node.children[0].start, node.children[-1].end) == (node.start, node.end)
        for one, other in pairwise(node.children):
            assert one.end == other.start


def check_invariants(record: Record) -> None:
    """Leaves tile the text, children tile parents, sentences lie in one leaf and do not overlap."""
    check_tiling(record.sections, len(record.text))
    leaves = list(record.leaves())
    last = 0
    for index, sentence in enumerate(record.sentences):
        assert sentence.index == index
        assert record.text[sentence.start : sentence.end] == sentence.text != ""
        assert sentence.start >= last
        last = sentence.end
        assert sum(leaf.start <= sentence.start and sentence.end <= leaf.end for leaf in leaves) == 1
    for place in record.places:
        assert "\n" not in record.text[place.start : place.end]
    for printed in record.tables:
        for row, span in zip(printed.rows, printed.row_spans, strict=True):
            assert record.text[span.start : span.end] == "\t".join(row)
