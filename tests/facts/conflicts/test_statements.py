"""Matters of which one value is true: blood type, smoking, drinking, pregnancy."""

import pytest

from emr_rerank.facts.conflicts.find import find_conflicts
from tests.facts.one_sentence import evidence_of, record_of

OPPOSED = [
    (["血型：A型，RhD阳性。", "血型：A型，RhD阴性。"], "rh_type"),
    (["ABO血型\tO型", "Rh(D)血型\t阳性", "血型O型Rh（-）。"], "rh_type"),
    (["Blood type: O positive.", "Blood type: O negative."], "rh_type"),
    (["否认饮酒史。", "饮酒20年，每日白酒约100ml。"], "alcohol"),
    (["无烟酒嗜好。", "吸烟20年，每日10支。"], "smoking"),
    (["宫内孕12周。", "否认妊娠可能。"], "pregnancy"),
    (["目前妊娠20+3周。", "尿妊娠试验：阴性。"], "pregnancy"),
    (["尿HCG（+）。", "目前未孕。"], "pregnancy"),
    (["She is 12 weeks pregnant.", "Urine pregnancy test negative."], "pregnancy"),
    (["孕3产1，目前孕28周。", "孕2产1，剖宫产史1次。"], "gravidity"),
    (["G2P1, 39 weeks of gestation.", "G3P1."], "gravidity"),
]
COMPATIBLE = [
    ["血型：A型，RhD阳性。", "血型A型Rh（+）。"],
    ["2019年孕39周顺产一男婴。", "目前未孕。"],
    ["孕1产1。", "G1P1"],
    ["孕二产一。", "孕2产1。"],
    ["饮酒20年。", "已戒酒2年。"],
    ["如妊娠试验阳性，请妇科会诊。", "尿妊娠试验阴性。"],
    ["其母怀孕时否认吸烟。", "吸烟20年。"],
]


@pytest.mark.parametrize(("sentences", "about"), OPPOSED, ids=[row[0][0] for row in OPPOSED])
def test_two_values_of_one_matter(sentences: list[str], about: str) -> None:
    record = record_of(sentences)
    assert [each.about for each in find_conflicts(record, evidence_of(record))] == [about]


@pytest.mark.parametrize("sentences", COMPATIBLE, ids=[row[0] for row in COMPATIBLE])
def test_no_contradiction(sentences: list[str]) -> None:
    record = record_of(sentences, section="marital_history")
    assert find_conflicts(record, evidence_of(record)) == ()
