"""What people say in a question names the concept that records write otherwise."""

import pytest

from emr_rerank.evidence.understand import understand
from emr_rerank.rules.colloquial import ColloquialRule, spoken_names
from emr_rerank.rules.concepts import Concept
from emr_rerank.rules.files import load_rules


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("又烧起来是咋回事", "fever"),
        ("撞完吐没吐", "vomiting"),
        ("肋骨断没断", "fracture"),
        ("孩子多重", "weight"),
        ("输尿管里留支架了没", "ureteral_stent"),
        ("术后照的什么灯", "physical_therapy"),
        ("腰疼打几分", "pain_score"),
        ("摔倒前眼前发黑没", "syncope"),
        ("晚上起夜几回", "nocturia"),
    ],
)
def test_spoken_names(text: str, concept: str) -> None:
    assert f"concept.{concept}" in {mention.concept_id for mention in spoken_names(text)}


@pytest.mark.parametrize("text", ["烧伤面积多大", "诊断是什么", "抽血结果", "麻醉方式", "严重程度", "吐字清楚吗"])
def test_longer_words_are_no_spoken_names(text: str) -> None:
    named = {mention.concept_id for mention in spoken_names(text)}
    others = {"fever", "fracture", "convulsion", "numbness", "weight", "vomiting"}
    assert not named & {f"concept.{name}" for name in others}


def test_every_rule_names_a_concept() -> None:
    known = {concept.id for concept in load_rules("concepts", Concept)}
    assert {rule.concept for rule in load_rules("colloquial", ColloquialRule)} <= known


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("走的时候体温多少", "discharge"),
        ("走之前CRP多少", "discharge"),
        ("来的时候血压高吗", "admission"),
        ("刚来体温多少", "admission"),
        ("行走时疼吗", None),
    ],
)
def test_spoken_times(text: str, window: str | None) -> None:
    assert understand(text).window == window


def test_an_allergen_that_may_be_used_asks_for_allergies() -> None:
    assert "allergy" in understand("头孢能上吗").kinds


@pytest.mark.parametrize("text", ["抽风抽了几分钟", "右手植皮是哪年做的", "氨曲南一次用多少", "几号出的院"])
def test_a_quantity_asked_for_must_be_shown(text: str) -> None:
    assert understand(text).must_show
