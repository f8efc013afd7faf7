"""Allergy statements: who is allergic to what, and who denies it."""

import pytest

from tests.facts.one_sentence import facts_of, record_of

ROWS = [
    ("否认药物过敏史。", "past_history", ["drug absent"]),
    ("否认药物及食物过敏史。", "past_history", ["any absent"]),
    ("否认食物、药物过敏史。", "past_history", ["any absent"]),
    ("无药物过敏史。", "past_history", ["drug absent"]),
    ("否认高血压、糖尿病病史，无手术外伤史及药物过敏史。", "past_history", ["drug absent"]),
    ("青霉素过敏。", "past_history", ["penicillin present"]),
    ("4、既往及家族史：既往体健，否认药物及食物过敏史。", "past_history", ["any absent"]),
    ("既往史及家族史：有头孢类药物过敏史，无食物过敏史。", "past_history", ["cephalosporin present", "food absent"]),
    ("对磺胺类药物过敏。", "past_history", ["sulfonamide present"]),
    ("对青霉素、头孢过敏，表现为皮疹。", "allergy_history", ["penicillin present", "cephalosporin present"]),
    ("有青霉素过敏史，否认其他药物过敏史。", "past_history", ["penicillin present"]),
    ("既往体健，有海鲜过敏史。", "past_history", ["seafood present"]),
    ("否认青霉素过敏史。", "past_history", ["penicillin absent"]),
    ("过敏史：无。", "allergy_history", ["any absent"]),
    ("过敏史：否认。", "allergy_history", ["any absent"]),
    ("过敏史：青霉素（皮疹）。", "allergy_history", ["penicillin present"]),
    ("药物过敏史：头孢曲松", "past_history", ["ceftriaxone present"]),
    ("药物过敏： 头孢曲松", "cover", ["ceftriaxone present"]),
    ("药物过敏：\t头孢曲松\t血型：\tB型 Rh阳性", "cover", ["ceftriaxone present"]),
    ("药物过敏：\t奥硝唑\t血型：\tB型 Rh阳性", "cover", ["奥硝唑 present"]),
    ("药物过敏\t无\t血型\tO型", "cover", ["drug absent"]),
    (
        "过敏史：奥硝唑（皮疹）、左奥硝唑氯化钠注射液",
        "allergy_history",
        ["奥硝唑 present", "左奥硝唑氯化钠注射液 present"],
    ),
    ("过敏史：不详。", "allergy_history", []),
    ("过敏史：详见现病史。", "allergy_history", []),
    ("过敏史：曾于青霉素静滴后出现皮疹，予地塞米松治疗后好转。", "allergy_history", ["penicillin present"]),
    ("对阿昔洛韦过敏。", "past_history", ["阿昔洛韦 present"]),
    ("对紫外线过敏。", "past_history", ["紫外线 present"]),
    ("对多种药物过敏。", "past_history", ["drug present"]),
    ("否认阿昔洛韦过敏史。", "past_history", ["阿昔洛韦 absent"]),
    ("对碘造影剂过敏。", "past_history", ["iodinated_contrast present"]),
    ("碘对比剂过敏（荨麻疹）。", "past_history", ["iodinated_contrast present"]),
    ("造影剂过敏史。", "past_history", ["iodinated_contrast present"]),
    ("碘海醇过敏。", "past_history", ["iohexol present"]),
    ("未发现药物过敏。", "allergy_history", ["drug absent"]),
    ("青霉素皮试(-)", "orders", []),
    ("青霉素皮试阴性，予静滴。", "progress_note", []),
    ("青霉素皮试阳性", "orders", ["penicillin present"]),
    ("青霉素皮试（+）", "orders", ["penicillin present"]),
    ("予青霉素静滴抗感染。", "progress_note", []),
    ("术前予泼尼松，无过敏反应。", "postoperative_note", []),
    ("过敏性鼻炎10年。", "past_history", []),
    ("予氯雷他定抗过敏治疗，头孢呋辛抗感染。", "progress_note", []),
    ("其父对青霉素过敏。", "family_history", []),
    ("如出现青霉素过敏及时停药。", "treatment_plan", []),
    ("No known drug allergies.", "allergy_history", ["drug absent"]),
    ("NKDA", "allergy_history", ["drug absent"]),
    ("Allergies: penicillin (rash), sulfa.", "allergy_history", ["penicillin present", "sulfonamide present"]),
    ("She is allergic to penicillin.", "past_history", ["penicillin present"]),
    ("Denies penicillin allergy.", "past_history", ["penicillin absent"]),
    ("ALLERGIES: Trimethoprim - widespread rash in 2019.", "allergy_history", ["trimethoprim present"]),
    ("Trimethoprim - widespread rash in 2019.", "allergy_history", ["trimethoprim present"]),
    ("No food allergies.", "allergy_history", ["food absent"]),
    ("Allergies: Gabapentin (dizziness), dapsone", "allergy_history", ["gabapentin present", "dapsone present"]),
    ("Allergies: reviewed with the patient.", "allergy_history", []),
    ("Allergy band applied: trimethoprim.", "nursing_record", ["trimethoprim present"]),
    ("Allergic to iodinated contrast media.", "past_history", ["iodinated_contrast present"]),
    ("Given dexamethasone for the allergic reaction.", "progress_note", []),
    ("Allergies: none.", "allergy_history", ["any absent"]),
    ("History of allergic rhinitis.", "past_history", []),
]


@pytest.mark.parametrize(("text", "section", "expected"), ROWS, ids=[row[0][:30] for row in ROWS])
def test_allergy_statements(text: str, section: str, expected: list[str]) -> None:
    record = record_of([text], section=section, language="en" if text.isascii() else "zh")
    facts = [fact for fact in facts_of(record) if fact.kind == "allergy"]
    assert [f"{fact.name} {fact.value}" for fact in facts] == expected
    assert all(fact.assertion == fact.value for fact in facts)


PRINTED = [
    ("对头孢曲松过敏（皮疹）。", "ceftriaxone", "头孢曲松"),
    ("磺胺类药物过敏，表现为全身皮疹；", "sulfonamide", "磺胺类药物"),
    ("对碘造影剂过敏。", "iodinated_contrast", "碘造影剂"),
    ("Allergies: Augmentin (rash).", "amoxicillin", "Augmentin"),
    ("Allergies: Dapsone (rash).", "dapsone", "Dapsone"),
]


@pytest.mark.parametrize(("text", "name", "display"), PRINTED, ids=[row[1] for row in PRINTED])
def test_an_allergen_is_shown_as_printed(text: str, name: str, display: str) -> None:
    facts = [fact for fact in facts_of(record_of([text], section="allergy_history")) if fact.value == "present"]
    assert [(fact.name, fact.display) for fact in facts] == [(name, display)]
