"""What makes a drug's name a medication, and what is told of it beside the dose."""

import pytest

from emr_rerank.facts.notes import OTHER_PERSON, OTHER_STAY, PLANNED
from emr_rerank.findings import Fact, Medication
from tests.facts.one_sentence import facts_of, record_of


def medications(text: str, section: str = "progress_note", language: str = "zh") -> list[Fact]:
    return [
        fact for fact in facts_of(record_of([text], section=section, language=language)) if fact.kind == "medication"
    ]


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("考虑地高辛中毒，完善地高辛浓度。", "progress_note"),
        ("阿莫西林皮试阴性。", "progress_note"),
        ("对头孢曲松过敏。", "progress_note"),
        ("药物过敏： 头孢曲松 血型： B型", "cover"),
        ("过敏药物：青霉素、磺胺甲噁唑。", "admission_note"),
        ("白蛋白31g/L，葡萄糖8.9mmol/L。", "auxiliary_exam"),
        ("对亚胺培南敏感，对头孢曲松耐药。", "progress_note"),
        ("引流液120ml，输红细胞悬液2U。", "nursing_record"),
        ("予抗感染、护肝等治疗。", "progress_note"),
        ("行碘海醇增强CT检查。", "progress_note"),
    ],
)
def test_no_medication(text: str, section: str) -> None:
    assert not medications(text, section)


@pytest.mark.parametrize(
    ("text", "section", "language", "statuses"),
    [
        ("停静脉硝酸甘油，呋塞米改为口服20mg bid。", "ward_round", "zh", ["stopped", "ordered"]),
        ("停用双氯芬酸钠、缬沙坦。", "treatment_plan", "zh", ["stopped", "stopped"]),
        ("头孢曲松改为莫西沙星0.4g qd。", "progress_note", "zh", ["stopped", "ordered"]),
        ("予头孢他啶1g q8h静滴预防感染。", "hospital_course", "zh", ["ordered"]),
        ("如体温超过38.5℃，予布洛芬0.3g口服。", "progress_note", "zh", ["planned"]),
        ("3周前有双氯芬酸钠服药史。", "case_features", "zh", ["home"]),
        ("Warfarin was stopped and enoxaparin 80 mg SC BID started.", "progress_note", "en", ["stopped", "ordered"]),
        ("She continues except for discontinuing the Prozac.", "progress_note", "en", ["stopped"]),
        ("Do not restart lisinopril.", "discharge_orders", "en", ["avoided"]),
    ],
)
def test_status(text: str, section: str, language: str, statuses: list[str]) -> None:
    found = [fact.details for fact in medications(text, section, language)]
    assert [each.status for each in found if isinstance(each, Medication)] == statuses


@pytest.mark.parametrize(
    ("text", "section", "note"),
    [
        ("拟明日加用比索洛尔2.5mg qd。", "ward_round", PLANNED),
        ("2025年11月在外院住院，予头孢曲松2g qd静滴。", "progress_note", OTHER_STAY),
        ("母亲长期服用华法林3mg qd。", "family_history", OTHER_PERSON),
    ],
)
def test_notes(text: str, section: str, note: str) -> None:
    assert [note in fact.notes for fact in medications(text, section)] == [True]


def test_typed_parts() -> None:
    details = medications("予低分子肝素4000U皮下注射 q12h抗凝。")[0].details
    assert details == Medication(status="ordered", dose=4000, unit="U", route="sc", frequency="q12h", per_day=2)


def test_one_fact_for_each_dose_of_a_plan() -> None:
    facts = medications("门冬胰岛素早8U、午6U、晚8U餐前皮下注射。")
    assert [fact.value for fact in facts] == ["8 U sc qam ac", "6 U sc qnoon ac", "8 U sc qpm ac"]


def test_an_unlisted_drug_is_named_as_printed() -> None:
    facts = medications("给予前列癃闭通片乙方0.9g口服，缓解药物复方甲乙丙片0.25g tid。")
    assert ["复方甲乙丙片", "0.25 g tid"] in [[fact.name, fact.value] for fact in facts]


def test_the_typed_parts_stay_out_of_the_json() -> None:
    assert "details" not in medications("予呋塞米20mg静推。")[0].model_dump(mode="json")
