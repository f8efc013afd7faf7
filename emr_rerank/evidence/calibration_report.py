"""A calibration with what is known of it: reliability before and after, and what each threshold refuses.

Everything told of the calibrated scores comes from curves that did not see the question: the questions are dealt into
folds and each fold is scored by a fit to the others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
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
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))


@dataclass(frozen=True)
class ScoredQuestion:
    """One question with its passages as scored by the reranker.

    Attributes:
        question: its text; equal texts stay in one fold.
        scores: of the passages, as the reranker gives them.
        labels: 1 where the passage proves the answer, else 0.
        answerable: whether there is an answer; it may stand in no passage.
        decide: of a question about a record: the place of the passage that the whole program puts first, given
            calibrated scores and min_score; None where it refuses.
    """

    question: str
    scores: tuple[float, ...]
    labels: tuple[int, ...]
    answerable: bool
    decide: Callable[[Sequence[float], float], int | None] | None = None


class Tradeoff(Noun):
    """What one threshold does. Shares; null where there are no such questions."""

    threshold: float
    unanswerable_refused: float | None = Field(description="of the unanswerable questions: no passage is kept")
    answerable_right: float | None = Field(description="of the answerable: the first passage kept is right")
    answerable_wrong: float | None = Field(description="of the answerable: the first passage kept is wrong")
    answerable_refused: float | None = Field(description="of the answerable: no passage is kept")


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
    tradeoff: tuple[Tradeoff, ...] = Field(description="of the reranker alone: passages at or above each threshold")
    program: tuple[Tradeoff, ...] = Field(
        description="of the whole program with each threshold as min_score, over the questions about records, if any"
    )
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
    chosen = _chosen(method, labels)
    final = fit_calibration(scores, labels, chosen)
    fits = [fit_calibration(scores[place != fold], labels[place != fold], chosen) for fold in range(FOLDS)]
    unseen = [fits[fold] for fold in folds]
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
        tradeoff=_tradeoffs(scored, unseen, _reranker_alone),
        program=_tradeoffs(*_about_records(scored, unseen), _whole_program),
        left_out=tuple(left_out),
        calibration=final.model_copy(update={"reranker": reranker.name, "weights_hash": reranker.weights_hash}),
    )


def _chosen(method: Literal["auto"] | Method, labels: Floats) -> Method:
    chosen = method_for(labels) if method == "auto" else method
    if chosen == "isotonic" and len(labels) < LEAST_ISOTONIC:
        raise UsageError(
            f"Isotonic regression needs at least {LEAST_ISOTONIC} labelled pairs; there are {len(labels)}.",
            "Use --method platt.",
        )
    return chosen


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
    scored: Sequence[ScoredQuestion],
    fits: Sequence[Calibration],
    decide: Callable[[ScoredQuestion, Calibration, float], int | None],
) -> tuple[Tradeoff, ...]:
    """By threshold; nothing without questions. `fits`: of each question, one that did not see it."""
    if not scored:
        return ()
    return tuple(
        _tradeoff(scored, [decide(each, fit, threshold) for each, fit in zip(scored, fits, strict=True)], threshold)
        for threshold in THRESHOLDS
    )


def _about_records(
    scored: Sequence[ScoredQuestion], fits: Sequence[Calibration]
) -> tuple[list[ScoredQuestion], list[Calibration]]:
    chosen = [(each, fit) for each, fit in zip(scored, fits, strict=True) if each.decide is not None]
    return [each for each, _ in chosen], [fit for _, fit in chosen]


def _whole_program(question: ScoredQuestion, fit: Calibration, threshold: float) -> int | None:
    if question.decide is None:
        return None
    return question.decide([fit.apply(score) for score in question.scores], threshold)


def _reranker_alone(question: ScoredQuestion, fit: Calibration, threshold: float) -> int | None:
    """Place of the best passage where it reaches the threshold."""
    if not question.scores:
        return None
    best = int(np.argmax(question.scores))
    return best if fit.apply(question.scores[best]) >= threshold else None


def _tradeoff(scored: Sequence[ScoredQuestion], first: Sequence[int | None], threshold: float) -> Tradeoff:
    """What a threshold does, from the place of the passage put first of each question, None where it is refused."""
    outcomes: dict[bool, list[str]] = {True: [], False: []}
    for question, place in zip(scored, first, strict=True):
        outcome = "refused" if place is None else "right" if question.labels[place] else "wrong"
        outcomes[question.answerable].append(outcome)
    return Tradeoff(
        threshold=threshold,
        unanswerable_refused=_share(outcomes[False], "refused"),
        answerable_right=_share(outcomes[True], "right"),
        answerable_wrong=_share(outcomes[True], "wrong"),
        answerable_refused=_share(outcomes[True], "refused"),
    )


def _share(outcomes: Sequence[str], outcome: str) -> float | None:
    return outcomes.count(outcome) / len(outcomes) if outcomes else None
