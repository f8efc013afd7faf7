"""A drug sent home with a patient who is allergic to it or to its class."""

import pytest

from emr_rerank.facts.conflicts.find import check_record
from emr_rerank.record import Record
from tests.facts.one_sentence import record_of


def record(allergy: str, drugs: str, section: str = "discharge_medication") -> Record:
    made = record_of([allergy, drugs], dates=["2026-03-02", "2026-03-12"])
    first, second = made.sentences
    sentences = (first, second.model_copy(update={"section_code": section}))
    return made.model_copy(update={"sentences": sentences})


AGAINST = [
    ("青霉素过敏。", "阿莫西林胶囊 0.5g 口服 每日3次", "amoxicillin"),
    ("患者对头孢曲松过敏。", "头孢曲松 1g 静滴 每日1次", "ceftriaxone"),
    ("头孢类药物过敏史。", "头孢克肟分散片 0.1g 口服 bid", "cefixime"),
    ("青霉素过敏。", "阿莫仙 0.5g po tid", "amoxicillin"),
    ("阿莫西林过敏。", "力百汀 1片 口服 bid", "amoxicillin_clavulanate"),
    ("喹诺酮类过敏。", "可乐必妥 0.5g 口服 qd", "levofloxacin"),
    ("磺胺类药物过敏。", "复方磺胺甲噁唑片 2片 口服 bid", "co_trimoxazole"),
    ("Allergic to penicillin.", "Amoxicillin-clavulanate 875 mg PO BID for 7 days", "amoxicillin_clavulanate"),
]
ALLOWED = [
    ("青霉素过敏。", "左氧氟沙星片 0.5g 口服 每日1次", "discharge_medication"),
    ("青霉素过敏。", "头孢克肟分散片 0.1g 口服 bid", "discharge_medication"),
    ("青霉素过敏。", "避免使用青霉素类药物，门诊随诊。", "discharge_orders"),
    ("否认青霉素过敏。", "阿莫西林胶囊 0.5g 口服 每日3次", "discharge_medication"),
    ("青霉素过敏。", "阿莫西林0.5g口服治疗后出现皮疹，予停用。", "hospital_course"),
    ("其父对青霉素过敏。", "阿莫西林胶囊 0.5g 口服 每日3次", "discharge_medication"),
    ("Allergic to penicillin.", "Avoid amoxicillin and other penicillins.", "discharge_orders"),
]


@pytest.mark.parametrize(("allergy", "drugs", "name"), AGAINST, ids=[row[1] for row in AGAINST])
def test_a_discharge_drug_against_an_allergy(allergy: str, drugs: str, name: str) -> None:
    found = check_record(record(allergy, drugs)).conflicts
    assert [each.about for each in found] == [f"discharge_drug:{name}"]
    assert [[piece.text for piece in side.evidence] for side in found[0].sides] == [[drugs], [allergy]]


@pytest.mark.parametrize(("allergy", "drugs", "section"), ALLOWED, ids=[row[1] for row in ALLOWED])
def test_drugs_that_no_allergy_forbids(allergy: str, drugs: str, section: str) -> None:
    assert check_record(record(allergy, drugs, section)).conflicts == ()
