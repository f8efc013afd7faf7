"""The catalogue of drugs and the words around them."""

import re
from pathlib import Path

import pytest

from emr_rerank.errors import RuleError
from emr_rerank.rules.allergens import allergens
from emr_rerank.rules.drugs import drug_catalogue
from emr_rerank.rules.names import any_name, any_word
from emr_rerank.rules.printed import fold_case


def test_size() -> None:
    assert len(drug_catalogue()) >= 450


def test_no_name_means_two_drugs() -> None:
    owners: dict[str, set[str]] = {}
    for drug in drug_catalogue():
        for name in drug.names:
            owners.setdefault(fold_case(name), set()).add(drug.id)
    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}


def test_unsure_names_are_names_and_parts_are_drugs() -> None:
    drugs = drug_catalogue()
    for drug in drugs:
        assert drug.unsure == "all" or set(drug.unsure) <= set(drug.names), drug.id
        assert all(drugs.get(part) for part in drug.parts), drug.id


@pytest.mark.parametrize(
    ("text", "drug"),
    [
        ("拜新同30mg", "nifedipine"),
        ("波立维75mg", "clopidogrel"),
        ("立普妥20mg", "atorvastatin"),
        ("倍他乐克25mg", "metoprolol"),
        ("泰能0.5g", "imipenem_cilastatin"),
        ("舒普深3g", "cefoperazone_sulbactam"),
        ("可威75mg", "oseltamivir"),
        ("诺和灵30R 16U", "insulin_human_mixed"),
        ("Lasix 40 mg", "furosemide"),
        ("piperacillin-tazobactam", "piperacillin_tazobactam"),
        ("重组人促红素", "epoetin"),
        ("血必净50ml", "xuebijing"),
    ],
)
def test_found(text: str, drug: str) -> None:
    assert [mention.drug.id for mention in drug_catalogue().find(text)] == [drug]


@pytest.mark.parametrize("text", ["asthma", "saliva", "insulinoma", "患者病情平稳", "ensured"])
def test_not_found(text: str) -> None:
    assert not drug_catalogue().find(text)


def test_classes_reach_up_and_through_parts() -> None:
    drugs = drug_catalogue()
    assert {"penicillin", "beta_lactam", "antibacterial"} <= drugs.classes_of("amoxicillin_clavulanate")
    assert "angiotensin_receptor_blocker" in drugs.classes_of("sacubitril_valsartan")
    assert "ceftriaxone" in {drug.id for drug in drugs.of_class("antibacterial")}
    assert drugs.classes_of("no_such_drug") == frozenset()


def test_the_class_of_an_allergen_is_a_class_here() -> None:
    """A drug that a patient is allergic to by class can be compared with the drugs given."""
    drugs = drug_catalogue()
    named = {rule.drug_class for rule in allergens().by_id.values() if rule.drug_class and rule.group == "drug"}
    assert named <= set(drugs.classes)


def test_an_unknown_class_is_refused(tmp_path: Path) -> None:
    (tmp_path / "drugs.yaml").write_text("rules:\n  - {id: x, zh: [某药], en: [some drug], classes: [no_such_class]}\n")
    with pytest.raises(RuleError, match="rule 'x': the class 'no_such_class'"):
        drug_catalogue(tmp_path)


def test_a_hospital_adds_a_drug(tmp_path: Path) -> None:
    (tmp_path / "drugs.yaml").write_text(
        "rules:\n  - {id: x, zh: [院内合剂], en: [mixture], classes: [chinese_medicine]}\n"
    )
    assert [mention.drug.id for mention in drug_catalogue(tmp_path).find("院内合剂10ml")] == ["x"]


@pytest.mark.parametrize(
    ("names", "text", "found"),
    [
        (["氯化钾", "氯化钾缓释片"], "予氯化钾缓释片", ["氯化钾缓释片"]),
        (["po", "poor"], "po，poor appetite", ["po", "poor"]),
        (["s-1"], "s-1 s-10", ["s-1"]),
        ([], "abc", []),
    ],
)
def test_any_name(names: list[str], text: str, found: list[str]) -> None:
    assert re.findall(any_name(names), text) == found


def test_a_word_may_follow_a_digit() -> None:
    assert re.findall(any_word(["mg"]), "5mg 5mgs xmg") == ["mg"]
