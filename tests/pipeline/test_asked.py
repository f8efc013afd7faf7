"""Invented stays (asked/*.yaml), printed, read and asked: answers a clinician wrote down before."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from emr_rerank import Asker, Record, Settings, read_record
from tests.pipeline.stay_pdf import pdf

STAYS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted(Path(__file__).with_name("asked").glob("*.yaml"))
}
ASKED = [(name, asked) for name, stay in STAYS.items() for asked in stay["asked"]]


@lru_cache(maxsize=1)
def asker() -> Asker:
    return Asker(Settings(journal=None))


@lru_cache
def record(name: str, folder: Path) -> Record:
    path = folder / f"{name}.pdf"
    path.write_bytes(pdf(STAYS[name]))
    return read_record(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("asked")


@pytest.mark.parametrize(("name", "asked"), ASKED, ids=[f"{name}-{asked['question']}" for name, asked in ASKED])
def test_answer(name: str, asked: dict[str, Any], folder: Path) -> None:
    answer = asker().ask(record(name, folder), asked["question"])
    assert answer.status == asked.get("status", "answered")
    facts = {f"{fact.name} {fact.value} {fact.unit} @{fact.time}" for fact in answer.facts}
    assert set(asked.get("facts", ())) <= facts
    assert all(str(words) in answer.message for words in asked.get("says", ()))
    assert not any(str(words) in answer.message for words in asked.get("lacks", ()))
    if "first" in asked:
        assert asked["first"] in answer.evidence[0].text
