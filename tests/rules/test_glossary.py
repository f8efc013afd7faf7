"""The glossary finds English words in any form, Chinese ones by the longest, and says what the other language has."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emr_rerank.rules.files import load_rules
from emr_rerank.rules.glossary import Glossary, GlossRule, glossary

RULES = [
    GlossRule(id="gloss.stitch", en=("stitch", "stitched"), zh=("缝合",)),
    GlossRule(id="gloss.biopsy", en=("biopsy",), zh=("活检",)),
    GlossRule(id="gloss.drop_foot", en=("drop foot", "foot drop"), zh=("足下垂",)),
    GlossRule(id="gloss.foot", en=("foot", "feet"), zh=("足部", "足")),
    GlossRule(id="gloss.remove", en=("remove",), zh=("拔除", "取出")),
    GlossRule(id="gloss.graft", en=("skin graft",), zh=("植皮",)),
    GlossRule(id="gloss.stat", en=("stat",), zh=("立即",)),
    GlossRule(id="gloss.hie", en=("hie",), zh=("缺氧缺血性脑病",)),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Was it stitched?", [("stitched", "缝合")]),
        ("how many stitches", [("stitches", "缝合")]),
        ("Biopsies of the foot", [("Biopsies", "活检"), ("foot", "足部")]),
        ("Removed or removing", [("Removed", "拔除"), ("removing", "拔除")]),
        ("foot drop", [("foot drop", "足下垂")]),
        ("Skin grafts on both feet", [("Skin grafts", "植皮"), ("feet", "足部")]),
        ("state of his feet", [("feet", "足部")]),
        ("左足下垂多久", [("足下垂", "drop foot")]),
        ("足", [("足", "foot")]),
        ("nothing here 无", []),
    ],
)
def test_words_in_any_form_the_longest_first(text: str, found: list[tuple[str, str]]) -> None:
    glosses = Glossary(RULES).find(text)
    assert [(text[each.start : each.end], each.others[0]) for each in glosses] == found


@given(st.text(alphabet="足下垂缝合 stichedfo-'", max_size=40))
def test_what_is_found_never_overlaps_and_stands_in_the_text(text: str) -> None:
    glosses = Glossary(RULES).find(text)
    assert all(0 <= each.start < each.end <= len(text) and each.others for each in glosses)
    assert all(one.end <= other.start for one, other in itertools.pairwise(glosses))


def test_an_empty_glossary_finds_nothing() -> None:
    assert Glossary([]).find("stitched 缝合") == ()


def test_shipped_forms_are_of_their_language_and_each_english_one_has_one_meaning() -> None:
    rules = load_rules("glossary", GlossRule)
    english = [form for rule in rules for form in rule.en]
    assert len(english) == len(set(english))
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9 '/-]*", form) for form in english)
    assert all(re.search(r"[\u3400-\u9fff]", form) for rule in rules for form in rule.zh)


EVERYDAY = ["at", "his", "can", "does", "kind", "state", "care", "bit", "to", "the", "was", "had", "any"]


@pytest.mark.parametrize("text", EVERYDAY)
def test_everyday_words_are_no_clinical_ones(text: str) -> None:
    assert glossary().find(text) == ()
