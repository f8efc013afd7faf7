"""Which candidates are read, how properly, and what that makes of their scores."""

from collections.abc import Sequence

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from emr_rerank import Asker, Record, Settings, read_record
from emr_rerank.evidence.passage import split_passage
from emr_rerank.pipeline.located import HARDLY_OFF, HELD_DOWN_READ, READ_FIRST, Located

THINGS = [
    "garden",
    "kitchen",
    "window",
    "letter",
    "blanket",
    "radio",
    "slipper",
    "coffee",
    "curtain",
    "newspaper",
    "telephone",
    "mirror",
    "suitcase",
    "umbrella",
    "bicycle",
    "piano",
    "candle",
    "basket",
    "hammer",
    "pencil",
]
LINES = ("Progress Note", *(f"The neighbour brought the {thing} to the patient." for thing in THINGS),
         "Laboratory Report", "2026-03-02 Creatinine 72 umol/L", "2026-03-05 Creatinine 108 umol/L")  # fmt: skip
LOOSE = "Who brought the suitcase?"
ROUGH = 0.04


class Reader:
    """Knows a probability for some sentences, 0.1 for the others; skimming, it is `skim_error` too low."""

    name = "reader"
    weights_hash = "sha256:reader"
    device = "cpu"

    def __init__(self, skim_error: float = ROUGH, **known: float) -> None:
        self.skim_error, self.known = skim_error, known
        self.skimmed: list[str] = []
        self.read: list[str] = []

    def skim(self, question: str, passages: Sequence[str]) -> list[float]:
        if not self.skim_error:
            return self.score(question, passages)
        self.skimmed += passages
        return [score - self.skim_error for score in map(self._known, passages)]

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        self.read += passages
        return [*map(self._known, passages)]

    def _known(self, passage: str) -> float:
        text = split_passage(passage)[1]
        return next((score for word, score in self.known.items() if word in text), 0.1)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    path = tmp_path_factory.mktemp("record") / "visits.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    for number, line in enumerate(LINES):
        canvas.drawString(60, 780 - 22 * number, line)
    canvas.save()
    return read_record(path)


def located(record: Record, question: str) -> Located:
    return Asker(Settings(journal=None)).locate(record, question)


def allowed(asked: Located) -> int:
    return sum(verdict.allowed for verdict in asked.verdicts)


def score_of(asked: Located, scores: Sequence[float], word: str) -> float:
    return next(score for score, sentence in zip(scores, asked.candidates, strict=True) if word in sentence.text)


def test_everything_is_skimmed_where_nothing_is_sure_and_the_likely_is_read_properly(record: Record) -> None:
    asked, reader = located(record, LOOSE), Reader(suitcase=0.9, radio=0.85, garden=0.3)
    scores = asked.score(reader)
    assert allowed(asked) >= len(THINGS) > READ_FIRST
    assert len(reader.skimmed) == len(set(reader.skimmed)) <= allowed(asked) + HELD_DOWN_READ
    assert len(reader.skimmed) >= allowed(asked)
    assert sorted(split_passage(passage)[1].split()[4] for passage in reader.read) == ["radio", "suitcase"]
    expected = {"suitcase": 0.9, "radio": 0.85, "garden": 0.3 - ROUGH, "piano": 0.1 - ROUGH}
    assert {word: score_of(asked, scores, word) for word in expected} == pytest.approx(expected)


def test_what_is_surely_evidence_ends_the_reading(record: Record) -> None:
    asked = located(record, LOOSE)
    surest = next(iter(sorted(asked.verdicts, key=lambda verdict: verdict.cost))).sentence.text.split()[4].strip(".")
    reader = Reader(**{surest: 0.9999 + ROUGH})
    scores = asked.score(reader)
    assert len(reader.skimmed) <= READ_FIRST < allowed(asked)
    assert scores.count(0.0) == len(scores) - len(reader.skimmed)
    assert all(item.score > 0 for item in asked.choose(scores, 0.65).rejected)


def test_the_best_is_read_properly_even_where_it_seems_unlikely(record: Record) -> None:
    reader = Reader(mirror=0.2)
    scores = located(record, LOOSE).score(reader)
    assert len(reader.read) == 1 and "mirror" in reader.read[0] and 0.2 in scores


def test_a_measured_value_needs_no_second_reading(record: Record) -> None:
    asked, reader = located(record, "What was the creatinine?"), Reader(Creatinine=0.9)
    scores = asked.score(reader)
    assert asked.order is None and not any("Creatinine" in passage for passage in reader.read)
    assert score_of(asked, scores, "108") == pytest.approx(0.9 - ROUGH)
    assert len(reader.skimmed) <= READ_FIRST


def test_who_can_not_skim_reads_everything_once(record: Record) -> None:
    asked, reader = located(record, LOOSE), Reader(skim_error=0.0, suitcase=0.9)
    scores = asked.score(reader)
    assert not reader.skimmed and len(reader.read) == len(set(reader.read)) >= allowed(asked)
    assert score_of(asked, scores, "suitcase") == 0.9


def test_where_skimming_is_hardly_off_only_what_is_near_the_threshold_is_read_again(record: Record) -> None:
    asked, reader = located(record, LOOSE), Reader(skim_error=HARDLY_OFF, suitcase=0.97, radio=0.75, mirror=0.2)
    scores = asked.score(reader)
    assert [split_passage(passage)[1].split()[4] for passage in reader.read] == ["radio"]
    assert score_of(asked, scores, "suitcase") == pytest.approx(0.97 - HARDLY_OFF)
    assert score_of(asked, scores, "radio") == 0.75
