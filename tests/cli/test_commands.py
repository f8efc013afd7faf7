"""Index, ask from the archive, many questions, audit: the commands as a hospital runs them, one after another."""

import json
import sqlite3
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from emr_rerank.cli.app import app

SAMPLE = Path(__file__).resolve().parents[2] / "sample_records" / "psychiatry-zh.pdf"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "emr.sqlite"
    result = CliRunner().invoke(app, ["index", str(SAMPLE), "--archive", f"sqlite:///{path}"])
    assert result.exit_code == 0, result.output
    assert "indexed 1" in result.stdout
    return path


def run(store: Path, *arguments: str) -> Result:
    url = f"sqlite:///{store}"
    return CliRunner().invoke(app, list(arguments), env={"EMR_RERANK_ARCHIVE": url, "EMR_RERANK_JOURNAL": url})


def test_resume_skips_what_is_there(store: Path) -> None:
    assert "already there 1" in run(store, "index", str(SAMPLE.parent / SAMPLE.name), "--resume").stdout


def test_the_store_is_the_owners_alone(store: Path) -> None:
    assert stat.S_IMODE(store.stat().st_mode) == 0o600


def test_many_questions_give_one_line_each_with_its_id(store: Path, tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    asked = [{"id": "a", "question": "有没有药物过敏"}, {"id": "b", "question": "糖化血红蛋白是多少？"}]
    questions.write_text("\n".join(json.dumps(question) for question in asked) + "\n\n", encoding="utf-8")
    result = run(store, "ask", "--record", "psychiatry-zh", "--questions", str(questions), "--json")
    assert result.exit_code == 0, result.output
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(answer["id"], answer["status"]) for answer in answers] == [
        ("a", "answered"),
        ("b", "insufficient_evidence"),
    ]


def test_text_for_people_has_no_colour_in_a_pipe(store: Path) -> None:
    result = run(store, "ask", "--record", "psychiatry-zh", "有没有药物过敏")
    assert result.exit_code == 0
    assert "有依据" in result.stdout and "依据" in result.stdout
    assert "\x1b[" not in result.stdout


def test_parse_prints_the_tree_and_the_contract(store: Path) -> None:
    shown = run(store, "parse", str(SAMPLE))
    assert "入院记录" in shown.stdout and "admission_note" in shown.stdout
    parsed = json.loads(run(store, "parse", str(SAMPLE), "--json").stdout)
    assert parsed["record_id"] == "psychiatry-zh" and parsed["page_count"] == len(parsed["pages"])


def test_rules_show_names_the_rule_of_each_section(store: Path) -> None:
    assert "sections.zh.admission_note" in run(store, "rules", "show", str(SAMPLE)).stdout


def test_audit_finds_a_changed_event_and_names_it(store: Path, tmp_path: Path) -> None:
    assert run(store, "ask", "--record", "psychiatry-zh", "有没有药物过敏", "--user", "tester").exit_code == 0
    intact = run(store, "audit", "verify")
    assert intact.exit_code == 0 and "intact" in intact.stdout
    copy = f"sqlite:///{tmp_path / 'compliance.sqlite'}"
    first, again = (run(store, "audit", "export", "--to", copy).stdout for _ in range(2))
    assert not first.startswith("0 ") and again.startswith("0 ")
    with sqlite3.connect(store) as connection:
        update = "update audit_events set event = replace(event, 'tester', 'nobody') where event like '%tester%'"
        assert connection.execute(update).rowcount == 1
        (sequence,) = connection.execute("select sequence from audit_events where event like '%nobody%'").fetchone()
    tampered = run(store, "audit", "verify")
    assert tampered.exit_code == 5
    assert f"event {sequence} (" in tampered.stdout and "changed" in tampered.stdout


def test_rules_show_lists_what_looks_like_a_heading(store: Path) -> None:
    assert "No other line looks like a heading." in run(store, "rules", "show", str(SAMPLE)).stdout


def test_rules_check_lists_own_rules_that_never_fire(store: Path, tmp_path: Path) -> None:
    entries = [
        "{id: own.note, code: ward_round, titles: [床旁记事]}",
        "{id: own.chief, code: chief_complaint, titles: [主诉]}",
    ]
    (tmp_path / "sections.zh.yaml").write_text("rules:\n" + "".join(f"  - {e}\n" for e in entries), encoding="utf-8")
    shown = run(store, "rules", "check", str(SAMPLE), "--rules", str(tmp_path)).stdout
    assert "Section rules that fire on none of 1 records: 1" in shown
    assert "sections.zh.yaml:2: rule 'own.note'" in shown and "own.chief" not in shown


def test_rules_check_names_every_shadowed_rule(store: Path, tmp_path: Path) -> None:
    entries = ["{id: own.a, code: other, titles: [甲, 乙]}", "{id: own.b, code: cover, titles: [甲, 乙]}"]
    (tmp_path / "sections.zh.yaml").write_text("rules:\n" + "".join(f"  - {e}\n" for e in entries), encoding="utf-8")
    result = run(store, "rules", "check", "--rules", str(tmp_path))
    assert result.exit_code == 2
    assert result.stderr.count("rule 'own.b'") == 2 and "sections.zh.yaml:3" in result.stderr
