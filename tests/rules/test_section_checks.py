"""Section rules taken together: parents that nothing opens, titles taken by others, rules that never fire."""

from pathlib import Path

import pytest

from emr_rerank.reading.build import build_record
from emr_rerank.rules.section_checks import rules_not_fired, section_problems
from emr_rerank.rules.sections import section_rules
from tests.reading.printed_pages import page, read

FORM = "{id: hospital.zh.form, code: other, level: document, titles: [院内表单]}"


def write(folder: Path, *entries: str) -> Path:
    text = "rules:\n" + "".join(f"  - {entry}\n" for entry in entries)
    (folder / "sections.zh.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_shipped_rules_are_sound() -> None:
    assert section_problems() == ()


@pytest.mark.parametrize(
    ("entries", "line", "words"),
    [
        (
            ["{id: a, code: other, titles: [甲]}", "{id: b, code: cover, titles: [甲, 乙]}"],
            3,
            ["'b'", "甲", "'a' (line 2) takes it first"],
        ),
        (["{id: a, code: other, titles: [甲, 甲]}"], 2, ["'a'", "甲", "listed twice"]),
        (["{id: a, code: other, titles: [甲], parents: [preamble]}"], 2, ["'a'", "parents", "'preamble'"]),
        (["{id: a, code: other, titles: [甲], only_in: [preamble]}"], 2, ["'a'", "only_in"]),
    ],
)
def test_a_problem_names_file_line_and_rule(tmp_path: Path, entries: list[str], line: int, words: list[str]) -> None:
    (problem,) = section_problems(write(tmp_path, *entries))
    assert f"sections.zh.yaml:{line}: rule " in problem and all(word in problem for word in words)


@pytest.mark.parametrize(
    "second",
    [
        "{id: b, code: cover, titles: [甲], where: [inline]}",
        "{id: b, code: cover, titles: [甲], cue: '(?=无)'}",
    ],
)
def test_a_rule_that_fires_elsewhere_is_not_shadowed(tmp_path: Path, second: str) -> None:
    assert section_problems(write(tmp_path, "{id: a, code: other, titles: [甲]}", second)) == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("only_in: [orders]", "only_in: [orders, consultation]"),
        ("not_in: [orders]", ""),
        ("only_in: [orders]", ""),
    ],
)
def test_a_narrower_rule_before_a_wider_one_shadows_nothing(tmp_path: Path, first: str, second: str) -> None:
    folder = write(
        tmp_path, f"{{id: a, code: other, titles: [甲], {first}}}", f"{{id: b, code: cover, titles: [甲], {second}}}"
    )
    assert section_problems(folder) == ()


def test_taking_a_title_from_a_shipped_rule_is_what_own_rules_are_for(tmp_path: Path) -> None:
    own = write(tmp_path, "{id: hospital.zh.small, code: stage_summary, level: document, titles: [术前小结]}")
    assert section_problems(own) == ()
    record = build_record("r", read(page("术前小结", "平稳。")), own)
    assert [(one.code, one.rule) for one in record.sections] == [("stage_summary", "hospital.zh.small")]


def test_own_rules_that_never_fired_are_listed_alone(tmp_path: Path) -> None:
    own = write(tmp_path, FORM, "{id: hospital.zh.other, code: other, titles: [别的]}")
    assert [entry.partition("rule ")[2] for entry in rules_not_fired(frozenset({"hospital.zh.form"}), own)] == [
        "'hospital.zh.other'"
    ]


def test_without_own_rules_all_are_asked_but_hints() -> None:
    asked = [rule for rule in section_rules() if rule.level != "hint"]
    assert len(rules_not_fired(frozenset())) == len(asked)
    assert len(rules_not_fired(frozenset({"sections.zh.signature"}))) == len(asked) - 1
