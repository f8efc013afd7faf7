"""A calibration with what is known of it: reliability before and after, and what each threshold refuses.

Everything told of the calibrated scores comes from curves that did not see the question: the questions are dealt into
folds and each fold is scored by a fit to the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from emr_rerank.errors import UsageError
from emr_rerank.evidence.calibration import Calibration
from emr_rerank.evidence.calibration_fit import Floats, Method, fit_calibration, method_for
from emr_rerank.evidence.reliability import Reliability, Share, reliability, share_of
from emr_rerank.evidence.reranker import Reranker
from emr_rerank.record import Noun

FOLDS = 5
SEED = 7
LEAST_ISOTONIC = 100
"""Labelled pairs below which an isotonic curve would rest on a handful of steps."""
Marks = npt.NDArray[np.bool_]
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))


@dataclass(frozen=True)
class ScoredQuestion:
    """One question with its passages as scored by the reranker.

    Attributes:
        question: its text; equal texts stay in one fold.
        scores: of the passages, as the reranker gives them.
        labels: 1 where the passage proves the answer, else 0.
        answerable: whether there is an answer; it may stand in no passage.
    """

    question: str
    scores: tuple[float, ...]
    labels: tuple[int, ...]
    answerable: bool


class Tradeoff(Noun):
    """What one threshold does. Shares; null where there are no such questions."""

    threshold: float
    unanswerable_refused: float | None = Field(description="of the unanswerable questions: no passage reaches it")
    answerable_right: float | None = Field(description="of the answerable: the best passage reaches it and is right")
    answerable_wrong: float | None = Field(description="of the answerable: the best passage reaches it and is wrong")
    answerable_refused: float | None = Field(description="of the answerable: no passage reaches it")


class CalibrationReport(Noun):
    """A calibration, what it was fitted on, and how far it can be trusted."""

    reranker: str
    method: Method
    questions: int
    answerable: int
    unlocated: int = Field(description="answerable questions with no right passage among theirs")
    pairs: int
    right: int = Field(description="pairs that prove the answer")
    prior: float = Field(
        description="share of right pairs; the calibrated probability holds where the share is about so"
    )
    folds: int
    before: Reliability = Field(description="of the scores as the reranker gives them")
    after: Reliability = Field(description="of the calibrated scores, each from a fit without its question")
    min_score: float
    at_min_score_before: Share = Field(description="pairs at or above min_score as the reranker scores them: right")
    at_min_score: Share = Field(description="pairs whose calibrated score is at or above min_score: how many are right")
    tradeoff: tuple[Tradeoff, ...] = Field(description="by threshold of the calibrated score")
    left_out: tuple[str, ...] = Field(description="lines that could not be used, and why")
    calibration: Calibration


def calibration_report(
    scored: Sequence[ScoredQuestion],
    reranker: Reranker,
    method: Literal["auto"] | Method,
    min_score: float,
    left_out: Sequence[str] = (),
) -> CalibrationReport:
    """Fit a calibration to scored questions and report on it.

    Raises:
        UsageError: too few questions, or no rising curve fits.
    """
    folds = _folds(scored)
    scores = np.array([score for each in scored for score in each.scores], dtype=np.float64)
    labels = np.array([label for each in scored for label in each.labels], dtype=np.float64)
    place = np.array([fold for each, fold in zip(scored, folds, strict=True) for _ in each.scores])
    chosen = method_for(labels) if method == "auto" else method
    if chosen == "isotonic" and len(labels) < LEAST_ISOTONIC:
        raise UsageError(
            f"Isotonic regression needs at least {LEAST_ISOTONIC} labelled pairs; there are {len(labels)}.",
            "Use --method platt.",
        )
    final = fit_calibration(scores, labels, chosen)
    fits = [fit_calibration(scores[place != fold], labels[place != fold], chosen) for fold in range(FOLDS)]
    after = np.array([fits[fold].apply(score) for fold, score in zip(place, scores, strict=True)], dtype=np.float64)
    return CalibrationReport(
        reranker=reranker.name,
        method=chosen,
        questions=len(scored),
        answerable=sum(each.answerable for each in scored),
        unlocated=sum(each.answerable and not any(each.labels) for each in scored),
        pairs=len(labels),
        right=int(labels.sum()),
        prior=float(labels.mean()),
        folds=FOLDS,
        before=reliability(scores, labels),
        after=reliability(after, labels),
        min_score=min_score,
        at_min_score_before=share_of(labels[scores >= min_score]),
        at_min_score=share_of(labels[after >= min_score]),
        tradeoff=_tradeoffs(scored, folds, fits),
        left_out=tuple(left_out),
        calibration=final.model_copy(update={"reranker": reranker.name, "weights_hash": reranker.weights_hash}),
    )


def _folds(scored: Sequence[ScoredQuestion]) -> list[int]:
    """The fold of each question: those with a right passage and the others are dealt out apart, equal texts together.

    Raises:
        UsageError: a fold would go without right or without wrong passages.
    """
    right = {each.question for each in scored if any(each.labels)}
    wrong = {each.question for each in scored if not all(each.labels)}
    if min(len(right), len(wrong)) < FOLDS:
        raise UsageError(
            f"Too few labelled questions: {len(right)} have a passage that proves the answer, {len(wrong)} one that "
            "does not.",
            f"At least {FOLDS} of each are needed to report anything; several hundred make the report worth reading.",
        )
    texts = list(dict.fromkeys(each.question for each in scored))
    chance = np.random.default_rng(SEED)
    dealt = [texts[index] for index in chance.permutation(len(texts))]
    dealt = sorted(dealt, key=lambda text: (text not in right, text not in wrong))
    fold = {text: number % FOLDS for number, text in enumerate(dealt)}
    return [fold[each.question] for each in scored]


def _tradeoffs(
    scored: Sequence[ScoredQuestion], folds: Sequence[int], fits: Sequence[Calibration]
) -> tuple[Tradeoff, ...]:
    best, right = np.zeros(len(scored)), np.zeros(len(scored), dtype=bool)
    for number, (each, fold) in enumerate(zip(scored, folds, strict=True)):
        if each.scores:
            top = int(np.argmax(each.scores))
            best[number], right[number] = fits[fold].apply(each.scores[top]), each.labels[top] == 1
    answerable = np.array([each.answerable for each in scored])
    return tuple(_tradeoff(threshold, best, right, answerable) for threshold in THRESHOLDS)


def _tradeoff(threshold: float, best: Floats, right: Marks, answerable: Marks) -> Tradeoff:
    reached = best >= threshold
    return Tradeoff(
        threshold=threshold,
        unanswerable_refused=_share(~reached[~answerable]),
        answerable_right=_share((reached & right)[answerable]),
        answerable_wrong=_share((reached & ~right)[answerable]),
        answerable_refused=_share(~reached[answerable]),
    )


def _share(marks: Marks) -> float | None:
    return float(marks.mean()) if len(marks) else None
