"""Fits the embedded reranker's logistic on training/embedded_pairs.jsonl and writes its weights file.

    python training/fit_embedded.py

Newton's method with a ridge of 0.05, classes weighted equally: deterministic, no seed needed. Weights are kept at or
above 0, so that more agreement can never lower a score. Reports leave-one-question-out accuracy at 0.65.
"""

import json
from pathlib import Path

import numpy as np

from emr_rerank.evidence.embedded import FEATURES, SHIPPED, EmbeddedReranker, MixWeights
from emr_rerank.evidence.embedder import EmbeddedE5

PAIRS = Path(__file__).resolve().parent / "embedded_pairs.jsonl"
RIDGE = 0.05
FLOOR_QUANTILE = 0.05
THRESHOLD = 0.65


def main() -> None:
    pairs = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    labels = np.array([float(pair["label"]) for pair in pairs])
    questions = [pair["question"] for pair in pairs]
    rows = features(pairs)
    cosine = FEATURES.index("cosine")
    floor = round(float(np.quantile(rows[labels == 0, cosine], FLOOR_QUANTILE)), 3)
    rows[:, cosine] -= floor
    report(rows, labels, questions)
    weights, bias = fit(rows, labels)
    mix = MixWeights(
        features=FEATURES,
        weights=tuple(round(float(w), 4) for w in weights),
        bias=round(float(bias), 4),
        pairs=len(pairs),
        cosine_floor=floor,
    )
    SHIPPED.write_text(mix.model_dump_json(indent=2) + "\n", encoding="utf-8")
    print(mix)


def features(pairs: list[dict[str, str]]) -> np.ndarray:
    """Features of all pairs, the cosine as it is (floor 0)."""
    draft = SHIPPED.with_name("draft.json")
    unfitted = MixWeights(features=FEATURES, weights=(0.0,) * len(FEATURES), bias=0.0, pairs=0, cosine_floor=0.0)
    draft.write_text(unfitted.model_dump_json(), encoding="utf-8")
    try:
        reranker = EmbeddedReranker(EmbeddedE5(), weights_file=draft)
    finally:
        draft.unlink()
    return np.concatenate([reranker.features(pair["question"], [pair["passage"]]) for pair in pairs])


def fit(rows: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and bias; a feature whose weight would fall below 0 is left out."""
    used = list(range(rows.shape[1]))
    while True:
        theta = newton(np.column_stack([rows[:, used], np.ones(len(rows))]), labels)
        negative = [place for place, weight in zip(used, theta[:-1], strict=True) if weight < 0]
        if not negative:
            weights = np.zeros(rows.shape[1])
            weights[used] = theta[:-1]
            return weights, float(theta[-1])
        used = [place for place in used if place not in negative]


def newton(design: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Ridge logistic regression; the last column is the bias and is not shrunk."""
    balance = np.where(labels == 1, 0.5 / labels.mean(), 0.5 / (1 - labels.mean()))
    ridge = RIDGE * np.eye(design.shape[1])
    ridge[-1, -1] = 0
    theta = np.zeros(design.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ theta))
        gradient = design.T @ (balance * (labels - p)) - ridge @ theta
        hessian = (design.T * (balance * p * (1 - p))) @ design + ridge
        theta = theta + np.linalg.solve(hessian, gradient)
    return theta


def report(rows: np.ndarray, labels: np.ndarray, questions: list[str]) -> None:
    """Precision and recall at the threshold, every question left out of the fit that scores it."""
    scores = np.zeros(len(rows))
    for question in dict.fromkeys(questions):
        out = np.array([other == question for other in questions])
        weights, bias = fit(rows[~out], labels[~out])
        scores[out] = 1 / (1 + np.exp(-(rows[out] @ weights + bias)))
    kept = scores >= THRESHOLD
    print(f"precision {labels[kept].mean():.3f}  recall {kept[labels == 1].mean():.3f}  at {THRESHOLD}")
    for score, label, question in sorted(zip(scores, labels, questions, strict=True)):
        if (score >= THRESHOLD) != (label == 1):
            print(f"  {score:.2f} label {label:.0f}  {question}")


if __name__ == "__main__":
    main()
