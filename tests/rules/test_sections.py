"""The section rules that ship, and how a hospital adds to them."""

from pathlib import Path

import pytest

from emr_rerank.errors import RuleError
from emr_rerank.reading.build import build_record
from emr_rerank.rules.sections import section_rules
from tests.reading.printed_pages import page, read


def test_ids_follow_purpose_language_name() -> None:
    assert all(rule.id.split(".")[0] == "sections" and len(rule.id.split(".")) == 3 for rule in section_rules())


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("主诉", "chief_complaint"),
        ("现病史", "present_illness"),
        ("出院医嘱", "discharge_orders"),
        ("Hospital Course", "hospital_course"),
    ],
)
def test_a_title_has_one_code(title: str, code: str) -> None:
    assert {rule.code for rule in section_rules() if title in rule.titles} == {code}


def test_a_hospital_adds_a_heading(tmp_path: Path) -> None:
    entry = "{id: sections.own.bedside, code: ward_round, level: document, titles: [床旁记事], where: [own_line]}"
    rule = f"rules:\n  - {entry}\n"
    (tmp_path / "sections.own.yaml").write_text(rule, encoding="utf-8")
    record = build_record("r", read(page("床旁记事", "患者好转。")), tmp_path)
    assert [(s.code, s.rule) for s in record.sections] == [("ward_round", "sections.own.bedside")]


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{id: sections.x.a, code: nonsense, titles: [某]}", "code"),
        ("{id: sections.x.a, code: other}", "titles or a pattern"),
        ("{id: sections.x.a, code: other, pattern: '('}", "regular expression"),
        ("{id: sections.x.a, code: other, titles: [某], where: [everywhere]}", "where"),
    ],
)
def test_a_bad_rule_is_named(tmp_path: Path, entry: str, problem: str) -> None:
    (tmp_path / "sections.own.yaml").write_text(f"rules:\n  - {entry}\n", encoding="utf-8")
    with pytest.raises(RuleError, match=problem) as raised:
        section_rules(tmp_path)
    assert "sections.own.yaml:2" in str(raised.value) and "sections.x.a" in str(raised.value)
