"""The sample records: their expected answers are true, and printing them again gives the same."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sample_records.generator.check import problems
from sample_records.generator.laboratory import Bench, ckd_epi_2009
from sample_records.generator.paper import Run, wrap
from sample_records.generator.records import build, names
from sample_records.generator.style import STYLES, FontMissingError, register
from sample_records.generator.truth import TruthError, places, question

FOLDER = Path(__file__).resolve().parents[2] / "sample_records"


@pytest.mark.parametrize("name", names())
def test_every_expected_answer_stands_on_its_page(name: str) -> None:
    assert problems(name, FOLDER) == []


@pytest.mark.parametrize("name", names())
def test_every_record_has_answered_and_unanswerable_questions(name: str) -> None:
    questions = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["questions"]
    assert len({entry["id"] for entry in questions}) == len(questions) >= 10
    assert {"answered", "insufficient_evidence"} <= {entry["status"] for entry in questions}
    assert (FOLDER / f"{name}.pdf").stat().st_size <= 1_500_000


def test_a_wrong_page_is_found(tmp_path: Path) -> None:
    name = "ketoacidosis-en"
    answers = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    answers["questions"][0]["evidence"][0]["page"] = 1
    (tmp_path / f"{name}.json").write_text(json.dumps(answers), encoding="utf-8")
    (tmp_path / f"{name}.pdf").write_bytes((FOLDER / f"{name}.pdf").read_bytes())
    assert problems(name, tmp_path)[0].startswith(f"{name}-01: page 1 lacks")


def test_printing_again_gives_the_same_bytes_and_answers() -> None:
    pdf, answers, _ = build("ketoacidosis-en")
    build.cache_clear()
    again, _, _ = build("ketoacidosis-en")
    assert pdf == again
    assert answers == json.loads((FOLDER / "ketoacidosis-en.json").read_text(encoding="utf-8"))


def test_a_missing_font_names_its_debian_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone.ttf"
    monkeypatch.setattr("sample_records.generator.style.DEBIAN_PACKAGE", {gone: "fonts-gone"})
    with pytest.raises(FontMissingError, match="apt-get install fonts-gone"):
        register(replace(STYLES["ruled"], font="Gone", font_file=gone))


@pytest.mark.parametrize(
    ("creatinine", "sex", "age", "expected"),
    [(80, "m", 50, 98), (80, "f", 50, 74), (268, "m", 67, 20), (53, "f", 30, 122)],
)
def test_egfr(creatinine: float, sex: str, age: int, expected: int) -> None:
    assert round(ckd_epi_2009(creatinine, sex, age)) == pytest.approx(expected, abs=1)


def test_derived_results_agree_with_each_other() -> None:
    bench = Bench("any", "m", 60, {}, STYLES["english"])
    values = {"wbc": 10.0, "neutrophil_percent": 80.0}
    report = bench.report("cbc", "2026-01-01 06:00", "2026-01-01 07:00", values)
    found = {result.analyte: (result.value, result.flag) for result in report.results}
    assert found["neutrophil_count"] == (8.0, "H")
    assert found["wbc"] == (10.0, "H")


def test_a_value_outside_its_panel_is_refused() -> None:
    with pytest.raises(ValueError, match="amylase"):
        Bench("any", "m", 60, {}, STYLES["english"]).report("cbc", "2026-01-01 06:00", "", {"amylase": 5})


def test_lines_keep_numbers_whole_and_brackets_off_the_end() -> None:
    text = "aaaa bbbb 12.18*10^9/L,(cccc"
    lines = wrap(text, "Helvetica", 10, 60)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert any("12.18*10^9/L" in line for line in lines)


def test_places_names_page_and_section_of_the_first_character() -> None:
    runs = [Run("今日肌酐", 3, "ward_round"), Run("72umol/L", 4, "ward_round"), Run("今日肌酐", 9, "other")]
    assert places(runs, "今日 肌酐") == [
        {"text": "今日 肌酐", "page": 3, "section_code": "ward_round"},
        {"text": "今日 肌酐", "page": 9, "section_code": "other"},
    ]
    with pytest.raises(TruthError):
        places(runs, "血钾")


def test_a_question_without_evidence_is_refused() -> None:
    with pytest.raises(TruthError, match="no evidence"):
        question(1, "any", {"q": "?", "kind": "history"}, {}, [])
