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
    ("对磺胺类药物过敏。", "past_history", ["sulfonamide present"]),
    ("对青霉素、头孢过敏，表现为皮疹。", "allergy_history", ["penicillin present", "cephalosporin present"]),
    ("有青霉素过敏史，否认其他药物过敏史。", "past_history", ["penicillin present"]),
    ("既往体健，有海鲜过敏史。", "past_history", ["seafood present"]),
    ("否认青霉素过敏史。", "past_history", ["penicillin absent"]),
    ("过敏史：无。", "allergy_history", ["any absent"]),
    ("过敏史：否认。", "allergy_history", ["any absent"]),
    ("过敏史：青霉素（皮疹）。", "allergy_history", ["penicillin present"]),
    ("药物过敏史：头孢曲松", "past_history", ["cephalosporin present"]),
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
    ("Allergies: none.", "allergy_history", ["any absent"]),
    ("History of allergic rhinitis.", "past_history", []),
]


@pytest.mark.parametrize(("text", "section", "expected"), ROWS, ids=[row[0][:30] for row in ROWS])
def test_allergy_statements(text: str, section: str, expected: list[str]) -> None:
    record = record_of([text], section=section, language="en" if text.isascii() else "zh")
    facts = [fact for fact in facts_of(record) if fact.kind == "allergy"]
    assert [f"{fact.name} {fact.value}" for fact in facts] == expected
    assert all(fact.assertion == fact.value for fact in facts)
