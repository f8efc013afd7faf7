"""Contradictions planted in printed records are found; clean records and look-alikes give no false alarm."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from emr_rerank import Settings, check_record, read_record
from emr_rerank.record_check import RecordCheck
from tests.pipeline.stay_pdf import Stay, edited, pdf, stays

SCHEMA = Path(__file__).resolve().parents[1] / "schemas" / "check.schema.json"
SAMPLES = Path(__file__).resolve().parents[2] / "sample_records"
STAYS = stays()
PLANTS = [(name, place) for name, stay in STAYS.items() for place in range(len(stay["plants"]))]
BENIGN = [(name, place) for name, stay in STAYS.items() for place in range(len(stay["benign"]))]
KINDS = ("allergy", "blood_type", "laterality", "smoking", "pregnancy", "past_disease", "discharge_drug", "lab")


def checked(stay: Stay, folder: Path) -> RecordCheck:
    path = folder / "stay.pdf"
    path.write_bytes(pdf(stay))
    return check_record(read_record(path, Settings()))


def _bare(text: str) -> str:
    return re.sub(r"\W", "", text)


def test_two_of_each_kind_are_planted() -> None:
    abouts = [STAYS[name]["plants"][place]["about"].partition(":")[0] for name, place in PLANTS]
    assert len(PLANTS) >= 12
    assert {kind: abouts.count(kind) >= 2 for kind in KINDS} == dict.fromkeys(KINDS, True)


@pytest.mark.parametrize(("name", "place"), PLANTS)
def test_a_planted_contradiction_is_found_and_nothing_else(name: str, place: int, tmp_path: Path) -> None:
    plant = STAYS[name]["plants"][place]
    check = checked(edited(STAYS[name], plant), tmp_path)
    abouts = [conflict.about for conflict in check.conflicts]
    assert [about for about in abouts if not about.startswith(plant["about"])] == []
    assert abouts, plant
    pieces = [piece.text for conflict in check.conflicts for side in conflict.sides for piece in side.evidence]
    assert any(
        _bare(piece) not in _bare(json.dumps(STAYS[name]["documents"], ensure_ascii=False)) for piece in pieces
    ), "the planted statement is one of those cited"
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(check.model_dump(mode="json"))


@pytest.mark.parametrize("name", STAYS)
def test_a_clean_record_gives_no_alarm(name: str, tmp_path: Path) -> None:
    assert [conflict.about for conflict in checked(STAYS[name], tmp_path).conflicts] == []


@pytest.mark.parametrize(("name", "place"), BENIGN)
def test_what_only_looks_like_a_contradiction_gives_no_alarm(name: str, place: int, tmp_path: Path) -> None:
    check = checked(edited(STAYS[name], STAYS[name]["benign"][place]), tmp_path)
    assert [conflict.about for conflict in check.conflicts] == []


def test_an_allergy_found_during_the_stay_is_told_as_a_change(tmp_path: Path) -> None:
    changes = checked(STAYS["obstetrics-zh"], tmp_path).changes
    assert [(change.about, change.date) for change in changes] == [("allergy:cefuroxime", "2026-06-05")]


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.pdf")), ids=lambda path: path.stem)
def test_sample_records(path: Path) -> None:
    expected = ["allergy:penicillin"] if path.stem == "allergy-zh" else []
    assert [conflict.about for conflict in check_record(read_record(path)).conflicts] == expected
