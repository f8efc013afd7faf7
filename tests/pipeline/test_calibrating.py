"""From a small printed record and labelled questions to a calibration, through the pipeline and the command."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from typer.testing import CliRunner, Result

from emr_rerank import Asker, Settings, read_record
from emr_rerank.cli.app import app
from emr_rerank.errors import InputError
from emr_rerank.evidence import models
from emr_rerank.evidence.calibration import read_calibration
from emr_rerank.evidence.calibration_report import THRESHOLDS
from emr_rerank.evidence.models import load_reranker
from emr_rerank.evidence.passage import split_passage
from emr_rerank.pipeline.calibrating import calibrate
from tests.evidence.tiny_bge import CORPUS, QUESTION, tiny_reranker

LINES = (
    "Admission Note",
    "Admission date: 2026-03-02",
    "Chief complaint: fatigue for 3 days.",
    "Past history: hypertension for ten years. No known drug allergy.",
    "Laboratory: creatinine 72 umol/L, potassium 4.1 mmol/L.",
    "Progress Note",
    "2026-03-08 Today creatinine is 108 umol/L. No chest pain.",
    "Discharge Summary",
    "Discharge medication: aspirin 100 mg once daily.",
)
ASKED: tuple[tuple[str, list[Any]], ...] = (
    ("What was the creatinine?", ["creatinine 72 umol/L", {"text": "Today creatinine is 108 umol/L.", "page": 1}]),
    ("What was the potassium?", ["potassium 4.1 mmol/L"]),
    ("Any drug allergy?", ["No known drug allergy."]),
    ("Was there chest pain?", ["No  chest\npain."]),
    ("Which aspirin dose at discharge?", ["aspirin 100 mg once daily"]),
    ("Is there hypertension?", ["hypertension for ten years."]),
    ("What was the HbA1c?", []),
    ("Was a biopsy done?", []),
)


class SharedWords:
    """Scores by the share of the question's words that the passage holds: wrong in places, as models are."""

    name = "shared-words"
    weights_hash = "sha256:words"
    device = "cpu"

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        asked = set(question.lower().strip("?").split())
        held = [set(split_passage(passage)[1].lower().split()) for passage in passages]
        return [0.02 + 0.96 * len(asked & words) / len(asked) for words in held]

    skim_error = 0.0
    skim = score


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(models, "_reranker", lambda *_: SharedWords())
    canvas = Canvas(str(tmp_path / "small.pdf"), pagesize=A4)
    for number, line in enumerate(LINES):
        canvas.drawString(60, 780 - 22 * number, line)
    canvas.save()
    return tmp_path


def questions(folder: Path, *more: dict[str, Any]) -> Path:
    file = folder / "questions.jsonl"
    entries = [{"record": "small.pdf", "question": question, "evidence": evidence} for question, evidence in ASKED]
    file.write_text("\n".join(json.dumps(entry) for entry in [*entries, *more]), encoding="utf-8")
    return file


def test_a_records_candidates_are_labelled_by_their_evidence(folder: Path) -> None:
    report = calibrate(questions(folder))
    record = read_record(folder / "small.pdf")
    asker = Asker(Settings(journal=None))
    assert (report.questions, report.answerable, report.unlocated, report.left_out) == (8, 6, 0, ())
    assert report.pairs == sum(len(asker.locate(record, question).candidates) for question, _ in ASKED)
    assert report.right == 7
    assert (report.calibration.kind, report.calibration.reranker) == ("platt", "shared-words")


def test_the_whole_program_refuses_as_ask_does(folder: Path) -> None:
    report = calibrate(questions(folder))
    file = folder / "cal.json"
    file.write_text(report.calibration.model_dump_json(), encoding="utf-8")
    record = read_record(folder / "small.pdf")
    for each in (report.program[0], report.program[-1]):
        asker = Asker(Settings(calibration=file, min_score=each.threshold, journal=None))
        answers = [asker.ask(record, question).status for question, evidence in ASKED if not evidence]
        assert answers.count("insufficient_evidence") / len(answers) == each.unanswerable_refused
    # the typed facts keep what the words alone are not sure of, up to the floor of 0.9
    at = {each.threshold: each.answerable_right or 0.0 for each in report.program}
    alone = {each.threshold: each.answerable_right or 0.0 for each in report.tradeoff}
    assert at[0.65] > alone[0.65] and at[0.95] < at[0.9]


def test_of_passages_alone_the_program_is_not_judged(folder: Path) -> None:
    file = folder / "pairs.jsonl"
    lines = [
        {"question": f"Any fever on day {day}?", "passage": f"{words} on day {day}?", "label": label}
        for day in range(6)
        for words, label in (("Any fever", 1), ("Nothing noted", 0))
    ]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    report = calibrate(file)
    assert report.program == () and len(report.tradeoff) == 19


def test_pairs_of_one_question_are_one_question_and_forms_mix(folder: Path) -> None:
    pairs = [{"question": "Any fever?", "passage": f"No fever on day {day}.", "label": 1} for day in (1, 2)]
    group = {"question": "Any cough?", "passages": [{"section": ["Note"], "text": "Cough.", "label": 0}]}
    alone, report = calibrate(questions(folder)), calibrate(questions(folder, *pairs, group))
    assert (report.questions, report.answerable) == (10, 7)
    assert (report.pairs, report.right) == (alone.pairs + 3, alone.right + 2)


def test_evidence_that_the_record_lacks_leaves_its_question_out(folder: Path) -> None:
    lost = {"record": "small.pdf", "question": "Secret?", "evidence": ["No chest pain.", "He never said so."]}
    elsewhere = {"record": "small.pdf", "question": "Secret?", "evidence": [{"text": "No chest pain.", "page": 2}]}
    report = calibrate(questions(folder, lost, elsewhere))
    assert report.questions == 8
    assert [line.partition(": ")[2] for line in report.left_out] == [
        "evidence 2 is no sentence of small.pdf as it is read",
        "evidence 1 is no sentence of small.pdf as it is read",
    ]
    assert "questions.jsonl:9" in report.left_out[0]


def test_a_calibration_in_use_does_not_calibrate_its_successor(folder: Path) -> None:
    first = calibrate(questions(folder))
    file = folder / "cal.json"
    file.write_text(first.calibration.model_dump_json(), encoding="utf-8")
    assert calibrate(questions(folder), Settings(calibration=file)) == first


def test_a_damaged_record_is_told_with_its_line(folder: Path) -> None:
    (folder / "bad.pdf").write_bytes(b"not a PDF")
    with pytest.raises(InputError, match=r"questions\.jsonl:9: .*bad\.pdf"):
        calibrate(questions(folder, {"record": "bad.pdf", "question": "Secret?", "evidence": []}))


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("EMR_RERANK_JOURNAL", f"sqlite:///{folder / 'journal.sqlite'}")
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_command_prints_draws_and_writes(folder: Path, run: Callable[..., Result]) -> None:
    out, plot = folder / "cal.json", folder / "report.png"
    result = run("calibrate", questions(folder), "--out", out, "--plot", plot)
    assert result.exit_code == 0, result.output
    assert "expected calibration error" in result.stdout and "fitted by platt" in result.stdout
    shown = [line.split()[0] for line in result.stdout.splitlines() if line.strip().startswith("0.")]
    assert shown == 2 * [f"{threshold:.2f}" for threshold in THRESHOLDS], "of the reranker alone, of the program"
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert read_calibration(out).weights_hash == SharedWords.weights_hash
    asked = run("ask", folder / "small.pdf", "Was there chest pain?", "--calibration", out, "--json")
    assert asked.exit_code == 0, asked.output


def test_without_out_nothing_is_written(folder: Path, run: Callable[..., Result]) -> None:
    file = questions(folder)
    before = sorted(folder.iterdir())
    result = run("calibrate", file, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["questions"] == 8 and len(told["tradeoff"]) == 19
    assert sorted(folder.iterdir()) == before, "and no question is journalled"


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--out", "missing/cal.json"), 2, "folder"),
        (("--plot", "report.txt"), 2, ".png"),
        (("--method", "beta"), 2, "beta"),
        (("--min-score", "2"), 2, "--min-score"),
        (("--method", "isotonic"), 2, "at least 100 labelled pairs"),
    ],
)
def test_wrong_options_end_in_2(
    folder: Path, run: Callable[..., Result], arguments: tuple[str, ...], code: int, told: str
) -> None:
    result = run("calibrate", questions(folder), *arguments)
    assert (result.exit_code, told in result.output) == (code, True), result.output


def test_a_wrong_line_ends_in_2_without_its_text(folder: Path, run: Callable[..., Result]) -> None:
    result = run("calibrate", questions(folder, {"question": "Secret?", "passage": "Private.", "label": 3}))
    assert result.exit_code == 2
    assert "questions.jsonl:9" in result.stderr and "label" in result.stderr
    assert "Secret" not in result.output and "Private" not in result.output


def test_a_calibration_of_another_model_ends_in_4(folder: Path, run: Callable[..., Result]) -> None:
    file = folder / "cal.json"
    file.write_text('{"kind": "platt", "reranker": "older", "weights_hash": "sha256:0"}', encoding="utf-8")
    result = run("ask", folder / "small.pdf", "Was there chest pain?", "--calibration", file)
    assert result.exit_code == 4
    assert "older" in result.stderr and "emr-rerank calibrate" in result.stderr


def test_a_bge_model_is_calibrated_and_used_like_any_other(tmp_path: Path) -> None:
    settings = Settings(reranker=str(tiny_reranker(tmp_path)), device="cpu", offline=True)
    plain = load_reranker(settings)
    asked = [f"{QUESTION} {number}" for number in range(12)]
    lines = []
    for question in asked:
        scores = plain.score(question, CORPUS)
        best = max(zip(scores, CORPUS, strict=True))[1]
        lines += [{"question": question, "passage": text, "label": int(text == best)} for text in CORPUS]
    file = tmp_path / "pairs.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    report = calibrate(file, settings)
    assert (report.pairs, report.right, report.reranker) == (96, 12, str(tmp_path))
    out = tmp_path / "own.json"
    out.write_text(report.calibration.model_dump_json(), encoding="utf-8")
    used = load_reranker(settings.model_copy(update={"calibration": out}))
    expected = [report.calibration.apply(score) for score in plain.score(QUESTION, CORPUS)]
    assert used.score(QUESTION, CORPUS) == pytest.approx(expected, abs=1e-4)
    assert used.weights_hash not in (plain.weights_hash, report.calibration.weights_hash)
