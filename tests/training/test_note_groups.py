"""Questions about real English notes: their sentences come from the data set, never from lines that measure."""

import json
import sys
from pathlib import Path

import pytest

from training import note_groups


@pytest.fixture()
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    texts = ["Cough for two days. No fever.", "Smokes a pack a day.", "Never read.", "Penicillin gave her hives."]
    lines = [json.dumps({"section": "GENHX", "text": text}) for text in texts]
    (tmp_path / "mts_dialog_sections.jsonl").write_text("\n".join(lines), encoding="utf-8")
    records = [{"id": "note-1", "parts": {"HPI": [1], "NOTE › SOCIAL HISTORY": [2]}},
               {"id": "note-2", "parts": {"ALLERGIES": [4]}}]  # fmt: skip
    (tmp_path / "records.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    questions = "=== note-1\nQ Febrile? = 2\nQ Asthma? = 0 ~ 1\n\n=== note-2\nQ reaction to penicillin = 1\n"
    (tmp_path / "mts_1.txt").write_text(questions, encoding="utf-8")
    for name, value in {"FOLDER": tmp_path, "DATA": tmp_path, "RECORDS": tmp_path / "records.jsonl"}.items():
        monkeypatch.setattr(note_groups, name, value)
    monkeypatch.setattr(note_groups, "held_out_lines", lambda *path: {2, 4} if path else {3})
    (tmp_path / note_groups.DIGEST).write_text(note_groups.digest(note_groups.passages(tmp_path)))
    return tmp_path


def test_groups_of_the_notes(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["note_groups", str(data), "--rounds", "2"])
    note_groups.main()
    groups = [json.loads(line) for line in (data / "groups.notes.jsonl").read_text("utf-8").splitlines()]
    assert len(groups) == 4  # the second record is held out
    assert all(text.endswith("No fever.") for group in groups[::2] for text in group["positives"])
    assert {len(group["negatives"]) for group in groups} == {2}
    (held,) = (data / "held.notes.jsonl").read_text("utf-8").splitlines()
    assert json.loads(held)["positives"] == ["ALLERGIES | Penicillin gave her hives."]


def test_a_line_that_measures_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(note_groups, "held_out_lines", lambda *path: {2, 3} if path else {3})
    with pytest.raises(ValueError, match=r"lines \[3\] stand in the records that measure"):
        note_groups.notes(data)


def test_other_sentences_than_those_asked_about_are_refused(data: Path) -> None:
    file = data / "mts_dialog_sections.jsonl"
    file.write_text(file.read_text("utf-8").replace("pack", "packet"), encoding="utf-8")
    with pytest.raises(ValueError, match="are not those that bank/notes asks about"):
        note_groups.notes(data)
