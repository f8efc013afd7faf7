from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from emr_rerank.record import (
    Page,
    PageTable,
    Place,
    PrintedLine,
    Record,
    RowRef,
    Section,
    Sentence,
    Span,
    Table,
    Warning,
)

BOX = (70.87, 100.1, 500.3, 112.7)
TEXT = "入院记录\n主诉：反复胸闷3年。\n过敏史：否认药物过敏。\n检验报告单\n肌酐\t108\tμmol/L\n"


def _section(code: str, first: str, last: str, *children: Section, path: tuple[str, ...]) -> Section:
    start, end = TEXT.index(first), TEXT.index(last) + len(last)
    title = "" if code == "preamble" else path[-1]
    return Section(
        code=code,
        title=title,
        path=path,
        rule=None if code == "preamble" else f"sections.zh.{code}",
        date="2026-03-02",
        page_start=1,
        page_end=2,
        start=start,
        end=end,
        body_start=start + len(title),
        children=children,
    )


def _sentence(index: int, text: str, code: str, path: tuple[str, ...], **more: object) -> Sentence:
    start = TEXT.index(text)
    return Sentence(
        index=index,
        start=start,
        end=start + len(text),
        text=text,
        section_code=code,
        section_path=path,
        page=1,
        bbox=BOX,
        **more,
    )


def invented_record(record_id: str = "invented-1", sha256: str = "ab" * 32) -> Record:
    """A record with something in every field."""
    admission, labs = ("入院记录",), ("检验报告单",)
    row = "肌酐\t108\tμmol/L"
    start = TEXT.index(row)
    return Record(
        record_id=record_id,
        language="zh",
        sha256=sha256,
        page_count=2,
        text=TEXT,
        pages=(
            Page(
                number=1,
                width=595.28,
                height=841.89,
                lines=(PrintedLine(text="入院记录", bbox=BOX, size=14.5, bold=True),),
                running=(PrintedLine(text="某某医院", bbox=BOX),),
            ),
            Page(
                number=2,
                width=841.89,
                height=595.28,
                source="ocr",
                ocr_confidence=0.93,
                tables=(PageTable(bbox=BOX, rows=(("肌酐", "108", "μmol/L"),), row_boxes=(BOX,), ruled=False),),
            ),
        ),
        places=(Place(start=0, end=4, page=1, bbox=BOX, confidence=0.1 + 0.2),),
        sections=(
            _section(
                "admission_note",
                "入院记录",
                "过敏。\n",
                _section("preamble", "入院记录", "录\n", path=admission),
                _section("chief_complaint", "主诉", "3年。\n", path=(*admission, "主诉")),
                _section("allergy_history", "过敏史", "过敏。\n", path=(*admission, "过敏史")),
                path=admission,
            ),
            _section("lab_report", "检验报告单", "L\n", path=labs),
        ),
        sentences=(
            _sentence(0, "主诉：反复胸闷3年。", "chief_complaint", (*admission, "主诉"), date="2026-03-02"),
            _sentence(1, "过敏史：否认药物过敏。", "allergy_history", (*admission, "过敏史"), more_boxes=((2, BOX),)),
            _sentence(2, row, "lab_report", labs, row=RowRef(table=0, row=0), low_confidence=True, date_rule="d"),
        ),
        tables=(
            Table(
                page=2,
                bbox=BOX,
                section_code="lab_report",
                header=("项目", "结果", "单位"),
                rows=(("肌酐", "108", "μmol/L"),),
                row_spans=(Span(start=start, end=start + len(row)),),
                caption="生化",
                time="2026-03-02T06:10",
            ),
        ),
        demographics={"sex": "男", "age": "66"},
        warnings=(Warning(code="ocr_low", page=2, message="page 2 was read with low confidence"),),
    )


@pytest.fixture
def record_of() -> Callable[..., Record]:
    """Makes an invented record by id and sha256."""
    return invented_record


@pytest.fixture
def vectors() -> NDArray[np.float32]:
    """Unit vectors for the four leaf sections of the invented record."""
    raw = np.random.default_rng(1).normal(size=(4, 384)).astype(np.float32)
    return (raw / np.linalg.norm(raw, axis=1, keepdims=True)).astype(np.float32)
