"""Fits the embedded reranker on training/embedded_pairs.jsonl; writes its weights.

    python training/fit_embedded.py

Two steps. Ranking: the weights maximise the likelihood of a question's positives among its own passages and distractors
(passages of other questions), a listwise softmax loss; weights stay at or above 0, so that more agreement can never
lower a score. Calibration: a Platt sigmoid (Platt 1999) over all those pairs, evidence and other passages weighing the
same: a score is the probability that a passage is evidence at even odds. Reports both on questions left out of the fit
(5 folds). Seeds are fixed.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from emr_rerank.evidence.compact.cross_encoder import CompactCrossEncoder
from emr_rerank.evidence.embedded import FEATURES, SHIPPED, EmbeddedReranker, MixWeights

PAIRS = Path(__file__).resolve().parent / "embedded_pairs.jsonl"
RIDGE = 0.01
THRESHOLD = 0.65
DISTRACTORS = 40
FOLDS = 5
SEED = 7


@dataclass(frozen=True)
class Group:
    """One question with its passages. features: shape (passages, features); labels: shape (passages,)."""

    question: str
    features: np.ndarray
    labels: np.ndarray


def main() -> None:
    pairs = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    groups = grouped(pairs)
    report(groups)
    weights, bias = fit(groups)
    write(tuple(round(float(w), 4) for w in weights), round(bias, 4), len(pairs))
    print(SHIPPED.read_text(encoding="utf-8"))


def write(weights: tuple[float, ...], bias: float, pairs: int) -> None:
    """Write the weights file."""
    mix = MixWeights(features=FEATURES, weights=weights, bias=bias, pairs=pairs)
    SHIPPED.write_text(mix.model_dump_json(indent=2) + "\n", encoding="utf-8")


def grouped(pairs: list[dict[str, str]]) -> list[Group]:
    """Every question with its passages and as many distractors."""
    write((0.0,) * len(FEATURES), 0.0, 0)
    reranker, chance = EmbeddedReranker(CompactCrossEncoder()), np.random.default_rng(SEED)
    groups = []
    for question in dict.fromkeys(pair["question"] for pair in pairs):
        own = [pair for pair in pairs if pair["question"] == question]
        others = [pair["passage"] for pair in pairs if pair["question"] != question]
        drawn = [others[i] for i in chance.choice(len(others), DISTRACTORS, replace=False)]
        features = reranker.features(question, [pair["passage"] for pair in own] + drawn)
        labels = np.array([float(pair["label"]) for pair in own] + [0.0] * DISTRACTORS)
        groups.append(Group(question, features, labels))
    return groups


def fit(groups: list[Group]) -> tuple[np.ndarray, float]:
    """Weights and bias of the calibrated score."""
    weights = fit_ranking(groups)
    scores = np.concatenate([group.features @ weights for group in groups])
    slope, bias = fit_platt(scores, np.concatenate([group.labels for group in groups]))
    return weights * slope, bias


def fit_ranking(groups: list[Group]) -> np.ndarray:
    """Listwise softmax weights, shape (features,), from the questions that have an answer."""
    answerable = [group for group in groups if group.labels.any()]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, gradient = RIDGE * float(weights @ weights), 2 * RIDGE * weights
        for group in answerable:
            logits = group.features @ weights
            share = np.exp(logits - logits.max())
            share /= share.sum()
            right = share * group.labels
            total -= np.log(right.sum()) / len(answerable)
            gradient = gradient - (group.features.T @ (right / right.sum() - share)) / len(answerable)
        return total, gradient

    bounds = [(0.0, None)] * len(FEATURES)
    return np.asarray(minimize(loss, np.ones(len(FEATURES)), jac=True, bounds=bounds).x)


def top(group: Group, weights: np.ndarray) -> tuple[float, float]:
    """(score, 1 if right) of the best passage."""
    scores = group.features @ weights
    best = int(scores.argmax())
    return float(scores[best]), float(group.labels[best])


def fit_platt(scores: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Slope and bias of sigmoid(slope · score + bias), both classes weighing the same."""
    balance = np.where(labels == 1, 0.5 / labels.mean(), 0.5 / (1 - labels.mean()))

    def loss(theta: np.ndarray) -> float:
        logits = theta[0] * scores + theta[1]
        return float((balance * np.logaddexp(0, np.where(labels == 1, -logits, logits))).mean())

    slope, bias = minimize(loss, np.array([1.0, 0.0])).x
    return float(slope), float(bias)


def report(groups: list[Group]) -> None:
    """Hit@1 of answerable questions and what the threshold keeps, every fold scored by a fit without it."""
    hits: list[float] = []
    kept: dict[float, list[bool]] = {0.0: [], 1.0: []}
    for fold in range(FOLDS):
        weights, bias = fit([group for place, group in enumerate(groups) if place % FOLDS != fold])
        for group in groups[fold::FOLDS]:
            scores = 1 / (1 + np.exp(-(group.features @ weights + bias)))
            hits += [float(group.labels[scores.argmax()])] if group.labels.any() else []
            for label, score in zip(group.labels, scores, strict=True):
                kept[float(label)].append(score >= THRESHOLD)
    print(f"{len(groups)} questions, {len(hits)} answerable; Hit@1 {np.mean(hits):.3f}")
    print(f"at {THRESHOLD}: {np.mean(kept[1.0]):.1%} of the evidence kept, {np.mean(kept[0.0]):.1%} of the rest")


if __name__ == "__main__":
    main()
