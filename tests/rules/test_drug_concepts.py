"""Drugs of the catalogue as concepts."""

import pytest

from emr_rerank.evidence.typed import asked_names
from emr_rerank.evidence.understand import understand
from emr_rerank.rules.drug_concepts import concepts_and_drugs


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Did she receive teicoplanin?", "予替考拉宁0.4g静滴。"),
        ("用过氯吡格雷吗", "clopidogrel 75 mg daily"),
        ("用了什么抗生素", "克拉霉素片0.5g bid"),
        ("Is he on anticoagulation?", "利伐沙班片10mg qd"),
        ("Which macrolide was added?", "口服阿奇霉素联合抗感染"),
        ("大环内酯用了哪种", "阿奇霉素0.5g静滴"),
        ("Any SGLT2 inhibitors?", "达格列净10mg qd"),
    ],
)
def test_a_drug_is_met_by_any_name_and_by_its_class(question: str, text: str) -> None:
    asked = set(understand(question).concepts)
    assert asked and asked <= concepts_and_drugs().named(text)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("用了什么抗生素", {"clarithromycin", "ceftriaxone", "amoxicillin"}),
        ("低分子肝素用了吗", {"enoxaparin"}),
        ("阿司匹林剂量", {"aspirin"}),
        ("吃过什么伤胃的药", {"ibuprofen", "diclofenac"}),
    ],
)
def test_the_facts_asked_for_are_those_of_the_drugs(question: str, names: set[str]) -> None:
    assert names <= asked_names(understand(question))


def test_a_class_holds_no_drug_of_another() -> None:
    assert "clopidogrel" not in asked_names(understand("用了什么抗生素"))
    assert asked_names(understand("阿司匹林剂量")) == {"aspirin"}


@pytest.mark.parametrize("question", ["免疫球蛋白多少", "What was the iron level?", "补液了吗"])
def test_a_class_whose_name_means_something_else_is_no_concept(question: str) -> None:
    assert not [name for name in understand(question).concepts if name.startswith("concept.class_")]
