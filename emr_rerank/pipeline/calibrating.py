"""From labelled questions to a calibration: records are read, their candidates labelled, every pair scored."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Literal

from emr_rerank.errors import InputError
from emr_rerank.evidence.calibration_fit import Method
from emr_rerank.evidence.calibration_report import CalibrationReport, ScoredQuestion, calibration_report
from emr_rerank.evidence.reranker import Reranker
from emr_rerank.pipeline.asker import Asker
from emr_rerank.pipeline.labelled import LabelledPassages, LabelledRecord, Proof, read_labelled
from emr_rerank.reading.reader import read_record
from emr_rerank.record import Record, Sentence
from emr_rerank.settings import Settings

SHORTEST = 4
"""A shorter text lies inside too many others to be recognised there."""


def calibrate(
    file: Path,
    settings: Settings | None = None,
    method: Literal["auto"] | Method = "auto",
    *,
    read: Callable[[Path], Record] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> CalibrationReport:
    """Fit a calibration for the reranker of the settings to labelled questions, and report on it.

    The scores calibrated are those that the model gives with the calibration that it carries itself; a calibration that
    the settings name is left out of account. No question is journalled.

    Args:
        file: JSONL, see docs/calibration.md.
        settings: models, candidates, min_score, rules and limits of reading.
        method: platt, isotonic, or auto: isotonic where there are enough labelled pairs.
        read: reads a PDF; `read_record` when None.
        on_progress: told (questions done, questions in all).

    Raises:
        InputError: the file or a PDF can't be read; the message names the line.
        UsageError: a line is wrong, there are too few questions, or the scores do not rise with the labels.
        ModelError: a model can't be loaded or run.
    """
    settings = (settings or Settings()).model_copy(update={"calibration": None, "journal": None})
    entries = read_labelled(file, settings)
    asker = Asker(settings)
    groups = _by_question(entry for entry in entries if isinstance(entry, LabelledPassages))
    records = _by_record(entry for entry in entries if isinstance(entry, LabelledRecord))
    total = len(groups) + sum(map(len, records.values()))
    outcomes: list[ScoredQuestion | str] = []
    reader = read or (lambda pdf: read_record(pdf, settings))
    for outcome in chain(_score_passages(groups, asker), _score_records(records, asker, file, reader)):
        outcomes.append(outcome)
        if on_progress is not None:
            on_progress(len(outcomes), total)
    scored = [outcome for outcome in outcomes if isinstance(outcome, ScoredQuestion)]
    left_out = [outcome for outcome in outcomes if isinstance(outcome, str)]
    return calibration_report(scored, asker.reranker, method, settings.min_score, left_out)


def _score_passages(groups: Mapping[str, Sequence[tuple[str, int]]], asker: Asker) -> Iterator[ScoredQuestion]:
    for question, passages in groups.items():
        yield _scored(asker.reranker, question, passages, any(label for _, label in passages))


def _score_records(
    records: Mapping[Path, Sequence[LabelledRecord]], asker: Asker, file: Path, read: Callable[[Path], Record]
) -> Iterator[ScoredQuestion | str]:
    """Each question scored, or why it is left out."""
    for path, asked in records.items():
        record = _read(path, f"{file}:{asked[0].line}: ", read)
        for entry in asked:
            missing = _not_found(entry.evidence, record.sentences)
            if missing is not None:
                yield f"{file}:{entry.line}: evidence {missing} is no sentence of {path.name} as it is read"
                continue
            yield _scored_in_record(asker, record, entry)


def _by_question(entries: Iterable[LabelledPassages]) -> dict[str, list[tuple[str, int]]]:
    groups: dict[str, list[tuple[str, int]]] = {}
    for entry in entries:
        groups.setdefault(entry.question, []).extend(entry.passages)
    return groups


def _by_record(entries: Iterable[LabelledRecord]) -> dict[Path, list[LabelledRecord]]:
    records: dict[Path, list[LabelledRecord]] = {}
    for entry in entries:
        records.setdefault(entry.record, []).append(entry)
    return records


def _read(path: Path, where: str, read: Callable[[Path], Record]) -> Record:
    try:
        return read(path)
    except InputError as error:
        raise type(error)(where + error.what, error.todo) from None


def _scored(reranker: Reranker, question: str, passages: Sequence[tuple[str, int]], answerable: bool) -> ScoredQuestion:
    scores = reranker.score(question, [text for text, _ in passages])
    return ScoredQuestion(question, tuple(scores), tuple(label for _, label in passages), answerable)


def _scored_in_record(asker: Asker, record: Record, entry: LabelledRecord) -> ScoredQuestion:
    located = asker.locate(record, entry.question)
    places = {sentence.index: place for place, sentence in enumerate(located.candidates)}

    def decide(scores: Sequence[float], min_score: float) -> int | None:
        kept = located.choose(scores, min_score).kept
        return places[kept[0].sentence] if kept else None

    labelled = [
        (text, int(any(_proves(each, proof) for proof in entry.evidence)))
        for each, text in zip(located.candidates, located.passages, strict=True)
    ]
    return replace(_scored(asker.reranker, entry.question, labelled, bool(entry.evidence)), decide=decide)


def _not_found(evidence: Sequence[Proof], sentences: Sequence[Sentence]) -> int | None:
    """Number, from 1, of the first evidence that no sentence of the record matches."""
    lost = (place for place, proof in enumerate(evidence, 1) if not any(_proves(each, proof) for each in sentences))
    return next(lost, None)


def _proves(sentence: Sentence, proof: Proof) -> bool:
    """Whether the sentence holds the given text or lies inside it, white space and full width aside."""
    pages = {sentence.page, *(page for page, _ in sentence.more_boxes)}
    if proof.page is not None and proof.page not in pages:
        return False
    here, given = _squeezed(sentence.text), _squeezed(proof.text)
    return here == given or (len(given) >= SHORTEST and given in here) or (len(here) >= SHORTEST and here in given)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
