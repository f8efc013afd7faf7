"""Every shipped rule file is valid and of a known purpose, and the examples of docs/rules.md are too."""

import re
from pathlib import Path

import pytest

from emr_rerank.errors import RuleError
from emr_rerank.rules.check import SCHEMAS, check_rules
from emr_rerank.rules.context import context_cues
from emr_rerank.rules.files import rules_hash, shipped_folder

DOCS = Path(__file__).resolve().parents[2] / "docs" / "rules.md"
EXAMPLES = re.findall(r"```yaml (\w+)\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)


def test_every_shipped_file_is_checked() -> None:
    counts = check_rules()
    assert {file.name.split(".")[0] for file in shipped_folder().glob("*.yaml")} == set(SCHEMAS)
    assert all(counts.values())


@pytest.mark.parametrize(("purpose", "text"), EXAMPLES, ids=[purpose for purpose, _ in EXAMPLES])
def test_examples_of_the_docs_are_valid(purpose: str, text: str, tmp_path: Path) -> None:
    (tmp_path / f"{purpose}.zh.yaml").write_text(text, encoding="utf-8")
    assert check_rules(tmp_path)[purpose] == check_rules()[purpose] + 1


def test_a_file_of_no_known_purpose_is_named(tmp_path: Path) -> None:
    (tmp_path / "section.zh.yaml").write_text("rules: []\n", encoding="utf-8")
    with pytest.raises(RuleError, match=r"section\.zh\.yaml"):
        check_rules(tmp_path)


def test_the_hash_tells_rule_files_apart(tmp_path: Path) -> None:
    assert rules_hash() == rules_hash()
    (tmp_path / "context.zh.yaml").write_text("rules: []\n", encoding="utf-8")
    assert rules_hash(tmp_path) != rules_hash()


def test_a_context_pattern_may_be_written_in_capitals(tmp_path: Path) -> None:
    (tmp_path / "context.zh.yaml").write_text(
        "rules:\n  - {id: x, assertion: absent, direction: backward, pattern: 'NEG(?=\\W|$)'}\n", encoding="utf-8"
    )
    (cue,) = context_cues(tmp_path).find("HIV Neg.")
    assert (cue.start, cue.end) == (4, 7)


def test_every_schema_is_documented() -> None:
    named = set(re.findall(r"`(\w+)`", DOCS.read_text(encoding="utf-8")))
    assert set(SCHEMAS) <= named


@pytest.mark.parametrize(
    ("purpose", "rule", "problem"),
    [
        ("dates", "{id: x, kind: calendar, pattern: '(?P<y>\\d{4})'}", "d is missing"),
        ("dates", "{id: x, kind: month_day, pattern: '(?P<d>\\d)'}", "m or month is missing"),
        ("dates", "{id: x, kind: days_ago, pattern: '三天前'}", "n is missing"),
        ("dates", "{id: x, kind: planned, pattern: '拟'}", r"ends with \$"),
        ("context", "{id: x, assertion: absent}", "cues, a pattern or sections"),
        ("context", "{id: x, assertion: absent, scope: near, cues: [无]}", "near scope has a reach"),
        ("context", "{id: x, assertion: end, sections: [other]}", "is an assertion"),
        ("context", "{id: x, assertion: pseudo, pattern: '(?P<n>无)'}", "no named groups"),
        ("context", "{id: x, assertion: pseudo, pattern: '(?s)无.'}", "no flags but"),
        ("sentences", "{id: x, language: zh, kind: run, pattern: '\\d'}", "groups n and mark"),
    ],
)
def test_a_rule_that_lacks_something_is_refused(purpose: str, rule: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / f"{purpose}.zh.yaml").write_text(f"rules:\n  - {rule}\n", encoding="utf-8")
    with pytest.raises(RuleError, match=problem):
        check_rules(tmp_path)
