"""Labelled questions: what is read, and what a wrong line is told, without its text."""

import json
from pathlib import Path
from typing import Any

import pytest

from emr_rerank.errors import EmrRerankError, InputMissingError, UsageError
from emr_rerank.pipeline.labelled import LabelledPassages, LabelledRecord, Proof, read_labelled
from emr_rerank.settings import Settings

SECRET = "张三丰的肌酐"


def written(folder: Path, *lines: Any) -> Path:
    file = folder / "questions.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    file.write_text("\n".join(texts), encoding="utf-8")
    return file


def read(folder: Path, *lines: Any) -> tuple[LabelledPassages | LabelledRecord, ...]:
    return read_labelled(written(folder, *lines), Settings())


def test_every_form_is_read_and_blank_lines_count(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "a.pdf").touch()
    entries = read(
        tmp_path,
        {"question": " 肌酐？ ", "passage": "检验 | 肌酐 108", "label": 1, "id": "7"},
        "",
        {
            "question": "钾？",
            "passages": [
                {"section": ["入院记录", "辅助检查"], "text": "钾 4.1\n", "label": 0},
                {"text": "钾 4.6", "label": True},
            ],
        },
        {"record": "records/a.pdf", "question": "钠？", "evidence": ["钠 140", {"text": "钠 141", "page": 2}]},
        {"record": "records/a.pdf", "question": "氯？", "evidence": []},
    )
    pdf = tmp_path / "records" / "a.pdf"
    assert entries == (
        LabelledPassages(1, "肌酐？", (("检验 | 肌酐 108", 1),)),
        LabelledPassages(3, "钾？", (("入院记录 › 辅助检查 | 钾 4.1", 0), ("钾 4.6", 1))),
        LabelledRecord(4, "钠？", pdf, (Proof("钠 140"), Proof("钠 141", 2))),
        LabelledRecord(5, "氯？", pdf, ()),
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"question": "' + SECRET, "no JSON"),
        ("[" * 100_000, "no JSON"),
        ([SECRET], "no JSON object"),
        ({"passage": SECRET, "label": 1}, "'question' is missing or no text"),
        ({"question": 5, "passage": SECRET, "label": 1}, "'question' is missing or no text"),
        ({"question": "  ", "passage": SECRET, "label": 1}, "'question' is missing or no text"),
        ({"question": "？！", "passage": SECRET, "label": 1}, "has no words"),
        ({"question": SECRET * 500, "passage": "x", "label": 1}, "has 3000 characters"),
        ({"question": SECRET}, "give one of 'passage', 'passages' and 'record'"),
        ({"question": SECRET, "passage": "x", "passages": []}, "give one of"),
        ({"question": SECRET, "passage": "x"}, "'label' is neither 0 nor 1"),
        ({"question": SECRET, "passage": "x", "label": "1"}, "'label' is neither 0 nor 1"),
        ({"question": SECRET, "passage": "x", "label": 0.5}, "'label' is neither 0 nor 1"),
        ({"question": SECRET, "passage": ["x"], "label": 1}, "'passage' is missing or no text"),
        ('{"question": "q", "passage": "\\ud800", "label": 1}', "'passage' holds characters that are no text"),
        ({"question": SECRET, "passages": []}, "'passages' is no list"),
        ({"question": SECRET, "passages": [SECRET]}, "passage 1 is no JSON object"),
        ({"question": SECRET, "passages": [{"text": "x", "label": 1}, {"label": 1}]}, "'text' of passage 2"),
        ({"question": SECRET, "passages": [{"text": "x"}]}, "'label' of passage 1"),
        ({"question": SECRET, "passages": [{"text": "x", "label": 1, "section": SECRET}]}, "'section' of passage 1"),
        ({"question": SECRET, "record": "a.pdf"}, "'evidence' is no list"),
        ({"question": SECRET, "record": "a.pdf", "evidence": SECRET}, "'evidence' is no list"),
        ({"question": SECRET, "record": "a.pdf", "evidence": [""]}, "evidence 1 is missing"),
        ({"question": SECRET, "record": "a.pdf", "evidence": [{"page": 1}]}, "'text' of evidence 1"),
        ({"question": SECRET, "record": "a.pdf", "evidence": [{"text": "x", "page": 0}]}, "'page' of evidence 1"),
    ],
)
def test_a_wrong_line_is_named_and_not_quoted(tmp_path: Path, line: Any, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, {"question": "q", "passage": "x", "label": 1}, "", line)
    error: EmrRerankError = caught.value
    assert f"{tmp_path / 'questions.jsonl'}:3: " in error.what
    assert told in error.what
    assert error.todo
    assert SECRET not in str(error) and error.__cause__ is None


def test_a_record_that_is_not_there_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputMissingError, match=r":1: there is no file .*absent\.pdf"):
        read(tmp_path, {"question": SECRET, "record": "absent.pdf", "evidence": []})


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no question"):
        read(tmp_path, "", " ")


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputMissingError, match="can't be read"):
        read_labelled(file, Settings())
