"""The rule loader: what it finds, what an override does, and how it names what is wrong."""

import os
from pathlib import Path

import pytest

from emr_rerank.errors import RuleError
from emr_rerank.rules.files import Pattern, Rule, load_rules, rules_hash, shipped_folder


class CueRule(Rule):
    """A rule of a purpose that ships no file."""

    pattern: Pattern = "x"


def write(folder: Path, text: str, name: str = "cues.zh.yaml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_rules_are_read_in_file_order_over_all_languages(tmp_path: Path) -> None:
    write(tmp_path, "rules:\n  - id: cues.zh.b\n  - id: cues.zh.a\n")
    write(tmp_path, "rules:\n  - id: cues.en.c\n", "cues.en.yaml")
    write(tmp_path, "rules:\n  - id: other.zh.d\n", "other.zh.yaml")
    assert [rule.id for rule in load_rules("cues", CueRule, tmp_path)] == ["cues.en.c", "cues.zh.b", "cues.zh.a"]


def test_an_override_replaces_the_shipped_rule_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    shipped.mkdir()
    own.mkdir()
    write(shipped, "rules:\n  - {id: cues.zh.a, pattern: old}\n  - {id: cues.zh.b, pattern: kept}\n")
    write(own, "rules:\n  - {id: cues.zh.a, pattern: new}\n  - {id: cues.zh.c, pattern: added}\n")
    monkeypatch.setattr("emr_rerank.rules.files.shipped_folder", lambda: shipped)
    rules = load_rules("cues", CueRule, own)
    assert [(rule.id, rule.pattern) for rule in rules] == [
        ("cues.zh.a", "new"), ("cues.zh.b", "kept"), ("cues.zh.c", "added"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (
            "rules:\n  - id: cues.zh.a\n  - id: cues.zh.b\n    pattern: '(oops'\n",
            3,
            ["cues.zh.b", "pattern", "regular expression"],
        ),
        ("rules:\n  - id: cues.zh.a\n  - id: cues.zh.a\n", 3, ["cues.zh.a", "twice"]),
        ("rules:\n  - id: cues.zh.a\n    colour: red\n", 2, ["cues.zh.a", "colour"]),
        ("rules:\n  - pattern: x\n", 2, ["(no id)", "id"]),
        ("rules:\n  - just text\n", 2, ["(not a mapping)"]),
        ("rules: [\n", 2, ["YAML"]),
        ("cues:\n  - id: cues.zh.a\n", 1, ["'rules'"]),
        ("- id: cues.zh.a\n", 1, ["'rules'"]),
        ("", 1, ["'rules'"]),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(tmp_path: Path, text: str, line: int, words: list[str]) -> None:
    with pytest.raises(RuleError) as raised:
        load_rules("cues", CueRule, write(tmp_path, text))
    message = str(raised.value)
    assert f"cues.zh.yaml:{line}" in message and all(word in message for word in words)
    assert raised.value.exit_code == 2


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "cues.zh.yaml").write_bytes("rules:\n  - id: 中文\n".encode("gbk"))
    with pytest.raises(RuleError, match=r"cues\.zh\.yaml"):
        load_rules("cues", CueRule, tmp_path)


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="does not exist"):
        load_rules("cues", CueRule, tmp_path / "nowhere")


def test_the_hash_changes_with_an_override(tmp_path: Path) -> None:
    before = rules_hash(tmp_path)
    write(tmp_path, "rules:\n  - id: cues.zh.a\n")
    assert before.startswith("sha256:") and before == rules_hash() != rules_hash(tmp_path)


def test_the_hash_changes_with_an_edit_of_the_same_length(tmp_path: Path) -> None:
    write(tmp_path, "rules:\n  - id: cues.zh.a\n")
    before = rules_hash(tmp_path)
    write(tmp_path, "rules:\n  - id: cues.zh.b\n")
    os.utime(tmp_path / "cues.zh.yaml", ns=(0, 1))
    assert rules_hash(tmp_path) != before


def test_every_shipped_file_holds_rules_with_ids() -> None:
    names = {file.name for file in shipped_folder().glob("*.yaml")}
    assert {"sections.zh.yaml", "sections.en.yaml", "dates.zh.yaml", "sentences.en.yaml"} <= names
