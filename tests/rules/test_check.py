"""Every shipped rule file is valid and of a known purpose, and the examples of docs/rules.md are too."""

import re
from pathlib import Path

import pytest

from emr_rerank.errors import RuleError
from emr_rerank.rules.check import SCHEMAS, check_rules
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


def test_every_schema_is_documented() -> None:
    named = set(re.findall(r"`(\w+)`", DOCS.read_text(encoding="utf-8")))
    assert set(SCHEMAS) <= named
