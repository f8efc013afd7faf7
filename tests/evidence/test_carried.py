"""What a report's heading or earlier sentence says for a later one."""

import pytest

from emr_rerank.evidence.anchors import AnchorCheck
from emr_rerank.evidence.carried import REACH, carried_matters, carried_names, contexts
from emr_rerank.evidence.passage import passage
from emr_rerank.evidence.understand import understand
from emr_rerank.record import RowRef, Sentence
from emr_rerank.rules.evidence import role_pattern
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


@pytest.mark.parametrize(
    ("text", "refers"),
    [
        ("They may occur about three times per week.", True),
        ("It showed no fracture.", True),
        ("The scan was negative.", True),
        ("These do not occur at night.", True),
        ("About a year ago her dosage was decreased from 25 mg to 20 mg.", True),
        ("其大小约2×3cm。", True),
        ("该病灶边界清楚。", True),
        ("结果示阴性。", True),
        ("She denies chest pain.", False),
        ("The patient fell.", False),
        ("The mother has diabetes.", False),
        ("It is recommended that she return.", False),
        ("Italian speaker.", False),
        ("其父患糖尿病。", False),
        ("该患者无发热。", False),
        ("此次入院无胸痛。", False),
    ],
)
def test_words_that_refer_back(text: str, refers: bool) -> None:
    assert bool(role_pattern("refers_back").match(text)) is refers


def test_a_sentence_that_refers_back_speaks_of_the_matter_before_it() -> None:
    pain = frozenset({"concept.headache"})
    lines = [sentence(i, "Text.", "present_illness") for i in range(3)]
    named, refers = [pain, NONE, NONE], [False, True, True]
    assert carried_matters(lines, named, refers) == {1: pain, 2: pain}
    assert carried_matters(lines, named, [False, False, True]) == {}, "only the sentence right before it"
    other = [lines[0], sentence(1, "Text.", "physical_exam"), lines[2]]
    assert carried_matters(other, named, refers) == {}, "not over the border of a section"


def test_what_is_referred_back_to_is_handed_on_so_far_and_no_farther() -> None:
    lines = [sentence(i, "It.", "present_illness") for i in range(REACH + 3)]
    refers = [False, *[True] * (len(lines) - 1)]
    carried = carried_matters(lines, [CT, *[NONE] * (len(lines) - 1)], refers)
    assert carried == dict.fromkeys(range(1, REACH + 1), CT)


def test_a_sentence_is_shown_with_the_clause_that_it_goes_on_from() -> None:
    lines = [
        sentence(0, "3.辅助检查：头颅CT示：右侧头皮下血肿。", "auxiliary_exam"),
        sentence(1, "2.双侧基底节区腔隙性脑梗死。", "auxiliary_exam"),
        row(2, "甲", 1),
        sentence(3, "She has headaches, mostly at night.", "present_illness"),
        sentence(4, "They occur three times a week.", "present_illness"),
        sentence(5, "They began in May.", "past_history"),
    ]
    headache = frozenset({"concept.headache"})
    refers = [False, False, False, False, True, True]

    def named(text: str) -> frozenset[str]:
        return (CT if "CT" in text else NONE) | (headache if "headache" in text else NONE)

    told = contexts(lines, [CT, NONE, NONE, NONE, NONE, NONE], [CT, NONE, NONE, headache, NONE, NONE], refers, named)
    assert told == {1: "头颅CT示", 4: "She has headaches"}
    assert passage(lines[1], told[1]).endswith(" › 头颅CT示 | 2.双侧基底节区腔隙性脑梗死。")
    assert passage(lines[1]) == passage(lines[1], "") != passage(lines[1], told[1])
