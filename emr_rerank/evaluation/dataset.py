"""A labelled data set: a folder of PDFs, each beside a JSON file of the same name that holds questions and answers."""

import json
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator

from emr_rerank.errors import InputError, InputMissingError
from emr_rerank.findings import Fact, Status, Trend
from emr_rerank.record import Noun

_FACT_KEYS = frozenset(name for name, field in Fact.model_fields.items() if not field.exclude)
_TREND_KEYS = frozenset(name for name, field in Trend.model_fields.items() if not field.exclude)


class ExpectedEvidence(Noun):
    """A sentence that proves the answer, or a part of it."""

    text: str
    page: int = Field(ge=1, description="from 1")
    section_code: str | None = Field(None, description="code of the printed part it stands in")
    side: str | None = Field(None, description="of a contradiction: which statement it supports")


class ExpectedQuestion(Noun):
    """A question with the answer that should come out."""

    id: str
    question: str
    kind: str = Field(description="any name; figures are given by kind")
    status: Status
    evidence: tuple[ExpectedEvidence, ...] = Field((), description="any of them proves it; none: not answerable")
    facts: tuple[dict[str, Any], ...] = Field((), description="fields of facts that must be among the answer's")
    trend: dict[str, Any] | None = Field(None, description="fields of a trend that must be among the answer's")
    all: bool = Field(False, description="every evidence, or one of every side, must be shown")

    @field_validator("facts")
    @classmethod
    def _known_fact_keys(cls, facts: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
        if any(not fact.keys() <= _FACT_KEYS for fact in facts):
            raise ValueError(f"a fact has {', '.join(sorted(_FACT_KEYS))} only")
        return facts

    @field_validator("trend")
    @classmethod
    def _known_trend_keys(cls, trend: dict[str, Any] | None) -> dict[str, Any] | None:
        if trend is not None and not trend.keys() <= _TREND_KEYS:
            raise ValueError(f"a trend has {', '.join(sorted(_TREND_KEYS))} only")
        return trend


class LabelledRecord(Noun):
    """A PDF with its questions."""

    pdf: Path
    questions: tuple[ExpectedQuestion, ...]


def load_dataset(folder: Path) -> tuple[LabelledRecord, ...]:
    """The PDFs of the folder that have a JSON file beside them, by name.

    Raises:
        InputMissingError: the folder holds no such pair.
        InputError: a JSON file can't be read or has not the form of sample_records/README.md.
    """
    pdfs = [pdf for pdf in sorted(folder.glob("*.pdf")) if pdf.with_suffix(".json").exists()]
    if not pdfs:
        raise InputMissingError(f"{folder} holds no PDF with a JSON file beside it.", "See docs/evaluation.md.")
    return tuple(LabelledRecord(pdf=pdf, questions=_questions(pdf.with_suffix(".json"))) for pdf in pdfs)


def _questions(file: Path) -> tuple[ExpectedQuestion, ...]:
    todo = "See docs/evaluation.md."
    try:
        questions = json.loads(file.read_text(encoding="utf-8"))["questions"]
        return tuple(_question(file, place, raw) for place, raw in enumerate(questions, start=1))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file} is no JSON file of questions ({type(error).__name__}).", todo) from None


def _question(file: Path, place: int, raw: Any) -> ExpectedQuestion:
    try:
        return ExpectedQuestion.model_validate(raw)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in problem["loc"])
        raise InputError(f"{file}: question {place}: {field}: {problem['msg']}.", "See docs/evaluation.md.") from None
