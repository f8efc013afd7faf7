"""The shipped question and concept rules load, fit together, and say what is wrong when they do not."""

from pathlib import Path

import pytest

from emr_rerank.errors import RuleError
from emr_rerank.rules.concepts import Concept, Concepts, concepts, lower
from emr_rerank.rules.files import load_rules
from emr_rerank.rules.questions import question_rules

SHIPPED = load_rules("concepts", Concept)
IDS = {concept.id for concept in SHIPPED}


def test_every_rule_has_its_own_id_and_says_its_language() -> None:
    ids = [rule.id for rule in question_rules()]
    assert len(ids) == len(set(ids)) > 50
    assert {rule_id.split(".")[1] for rule_id in ids} == {"zh", "en"}


def test_rules_only_name_concepts_that_exist() -> None:
    assert {name for rule in question_rules() for name in rule.means} <= IDS
    assert {name for concept in SHIPPED for name in concept.narrower} <= IDS


def test_no_two_concepts_are_the_same_group() -> None:
    groups = [frozenset(concept.forms) for concept in SHIPPED]
    assert len(groups) == len(set(groups))
    assert all(concept.forms for concept in SHIPPED)


@pytest.mark.parametrize(
    ("text", "named", "not_named"),
    [
        ("高血压病史10年", {"concept.hypertension"}, {"concept.blood_pressure"}),
        ("血压150/90mmHg", {"concept.blood_pressure"}, {"concept.hypertension"}),
        (
            "T36.5℃P80次/分R18次/分BP130/80mmHg",
            {"concept.heart_rate", "concept.respiration", "concept.temperature"},
            set(),
        ),
        ("酒精擦浴", set(), {"concept.alcohol"}),
        ("无烟酒嗜好", {"concept.alcohol", "concept.smoking"}, set()),
        ("予头孢曲松抗感染", {"concept.ceftriaxone", "concept.antibiotic"}, {"concept.infection"}),
        ("laparoscopic cholecystectomy", {"concept.cholecystectomy", "concept.operation"}, set()),
        ("MIC of the strain", set(), {"concept.myocardial_infarction"}),
        ("双肺湿啰音", {"concept.rales"}, set()),
        ("无造影剂肾病", {"concept.contrast_agent"}, {"concept.coronary_angiography"}),
    ],
)
def test_what_a_sentence_names(text: str, named: set[str], not_named: set[str]) -> None:
    found = concepts().named(text)
    assert named <= found
    assert not found & not_named


@pytest.mark.parametrize("text", ["出院诊断是什么", "Any DRUG ALLERGY?", "İstanbul 过敏史", "胆囊切除术后"])
def test_mentions_are_slices_of_the_text(text: str) -> None:
    mentions = concepts().find(text)
    assert mentions
    for mention in mentions:
        forms = concepts().get(mention.concept_id).forms
        assert lower(text)[mention.start : mention.end].startswith(tuple(form.lower() for form in forms))


def test_the_longest_form_wins() -> None:
    known = Concepts(
        [
            Concept(id="concept.a", group="disease", forms=("感染",)),
            Concept(id="concept.b", group="disease", forms=("肺部感染",)),
        ]
    )
    assert [mention.concept_id for mention in known.find("肺部感染及感染")] == ["concept.b", "concept.a"]
    assert known.named("肺部感染") == {"concept.a", "concept.b"}


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        ("questions.zh.yaml", "rules:\n  - {id: question.zh.bad, pattern: '(('}\n", "question.zh.bad"),
        ("questions.zh.yaml", "rules:\n  - {id: question.zh.bad, pattern: 'x', shape: widest}\n", "shape"),
        ("concepts.yaml", "rules:\n  - {id: concept.bad, group: planet, forms: [x]}\n", "group"),
        ("concepts.yaml", "rules:\n  - {id: concept.bad, group: drug}\n", "forms"),
    ],
)
def test_a_wrong_rule_is_named(tmp_path: Path, file: str, content: str, problem: str) -> None:
    (tmp_path / file).write_text(content, encoding="utf-8")
    with pytest.raises(RuleError, match=problem) as caught:
        question_rules(tmp_path)
        concepts(tmp_path)
    assert f"{file}:2" in str(caught.value)


def test_a_hospital_adds_a_word_in_one_line(tmp_path: Path) -> None:
    own = "rules:\n  - {id: concept.house_drug, group: drug, forms: [院内一号合剂, house mixture]}\n"
    (tmp_path / "concepts.yaml").write_text(own, encoding="utf-8")
    assert "concept.house_drug" in concepts(tmp_path).named("予院内一号合剂10ml口服")
    assert "concept.aspirin" in concepts(tmp_path).named("阿司匹林100mg")
