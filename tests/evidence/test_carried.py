"""What a report's heading or earlier sentence says for a later one."""

from emr_rerank.evidence.anchors import AnchorCheck
from emr_rerank.evidence.carried import REACH, carried_names
from emr_rerank.evidence.understand import understand
from emr_rerank.record import RowRef, Sentence
from tests.evidence.test_times import sentence

CT, NONE = frozenset({"concept.ct"}), frozenset[str]()


def row(index: int, text: str, table: int) -> Sentence:
    return sentence(index, text, "lab_report").model_copy(update={"row": RowRef(table=table, row=index)})


def test_findings_belong_to_the_examination_named_before_them() -> None:
    lines = [sentence(i, f"第{i}句。", "imaging_report") for i in range(REACH + 3)]
    carried = carried_names(lines, [CT, *[NONE] * (len(lines) - 1)])
    assert carried == dict.fromkeys(range(1, REACH + 1), CT)


def test_another_section_is_another_report() -> None:
    lines = [sentence(0, "胸部CT示肺炎。", "imaging_report"), sentence(1, "无扩张。", "physical_exam")]
    assert carried_names(lines, [CT, NONE]) == {}


def test_rows_belong_to_the_heading_of_their_table() -> None:
    lines = [
        sentence(0, "检验项目：血培养", "lab_report"),
        sentence(1, "采集时间", "lab_report"),
        row(2, "甲", 1),
        row(3, "乙", 1),
    ]
    named = [frozenset({"concept.blood_culture"}), NONE, NONE, NONE]
    assert set(carried_names(lines, named)) == {1, 2, 3}
    assert carried_names([*lines[:2], row(2, "甲", 1), row(3, "乙", 2)], named).keys() == {1, 2}


def test_a_finding_answers_for_the_examination_it_belongs_to() -> None:
    finding = sentence(1, "双肺纹理增重。", "imaging_report")
    anchors = understand("胸部CT结果").anchors
    assert AnchorCheck(anchors, None, {1: CT}).holds(finding)
    assert not AnchorCheck(anchors).holds(finding)
    assert not AnchorCheck(understand("胸部MRI结果").anchors, None, {1: CT}).holds(finding)


def test_a_part_of_the_body_may_be_left_unsaid_but_not_be_another_one() -> None:
    anchors = understand("头颅CT结果").anchors
    assert AnchorCheck(anchors).holds(sentence(0, "CT未见异常。", "imaging_report"))
    assert not AnchorCheck(anchors).holds(sentence(0, "胸部CT未见异常。", "imaging_report"))
    assert not AnchorCheck(understand("附睾切除了吗").anchors).holds(sentence(0, "右侧附睾肿胀。", "physical_exam"))
