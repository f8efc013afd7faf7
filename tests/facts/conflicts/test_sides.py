"""Left against right: which statements disagree, and which are of both sides, of the past, or of other things."""

import pytest

from emr_rerank.facts.conflicts.find import find_conflicts
from tests.facts.one_sentence import evidence_of, record_of

OPPOSED = [
    (["行左侧腹股沟疝修补术。", "行右侧腹股沟疝修补术。"], "laterality:腹股沟疝修补术"),
    (["左股骨颈骨折。", "诊断：右侧股骨颈骨折。"], "laterality:股骨颈骨折"),
    (["X线示左侧粗隆间骨折。", "右侧股骨粗隆间骨折，断端移位。"], "laterality:粗隆间骨折"),
    (["CT示右肺上叶占位，大小约2.1cm。", "出院诊断：左肺上叶占位。"], "laterality:肺上叶占位"),
    (["右侧乳腺癌。", "左乳腺癌。"], "laterality:乳腺癌"),
    (["左肾结石。", "右肾结石。"], "laterality:肾结石"),
    (["右侧股骨颈骨折。", "在腰麻下行左侧人工股骨头置换术。"], "laterality:hip"),
    (["右输尿管上段结石。", "行左侧输尿管软镜碎石术。"], "laterality:urinary"),
    (["门诊以右股内侧蜂窝织炎收入院。", "左股内侧手术切口愈合良好。"], "laterality:thigh"),
    (["Left femoral neck fracture.", "Right femoral neck fracture, displaced."], "laterality:femoral neck fracture"),
    (["Left femoral neck fracture.", "Underwent right hip arthroplasty."], "laterality:hip"),
    (["Right inguinal hernia.", "Left inguinal hernia repair under spinal anaesthesia."], "laterality:groin"),
]
COMPATIBLE = [
    ["左侧股骨颈骨折。", "右侧锁骨骨折。"],
    ["左侧第3肋骨骨折。", "右侧第5肋骨骨折。"],
    ["左侧肋骨骨折。", "右侧肋骨骨折。"],
    ["双侧腹股沟疝修补术。", "右侧腹股沟疝修补术。"],
    ["左肾结石，右肾结石。", "右肾结石。"],
    ["左肾、右肾结石。", "左肾结石。"],
    ["右肺结节。", "左肺结节。"],
    ["3年前行左侧腹股沟疝修补术。", "行右侧腹股沟疝修补术。"],
    ["既往左侧股骨颈骨折。", "右侧股骨颈骨折。"],
    ["未见左侧股骨颈骨折。", "右侧股骨颈骨折。"],
    ["右侧股骨颈骨折。", "行右侧人工股骨头置换术。"],
    ["右侧股骨颈骨折，左侧髋关节脱位。", "行左侧髋关节复位术。"],
    ["右侧肢体偏瘫。", "左侧基底节区出血。"],
    ["Bilateral inguinal hernia.", "Left inguinal hernia repair."],
    ["Her mother had left breast cancer.", "Right breast cancer."],
]


@pytest.mark.parametrize(("sentences", "about"), OPPOSED, ids=[row[0][0] for row in OPPOSED])
def test_two_sides_of_one_matter(sentences: list[str], about: str) -> None:
    record = record_of(sentences)
    assert [(each.about, each.evidence) for each in find_conflicts(record, evidence_of(record))] == [(about, (1, 2))]


@pytest.mark.parametrize("sentences", COMPATIBLE, ids=[row[0] for row in COMPATIBLE])
def test_no_contradiction_of_sides(sentences: list[str]) -> None:
    record = record_of(sentences)
    assert find_conflicts(record, evidence_of(record)) == ()


def test_a_section_that_lists_both_sides_ends_the_matter() -> None:
    record = record_of(["1.左肾结石。", "2.右肾结石。", "右肾结石。"])
    one_section = record.sections[0].model_copy(update={"end": record.sections[1].end})
    record = record.model_copy(update={"sections": (one_section, record.sections[2])})
    assert find_conflicts(record, evidence_of(record)) == ()
