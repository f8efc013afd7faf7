"""Histories of lasting diseases: stated here and denied there."""

import pytest

from emr_rerank.facts.conflicts.find import find_conflicts
from tests.facts.one_sentence import evidence_of, record_of

OPPOSED = [
    (["高血压病史10年，口服氨氯地平。", "否认高血压、糖尿病史。"], "hypertension"),
    (["既往有2型糖尿病8年。", "既往体健，否认高血压、糖尿病、冠心病史。"], "diabetes"),
    (["有脑梗死病史3年，未遗留后遗症。", "否认脑梗死病史。"], "cerebral_infarction"),
    (["患慢性阻塞性肺疾病20余年。", "否认慢性阻塞性肺疾病史。"], "copd"),
    (["既往支气管哮喘病史。", "否认支气管哮喘、肺结核病史。"], "asthma"),
    (["既往乙型肝炎病史15年。", "否认肝炎、结核等传染病史。"], "hepatitis"),
    (["History of hypertension for 10 years.", "Denies any history of hypertension or diabetes."], "hypertension"),
    (["Known asthma since childhood.", "No history of asthma."], "asthma"),
]
COMPATIBLE = [
    ["否认糖尿病史。", "入院后查空腹血糖11.2mmol/L，新诊断2型糖尿病。"],
    ["否认糖尿病史。", "出院诊断：2型糖尿病。"],
    ["糖尿病史5年，无糖尿病足、糖尿病肾病。", "2型糖尿病病史5年。"],
    ["父亲高血压病史20年。", "否认高血压史。"],
    ["否认高血压史。", "血压150/90mmHg，高血压待排。"],
    ["否认冠心病史。", "如有冠心病史者慎用。"],
    ["否认肺炎史。", "既往有肺炎病史。"],
    ["否认高血压、糖尿病史。", "否认糖尿病史。"],
    ["低盐糖尿病饮食。", "否认糖尿病史。"],
    ["Denies hypertension.", "Her father had hypertension for 20 years."],
]


@pytest.mark.parametrize(("sentences", "disease"), OPPOSED, ids=[row[0][0] for row in OPPOSED])
def test_a_history_stated_and_denied(sentences: list[str], disease: str) -> None:
    record = record_of(sentences, section="past_history")
    found = [(each.about, each.evidence) for each in find_conflicts(record, evidence_of(record))]
    assert found == [(f"past_disease:{disease}", (1, 2))]


@pytest.mark.parametrize("sentences", COMPATIBLE, ids=[row[0] for row in COMPATIBLE])
def test_no_contradiction_of_histories(sentences: list[str]) -> None:
    record = record_of(sentences, section="present_illness")
    assert find_conflicts(record, evidence_of(record)) == ()
