"""The SQL and Python of docs/audit.md and docs/archive.md runs."""

import re
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine

from emr_rerank.archive.archive import Archive
from emr_rerank.audit.event import AuditEvent, CitedSentence, ModelUsed
from emr_rerank.audit.journal import Journal
from emr_rerank.record import Record, Section, Sentence
from emr_rerank.store.urls import parse_url

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(\w+)(?: (\w+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = ("audit.md", "archive.md")


def blocks(page: str, language: str) -> list[tuple[str, str]]:
    found = BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))
    return [(dialect, code) for name, dialect, code in found if name == language]


def fill(url: str) -> None:
    """Two records and one event."""
    with Archive(url) as archive, Journal(url) as journal:
        for number in (1, 2):
            archive.add(_record(f"record-{number}"), np.eye(3, dtype=np.float32), "e5")
        model = ModelUsed(name="m")
        cited = CitedSentence(rank=1, score=0.9, start=0, end=4, page=1, section_code="allergy_history")
        journal.append(
            AuditEvent(
                user="wang",
                record_id="record-1",
                question="过敏史？",
                status="insufficient_evidence",
                evidence=(cited,),
                reranker=model,
                embedder=model,
                rules="sha256:0",
            )
        )


def _record(record_id: str) -> Record:
    text = "入院记录\n过敏史：无。\n肌酐72\n"
    spans = [("preamble", 0, 5), ("allergy_history", 5, 12), ("lab_report", 12, 17)]
    sections = tuple(
        Section(code=code, title="", path=("入院记录",), page_start=1, page_end=1, start=a, end=b, body_start=a)
        for code, a, b in spans
    )
    sentence = Sentence(
        index=0,
        start=12,
        end=16,
        text=text[12:16],
        section_code="lab_report",
        section_path=(),
        page=1,
        bbox=(0, 0, 1, 1),
    )
    return Record(
        record_id=record_id,
        language="zh",
        sha256=record_id,
        page_count=1,
        text=text,
        sections=sections,
        sentences=(sentence,),
    )


@pytest.mark.parametrize("page", PAGES)
def test_every_sql_example_finds_something(page: str, store_url: str) -> None:
    fill(store_url)
    url = parse_url(store_url)
    engine = create_engine(url)
    ran = 0
    with engine.connect() as connection:
        for dialect, query in blocks(page, "sql"):
            if dialect in ("", url.get_backend_name()):
                assert connection.exec_driver_sql(query.replace("%", "%%")).all(), query
                ran += 1
    engine.dispose()
    assert ran >= 4


@pytest.mark.parametrize("page", PAGES)
def test_every_python_example_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = page.removesuffix(".md").replace("audit", "journal")
    fill(f"sqlite:///{name}.sqlite")
    found = blocks(page, "python")
    assert len(found) == 2
    for _, code in found:
        exec(compile(code.replace("postgresql://reader@db/records", "sqlite:///archive.sqlite"), page, "exec"), {})
