"""A small invented record, and an embedder that needs no weights."""

from collections.abc import Sequence

import numpy as np
import pytest

from emr_rerank.evidence.embedder import Vectors
from emr_rerank.record import Record, Section, Sentence


class HashedWords:
    """Vectors of character counts: enough to tell texts apart, the same on every machine."""

    name = "hashed-words"
    weights_hash = "sha256:0"
    dim = 64

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._vectors(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded.extend(texts)
        return self._vectors(texts)

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        rows = np.full((len(texts), self.dim), 0.01, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for char in text:
                row[ord(char) % self.dim] += 1
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / norms, dtype=np.float32)


PARTS: list[tuple[str, str, str, str | None, list[str]]] = [
    ("入院记录", "主诉", "chief_complaint", "2026-03-02", ["主诉：反复胸闷气促3年，加重1周。"]),
    ("入院记录", "既往史", "past_history", "2026-03-02", ["高血压病史10年。", "否认糖尿病史。"]),
    ("入院记录", "过敏史", "allergy_history", "2026-03-02", ["否认药物过敏史。"]),
    ("入院记录", "家族史", "family_history", "2026-03-02", ["父亲患2型糖尿病。"]),
    ("入院记录", "体格检查", "physical_exam", "2026-03-02", ["T36.5℃P80次/分R18次/分BP150/90mmHg。"]),
    ("检验报告单", "检验报告单", "lab_report", "2026-03-02T08:00", ["肌酐\t72\tμmol/L", "钾\t4.1\tmmol/L"]),
    (
        "病程记录",
        "病程记录",
        "progress_note",
        "2026-03-05",
        ["患者今日无胸痛，夜间睡眠可。", "肌酐由72升至108μmol/L。"],
    ),
    ("检验报告单", "检验报告单", "lab_report", "2026-03-08T08:00", ["肌酐\t96\tμmol/L", "尿肌酐\t8000\tμmol/L"]),
    ("知情同意书", "知情同意书", "informed_consent", None, ["手术可能出现出血、感染等风险。"]),
    ("护理记录", "护理记录", "nursing_record", "2026-03-06", ["患者对青霉素过敏，床头已挂标识。", "否认药物过敏史。"]),
    ("出院记录", "出院诊断", "discharge_diagnosis", "2026-03-10", ["1.冠状动脉粥样硬化性心脏病", "2.高血压病3级"]),
    ("出院记录", "出院带药", "discharge_medication", "2026-03-10", ["阿司匹林肠溶片 100mg qd"]),
]


def build_record() -> Record:
    """A record of one section a part; offsets hold."""
    text, sections, sentences = "", [], []
    for document, title, code, date, lines in PARTS:
        start, path = len(text), (document,) if document == title else (document, title)
        for line in lines:
            sentences.append(
                Sentence(
                    index=len(sentences),
                    start=len(text),
                    end=len(text) + len(line),
                    text=line,
                    section_code=code,
                    section_path=path,
                    page=1,
                    bbox=(0, 0, 1, 1),
                    date=date,
                )
            )
            text += line + "\n"
        sections.append(
            Section(
                code=code,
                title=title,
                path=path,
                date=date,
                page_start=1,
                page_end=1,
                start=start,
                end=len(text),
                body_start=start,
            )
        )
    return Record(
        record_id="invented",
        language="zh",
        sha256="0" * 64,
        page_count=1,
        text=text,
        sections=tuple(sections),
        sentences=tuple(sentences),
    )


@pytest.fixture(scope="session")
def record() -> Record:
    return build_record()


@pytest.fixture()
def embedder() -> HashedWords:
    return HashedWords()
