"""Fits what each sign is worth in the order of evidence, beside a sentence's score.

`training.fit_embedded` calls it with what the program holds proven. The weights maximise the likelihood that a proof
stands first (a softmax among the proven sentences of a question), are held at or above 0, so that no sign turns into
its opposite, and drawn towards `BY_HAND`: some signs are rare in the labelled questions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from emr_rerank.evidence.ordering import SHIPPED, SIGNS, OrderWeights, Sign

BY_HAND: dict[Sign, float] = {
    "place": 0.15,
    "date": 0.7,
    "shown": 1.5,
    "end": 2.0,
    "past": 1.5,
    "fact": 2.0,
    "event": 1.5,
    "time": 3.0,
    "named": 0.5,
    "unnamed": 1.0,
    "denial": 1.0,
    "plan": 2.0,
}
"""What was set on sample records before there were enough labelled questions."""
PULL = 2.0
"""Half the loss, in questions, that a weight of 1 away from `BY_HAND` costs."""
FOLDS = 5
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """The proven sentences of a question: worth of each score, signs of each, and which are proofs."""

    record: str
    worth: Floats
    signs: Floats
    proofs: npt.NDArray[np.bool_]


def fit(choices: Sequence[Choice]) -> Floats:
    """The weights in the order of SIGNS."""
    by_hand = np.array([BY_HAND[sign] for sign in SIGNS])

    def loss(weights: Floats) -> tuple[float, Floats]:
        total = PULL * float((weights - by_hand) @ (weights - by_hand))
        gradient = 2 * PULL * (weights - by_hand)
        for choice in choices:
            logits = choice.worth + choice.signs @ weights
            shares = np.exp(logits - logits.max())
            shares /= shares.sum()
            wanted = shares * choice.proofs
            total -= float(np.log(wanted.sum()))
            gradient += choice.signs.T @ (shares - wanted / wanted.sum())
        return total, gradient

    return np.asarray(minimize(loss, by_hand, jac=True, bounds=[(0.0, None)] * len(SIGNS)).x)


def first_hits(choices: Sequence[Choice], weights: Floats) -> list[bool]:
    """Whether a proof stands first, for each question."""
    return [bool(choice.proofs[np.argmax(choice.worth + choice.signs @ weights)]) for choice in choices]


def report(choices: Sequence[Choice]) -> None:
    """First hits as fitted (every fold ordered by a fit without it), as set by hand, and by the score alone."""
    folds = {name: place % FOLDS for place, name in enumerate(dict.fromkeys(choice.record for choice in choices))}
    fitted: list[bool] = []
    for fold in range(FOLDS):
        weights = fit([choice for choice in choices if folds[choice.record] != fold])
        fitted += first_hits([choice for choice in choices if folds[choice.record] == fold], weights)
    by_hand = first_hits(choices, np.array([BY_HAND[sign] for sign in SIGNS]))
    alone = first_hits(choices, np.zeros(len(SIGNS)))
    shares = [f"{np.mean(hits):.3f} {how}" for hits, how in
              ((fitted, "as fitted"), (by_hand, "by hand"), (alone, "by the score"))]  # fmt: skip
    print(f"of {len(choices)} questions with something wrong among what is proven, a proof stands first in "
          f"{', '.join(shares)}")  # fmt: skip


def write(weights: Floats, questions: int) -> None:
    """Write the file that is shipped."""
    rounded = {sign: round(float(weight), 4) for sign, weight in zip(SIGNS, weights, strict=True)}
    made = OrderWeights(weights=rounded, questions=questions)
    SHIPPED.write_text(made.model_dump_json(indent=2) + "\n", encoding="utf-8")
