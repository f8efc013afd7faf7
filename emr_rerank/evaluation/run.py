"""Asks every question of a labelled data set and gathers what came out."""

from collections.abc import Callable, Iterator
from pathlib import Path

from emr_rerank.evaluation.comparators import searches
from emr_rerank.evaluation.dataset import ExpectedQuestion, LabelledRecord, load_dataset
from emr_rerank.evaluation.matching import best_rank
from emr_rerank.evaluation.outcome import Outcome, compare
from emr_rerank.evaluation.report import SIZES, Report, report_of
from emr_rerank.findings import Answer, ModelNames
from emr_rerank.pipeline.asker import Asker
from emr_rerank.reading.reader import read_record
from emr_rerank.record import Record
from emr_rerank.settings import Settings

OnRecord = Callable[[int, int], None]
"""Called with the number of records done and that of all."""


def evaluate(
    folder: Path, settings: Settings, *, comparators: bool = False, on_record: OnRecord | None = None
) -> Report:
    """Ask every question of every record in the folder, models loaded once.

    Args:
        folder: see docs/evaluation.md.
        settings: with `journal=None` the questions leave no audit events.
        comparators: whether the flat and the hard section search answer the questions too.
        on_record: told after each record.

    Raises:
        InputMissingError: the folder holds no PDF with a JSON file beside it.
        InputError: a file of the data set can't be read.
        ModelError: a model can't be loaded or run.
    """
    asker = Asker(settings)
    dataset = load_dataset(folder)
    outcomes: list[Outcome] = []
    models: ModelNames | None = None
    for done, labelled in enumerate(dataset, start=1):
        record = read_record(labelled.pdf, settings)
        answers = [asker.ask(record, asked.question, question_id=asked.id) for asked in labelled.questions]
        outcomes.extend(_outcomes(labelled, record, answers, asker, comparators))
        models = answers[-1].models if answers else models
        if on_record:
            on_record(done, len(dataset))
    return report_of(outcomes, models)


def _outcomes(
    labelled: LabelledRecord, record: Record, answers: list[Answer], asker: Asker, comparators: bool
) -> Iterator[Outcome]:
    """The comparators search after all answers are given: no answer is faster for a vector that they made."""
    rivals = searches(record, asker.embedder, asker.reranker, asker.settings) if comparators else {}
    for place, (asked, answer) in enumerate(zip(labelled.questions, answers, strict=True)):
        yield compare(labelled.pdf.stem, asked, answer, record.sections).model_copy(
            update={
                "first": place == 0,
                "shortlisted": _shortlisted(asked, record, asker),
                "ranks": {name: best_rank(asked.evidence, search(asked.question)) for name, search in rivals.items()}
                if asked.evidence
                else dict.fromkeys(rivals),
            }
        )


def _shortlisted(asked: ExpectedQuestion, record: Record, asker: Asker) -> dict[str, bool]:
    """Whether an expected sentence is among so many candidates; empty when none is expected."""
    if not asked.evidence:
        return {}
    offered = {size: asker.locate(record, asked.question, int(size)).candidates for size in SIZES}
    return {size: best_rank(asked.evidence, sentences) is not None for size, sentences in offered.items()}
