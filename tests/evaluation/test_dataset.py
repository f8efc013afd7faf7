"""Data sets that are right, and what is said of those that are not."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from emr_rerank.errors import InputError, InputMissingError
from emr_rerank.evaluation.dataset import load_dataset

QUESTION: dict[str, Any] = {"id": "1", "question": "钾多少", "kind": "lab", "status": "answered"}


def written(folder: Path, content: Any) -> Path:
    (folder / "a.pdf").write_bytes(b"")
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / "a.json").write_text(text, encoding="utf-8")
    return folder


def test_pairs_are_read_by_name_and_other_keys_of_the_file_are_left_alone(tmp_path: Path) -> None:
    written(tmp_path, {"record": "a", "series": [], "questions": [QUESTION]})
    (tmp_path / "b.pdf").write_bytes(b"")
    (record,) = load_dataset(tmp_path)
    assert (record.pdf.name, record.questions[0].evidence) == ("a.pdf", ())


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("{", "JSONDecodeError"),
        ([], "TypeError"),
        ({}, "KeyError"),
        ({"questions": [QUESTION, {**QUESTION, "status": "maybe"}]}, "question 2: status"),
        ({"questions": [{**QUESTION, "evidnce": []}]}, "question 1: evidnce"),
        ({"questions": [{**QUESTION, "evidence": [{"text": "钾4.6", "page": 0}]}]}, "question 1: evidence.0.page"),
        ({"questions": [{**QUESTION, "facts": [{"nmae": "potassium"}]}]}, "question 1: facts"),
        ({"questions": [{**QUESTION, "trend": {"frist": 4.6}}]}, "question 1: trend"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_quoted(tmp_path: Path, content: Any, named: str) -> None:
    with pytest.raises(InputError, match=named) as caught:
        load_dataset(written(tmp_path, content))
    assert "钾" not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


def test_the_example_of_the_docs_is_a_data_set(tmp_path: Path) -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "evaluation.md"
    example = re.search(r"```json\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert example
    (record,) = load_dataset(written(tmp_path, example[1]))
    assert [question.status for question in record.questions] == ["answered", "insufficient_evidence", "conflicting"]


def test_a_folder_without_a_pair(tmp_path: Path) -> None:
    with pytest.raises(InputMissingError, match="JSON"):
        load_dataset(tmp_path)
