"""The question sets by name, so that one checker, one renderer and one scorer serve them all."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.real import dataset, looks, mts
from benchmarks.real.dataset import RealQuestion, RealRecord

_DEVELOPMENT = Path(__file__).with_name("questions.development.jsonl")
_ENGLISH = Path(__file__).with_name("questions.english.jsonl")
_WARD = Path(__file__).with_name("questions.ward.jsonl")
_MTS_DEVELOPMENT = Path(__file__).with_name("mts_questions.development.jsonl")
_MTS_ENGLISH = Path(__file__).with_name("mts_questions.english.jsonl")
_MTS_WARD = Path(__file__).with_name("mts_questions.ward.jsonl")


@dataclass(frozen=True)
class QuestionSet:
    """Where the records and the questions are, what a sentence is, and how the records print.

    `least_copied` characters in a row may not be shared by a question and its record: a phrase, not a term.
    """

    questions: Path
    records: Callable[[Path], tuple[RealRecord, ...]]
    sentence_spans: Callable[[str], tuple[tuple[int, int], ...]]
    least_copied: int
    look: looks.Look

    def load_questions(self) -> tuple[RealQuestion, ...]:
        """The committed questions, in file order."""
        return dataset.load_questions(self.questions)


SETS = {
    "ccks": QuestionSet(dataset.QUESTIONS, dataset.load_records, dataset.sentence_spans, 12, looks.CHINESE),
    "ccks-dev": QuestionSet(_DEVELOPMENT, dataset.load_records, dataset.sentence_spans, 12, looks.CHINESE),
    "ccks-dev-english": QuestionSet(_ENGLISH, dataset.load_records, dataset.sentence_spans, 12, looks.CHINESE),
    "ccks-ward": QuestionSet(_WARD, dataset.load_records, dataset.sentence_spans, 12, looks.CHINESE),
    "mts-en": QuestionSet(mts.QUESTIONS, mts.load_records, mts.sentence_spans, 28, looks.ENGLISH),
    "mts-en-dev": QuestionSet(_MTS_DEVELOPMENT, mts.load_records, mts.sentence_spans, 28, looks.ENGLISH),
    "mts-en-dev-english": QuestionSet(_MTS_ENGLISH, mts.load_records, mts.sentence_spans, 28, looks.ENGLISH),
    "mts-en-ward": QuestionSet(_MTS_WARD, mts.load_records, mts.sentence_spans, 28, looks.ENGLISH),
}
DEFAULT = "ccks"
