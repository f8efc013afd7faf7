"""The section tree over the hand-written gold fragments: every section with its code, title, depth and span."""

import pytest

from emr_rerank.rules.sections import section_rules
from tests.gold.section_fragments import Fragment, fragments

LEAST_F1 = 0.97
ALL = {language: fragments(language) for language in ("zh", "en")}
DOCUMENTS = [fragment for found in ALL.values() for fragment in found if fragment.documents]


@pytest.mark.parametrize(("language", "least"), [("zh", 60), ("en", 30)])
def test_f1_over_all_fragments(language: str, least: int) -> None:
    assert len(ALL[language]) >= least
    pairs = [(fragment, fragment.found()) for fragment in ALL[language]]
    right = sum(len(found & fragment.sections) for fragment, found in pairs)
    wrong = sum(len(found ^ fragment.sections) for fragment, found in pairs)
    misses = [fragment.id for fragment, found in pairs if found != fragment.sections]
    assert 2 * right / (2 * right + wrong) >= LEAST_F1, misses


@pytest.mark.parametrize("fragment", DOCUMENTS, ids=lambda fragment: fragment.id)
def test_documents_have_date_and_author(fragment: Fragment) -> None:
    documents = [section for section in fragment.record().sections if section.code != "preamble"]
    assert [(one.code, one.date, one.author) for one in documents] == list(fragment.documents)


def test_the_gold_covers_what_rules_can_say() -> None:
    """Every code that a shipped rule opens as a document stands in the gold."""
    opened = {rule.code for rule in section_rules() if rule.level == "document"}
    assert opened <= {section.code for found in ALL.values() for one in found for section in one.sections}


def test_ids_are_unique() -> None:
    ids = [fragment.id for found in ALL.values() for fragment in found]
    assert len(set(ids)) == len(ids)
