"""Fits the embedded reranker's weights, the costs of doubts and the order of evidence on labelled data sets.

    python -m benchmarks.short_records FOLDER
    python -m training.fit_embedded FOLDER...

Of every question the program's own candidates are taken, but for those that its rules disprove. Weights and costs
maximise the likelihood that a proof is chosen among them, or 'none of these' (logit 0) where there is none: a softmax
loss like that of the cross-encoder. All are held at or above 0, so that more agreement can never lower a score, nor a
doubt raise it. SHIFT, chosen on the development questions, then moves where `min_score` cuts. The order is
fitted last (`training.fit_ordering`). Reports on records left out of the fit (5 folds). Nothing is drawn by chance.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from emr_rerank.evaluation.dataset import ExpectedQuestion, load_dataset
from emr_rerank.evaluation.matching import best_rank
from emr_rerank.evidence.calibration import log_odds, sigmoid
from emr_rerank.evidence.compact.cross_encoder import CompactCrossEncoder
from emr_rerank.evidence.doubts import DOUBTS, Doubt, DoubtCosts
from emr_rerank.evidence.doubts import SHIPPED as COSTS_FILE
from emr_rerank.evidence.embedded import FEATURES, SHIPPED, EmbeddedReranker, MixWeights
from emr_rerank.evidence.judging import Judged, Verdict
from emr_rerank.evidence.ordering import Order, worth
from emr_rerank.pipeline.asker import Asker
from emr_rerank.pipeline.located import Located
from emr_rerank.reading.reader import read_record
from emr_rerank.record import Sentence
from emr_rerank.settings import Settings
from training import fit_ordering

RIDGE = 0.002
"""Pull towards 0 for weights, towards USUAL_COST for doubts, or STRICT_COST for those of what nearly always disproves:
some are so rare that the questions say little of them."""
USUAL_COST, STRICT_COST = 1.0, 2.0
STRICT: frozenset[Doubt] = frozenset({"instead", "listed", "not_yet", "other_time"})
THRESHOLD = Settings().min_score
SHIFT = 1.8
"""Added to the bias: the highest at which no question about the sample records is answered wrongly. On the development
questions of benchmarks/real (all sets, records left out of the fit) Hit@3 and refusal F1 are 0.947 and 0.903 at 1.6,
0.953 and 0.893 at 2.0, 0.962 and 0.881 at 2.8."""
FOLDS = 5
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """One question: what is known of each candidate, shape (candidates, features + doubts), and whether it is a proof.

    `answerable`: the record answers it, whether or not the candidates hold a proof; `verdicts`: what the rules say of
    each candidate; `order`: how the program orders what is proven, None where values decide.
    """

    record: str
    known: Floats
    proofs: npt.NDArray[np.bool_]
    answerable: bool
    verdicts: tuple[Verdict, ...] = ()
    order: Order | None = None


@dataclass(frozen=True)
class Fitted:
    """Weights of FEATURES and (negative) DOUBTS together, and the bias."""

    weights: Floats
    bias: float

    def logits(self, group: Group) -> Floats:
        """Log odds of each candidate against 'none of these'."""
        made: Floats = group.known @ self.weights + self.bias
        return made


def main() -> None:
    """Gather, report, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", help="labelled data sets, see docs/evaluation.md")
    groups = [group for folder in parser.parse_args().folders for group in groups_of(folder)]
    report(groups)
    fitted = fit(groups)
    write(fitted, groups)
    choices = [*choices_of(groups, fitted)]
    fit_ordering.report(choices)
    fit_ordering.write(fit_ordering.fit(choices), len(choices))
    for file in (SHIPPED, COSTS_FILE, fit_ordering.SHIPPED):
        print(file.read_text(encoding="utf-8"))


def groups_of(folder: Path) -> Iterator[Group]:
    """Every question of a data set."""
    settings = Settings(journal=None)
    asker, reranker = Asker(settings), EmbeddedReranker(CompactCrossEncoder())
    for labelled in load_dataset(folder):
        record = read_record(labelled.pdf, settings)
        doubtful = json.loads(labelled.pdf.with_suffix(".json").read_text(encoding="utf-8")).get("doubtful", {})
        for asked in labelled.questions:
            located = asker.locate(record, asked.question)
            yield _group(labelled.pdf.stem, located, reranker, asked, doubtful.get(asked.id, ()))


def _group(
    record: str, located: Located, reranker: EmbeddedReranker, asked: ExpectedQuestion, doubtful: Sequence[str]
) -> Group:
    pairs = [
        (text, verdict, best_rank(asked.evidence, [sentence]) is not None)
        for sentence, text, verdict in zip(located.candidates, located.passages, located.verdicts, strict=True)
        if verdict.allowed
    ]
    pairs = [pair for pair in pairs if pair[2] or not _among(pair[1].sentence, doubtful)]
    features = reranker.features(asked.question, [text for text, _, _ in pairs])
    doubts = [[-float(doubt in verdict.doubts) for doubt in DOUBTS] for _, verdict, _ in pairs]
    known = np.hstack([features.reshape(-1, len(FEATURES)), np.array(doubts).reshape(-1, len(DOUBTS))])
    proofs = np.array([proof for *_, proof in pairs], dtype=bool)
    verdicts = tuple(verdict for _, verdict, _ in pairs)
    return Group(record, known, proofs, asked.status != "insufficient_evidence", verdicts, located.order)


def _among(sentence: Sentence, texts: Iterable[str]) -> bool:
    own = "".join(sentence.text.split())
    return any(text in own or own in text for text in ("".join(each.split()) for each in texts))


def fit(groups: Sequence[Group]) -> Fitted:
    """The weights that maximise the likelihood of the right choices."""
    taught = [group for group in groups if group.proofs.any() or not group.answerable]
    costs = [STRICT_COST if doubt in STRICT else USUAL_COST for doubt in DOUBTS]
    usual = np.array([0.0] * len(FEATURES) + costs)
    size = len(usual)

    def loss(theta: Floats) -> tuple[float, Floats]:
        away = theta[:-1] - usual
        total = RIDGE * float(away @ away)
        gradient = np.append(2 * RIDGE * away, 0.0)
        for group in taught:
            logits = np.append(group.known @ theta[:-1] + theta[-1], 0.0)
            right = np.append(group.proofs, not group.answerable)
            shares = np.exp(logits - logits.max())
            shares /= shares.sum()
            wanted = shares * right
            total -= np.log(wanted.sum()) / len(taught)
            change = (shares - wanted / wanted.sum())[:-1] / len(taught)
            gradient[:-1] += group.known.T @ change
            gradient[-1] += change.sum()
        return total, gradient

    bounds = [(0.0, None)] * size + [(None, None)]
    theta = minimize(loss, np.append(np.full(size, 0.5), 0.0), jac=True, bounds=bounds).x
    return Fitted(np.asarray(theta[:-1]), float(theta[-1]))


def choices_of(groups: Iterable[Group], fitted: Fitted) -> Iterator[fit_ordering.Choice]:
    """What is proven of each answerable question, where more than one sentence is and the order matters."""
    for group in groups:
        if group.order is None or not group.proofs.any():
            continue
        logits = fitted.logits(group) + SHIFT
        scores = [
            max(sigmoid(float(logit)), verdict.floor) for logit, verdict in zip(logits, group.verdicts, strict=True)
        ]
        proven = [place for place, score in enumerate(scores) if score >= THRESHOLD]
        right = group.proofs[proven]
        if right.any() and not right.all():
            judged = [Judged(group.verdicts[place], scores[place]) for place in proven]
            yield fit_ordering.Choice(group.record, worth(judged), group.order.signs(judged), right)


def write(fitted: Fitted, groups: Sequence[Group]) -> None:
    """Write both files."""
    rounded = [round(float(weight), 4) for weight in fitted.weights]
    features, costs = rounded[: len(FEATURES)], rounded[len(FEATURES) :]
    pairs = sum(len(group.proofs) for group in groups)
    mix = MixWeights(features=FEATURES, weights=tuple(features), bias=round(fitted.bias + SHIFT, 4), pairs=pairs)
    doubts = DoubtCosts(costs=dict(zip(DOUBTS, costs, strict=True)), questions=len(groups))
    SHIPPED.write_text(mix.model_dump_json(indent=2) + "\n", encoding="utf-8")
    COSTS_FILE.write_text(doubts.model_dump_json(indent=2) + "\n", encoding="utf-8")


def report(groups: Sequence[Group]) -> None:
    """First hits and refusals, every fold scored by a fit without it."""
    folds = {name: place % FOLDS for place, name in enumerate(dict.fromkeys(group.record for group in groups))}
    hits, refused, rightly = [], 0, 0
    for fold in range(FOLDS):
        fitted = fit([group for group in groups if folds[group.record] != fold])
        for group in (group for group in groups if folds[group.record] == fold):
            logits = fitted.logits(group) + SHIFT
            refuses = not len(logits) or logits.max() < log_odds(THRESHOLD)
            hits += [not refuses and bool(group.proofs[logits.argmax()])] if group.answerable else []
            refused, rightly = refused + refuses, rightly + (refuses and not group.answerable)
    empty = sum(not group.answerable for group in groups)
    print(f"{len(groups)} questions, {len(hits)} answerable; Hit@1 {np.mean(hits):.3f}")
    print(f"refusal precision {rightly / max(refused, 1):.3f}, recall {rightly / max(empty, 1):.3f}")


if __name__ == "__main__":
    main()
