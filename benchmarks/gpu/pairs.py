"""Pairs of question and sentence, drawn from the sample records so that lengths and repeats are those of records."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from emr_rerank import read_record
from emr_rerank.evidence.passage import passage

SAMPLES = Path(__file__).resolve().parents[2] / "sample_records"
SCANNED = "pancreatitis-scan-zh"
Pair = tuple[str, str]


@dataclass(frozen=True)
class Material:
    """What pairs are drawn from.

    Attributes:
        questions: of the sample records' files.
        passages: every sentence as a reranker reads it, repeats as they stand.
        sections: title of the section that each passage stands in.
    """

    questions: tuple[str, ...]
    passages: tuple[str, ...]
    sections: tuple[str, ...]

    def of_one_question(self, count: int, chance: random.Random) -> list[Pair]:
        """So many distinct passages (as far as there are) for one question."""
        question, distinct = chance.choice(self.questions), sorted(set(self.passages))
        return [(question, text) for text in chance.sample(distinct, min(count, len(distinct)))]

    def job(self, count: int, chance: random.Random, *, repeats: bool) -> list[Pair]:
        """Pairs of many questions; without repeats a number at the end of each passage makes it unlike the others."""
        drawn = zip(chance.choices(self.questions, k=count), chance.choices(self.passages, k=count), strict=True)
        return list(drawn) if repeats else [(question, f"{text} {n}") for n, (question, text) in enumerate(drawn)]


def read_material(names: Sequence[str] | None = None) -> Material:
    """Questions and sentences of the sample records (all but the scanned one, or those named)."""
    names = names or sorted(path.stem for path in SAMPLES.glob("*.pdf") if path.stem != SCANNED)
    questions, passages, sections = [], [], []
    for name in names:
        truth = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
        questions.extend(question["question"] for question in truth["questions"])
        for sentence in read_record(SAMPLES / f"{name}.pdf").sentences:
            passages.append(passage(sentence))
            sections.append(sentence.section_path[-1] if sentence.section_path else "")
    return Material(tuple(questions), tuple(passages), tuple(sections))
