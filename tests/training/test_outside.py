"""Groups from texts of others: what proves is of the part asked for, what does not is of parts that can't answer."""

import json
import random
from pathlib import Path

import pytest

from training import outside

NOTES = [
    ("ALLERGY", "She is allergic to penicillin, which gave her hives."),
    ("CC", "Chest pain for two days after lifting a heavy box."),
    *[("IMMUNIZATIONS", f"Vaccination number {number} was given on time.") for number in range(12)],
    ("GENHX", "A long story that is no part of any group at all."),
]


@pytest.fixture()
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lines = [json.dumps({"section": part, "text": text}) for part, text in NOTES]
    (tmp_path / "mts_dialog_sections.jsonl").write_text("\n".join(lines), encoding="utf-8")
    rows = [("1", "高血压怎么治", "血压高如何治疗"), ("0", "高血压怎么治", "糖尿病吃什么")]
    rows += [("0", f"问题{number}", f"另一个{number}") for number in range(20)]
    (tmp_path / "cmedqq_train.tsv").write_text("\n".join("\t".join(row) for row in rows), encoding="utf-8")
    monkeypatch.setattr(outside, "DATA", tmp_path)
    return tmp_path


def test_paraphrases(data: Path) -> None:
    (group,) = outside.paraphrases(random.Random(1))
    assert (group["question"], group["positives"]) == ("高血压怎么治", ["血压高如何治疗"])
    assert group["negatives"][0] == "糖尿病吃什么" and group["positives"][0] not in group["negatives"]


def test_parts_of_notes(data: Path) -> None:
    groups = {group["intent"]: group for group in outside.note_parts(random.Random(1))}
    allergy = groups["mts ALLERGY"]
    assert all("hives" in text for text in allergy["positives"])
    assert allergy["negatives"] and not any("hives" in text for text in allergy["negatives"])
    assert not any("long story" in text for group in groups.values() for text in group["negatives"])
