"""The embedded reranker: the cross-encoder that comes with the program, with lexical match beside it.

Each feature is computed from the pair alone, on an absolute scale, so a score says the same thing in any company and a
record without an answer gets low scores throughout. The weights are fitted by training/fit_embedded.py.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from emr_rerank.errors import ModelError
from emr_rerank.evidence.bm25 import K1, B
from emr_rerank.evidence.calibration import sigmoid
from emr_rerank.evidence.compact.cross_encoder import CompactCrossEncoder
from emr_rerank.evidence.embedder import file_hash
from emr_rerank.evidence.fitted import FOLDER, read_fitted
from emr_rerank.evidence.glossed import glossed
from emr_rerank.evidence.passage import split_passage
from emr_rerank.evidence.terms import ANALYTE, Lexicon, holds_form, is_chinese, lexicon
from emr_rerank.evidence.understand import question_terms

SHIPPED = FOLDER / "embedded.json"
FEATURES = ("coverage", "coverage_with_path", "bm25", "cross_encoder", "cross_encoder_low")
LOW_LOGIT = -3.0
"""Below it a logit counts twice, once as `cross_encoder_low`: what the network finds far off is far off, while above it
the network is sure of many lines of an examination that tell of something else."""
MEAN_LENGTH = 24.0
"""Terms of a typical sentence, the length that BM25 is normed to; fixed, so that no other sentence matters."""
Features = npt.NDArray[np.float64]
Read = Callable[[str, Sequence[str]], npt.NDArray[np.float64]]


class MixWeights(BaseModel):
    """The fitted logistic: probability = sigmoid(bias + Σ weight · feature)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    features: tuple[str, ...]
    weights: tuple[float, ...]
    bias: float
    pairs: int = Field(description="labelled pairs it was fitted on")


class EmbeddedReranker:
    """Scores by the cross-encoder's logit, term coverage, and BM25 against the question's own score.

    Args:
        cross_encoder: reads question and passage together.
        rules_dir: a hospital's own rule files, for concepts and analytes.
        weights_file: the fitted weights.

    Raises:
        ModelError: the weights file is missing or wrong.
    """

    name = "emr-rerank-compact"
    device = "cpu"

    def __init__(
        self, cross_encoder: CompactCrossEncoder, rules_dir: Path | None = None, weights_file: Path = SHIPPED
    ) -> None:
        self._cross_encoder = cross_encoder
        self._rules_dir = rules_dir
        self._file = weights_file
        self._mix = _read(weights_file)

    @cached_property
    def weights_hash(self) -> str:
        """`sha256:…` over the fitted weights and the cross-encoder."""
        return file_hash([self._file, *self._cross_encoder.files])

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        """Calibrated probability of each passage, 0 of one without text; 3 to 8 ms a passage on one core."""
        return self._mixed(passages, self.features(question, passages)) if passages else []

    @property
    def skim_error(self) -> float:
        """The cross-encoder's, as it shows in a probability: at most a quarter of the log odds."""
        told = zip(FEATURES, self._mix.weights, strict=True)
        steepest = sum(weight for feature, weight in told if feature.startswith("cross_encoder"))
        return self._cross_encoder.skim_error * steepest / 4

    def skim(self, question: str, passages: Sequence[str]) -> list[float]:
        """As `score`, but for what rounding in the cross-encoder changes: on CPUs with bfloat16 a third of the time."""
        if not passages or not self.skim_error:
            return self.score(question, passages)
        logits = self._both_ways(self._cross_encoder.skimmed, question, passages)
        return self._mixed(passages, self._features(question, passages, logits))

    def features(self, question: str, passages: Sequence[str]) -> Features:
        """The features of each pair in the order of FEATURES; shape (number of passages, number of features)."""
        return self._features(question, passages, self._both_ways(self._cross_encoder.logits, question, passages))

    def _both_ways(self, read: Read, question: str, passages: Sequence[str]) -> npt.NDArray[np.float64]:
        """The cross-encoder's logits; where the question has words foreign to a passage, the mean with those of its
        gloss."""
        logits = read(question, passages)
        for chinese in (True, False):
            places = [place for place, text in enumerate(passages) if is_chinese(text) == chinese]
            if places and (both := glossed(question, self._rules_dir, chinese=chinese)) != question:
                logits[places] = (logits[places] + read(both, [passages[place] for place in places])) / 2
        return logits

    def _features(self, question: str, passages: Sequence[str], logits: npt.NDArray[np.float64]) -> Features:
        words = lexicon(self._rules_dir)
        terms = question_terms(question, self._rules_dir)
        parts = [split_passage(passage) for passage in passages]
        lexical = np.array([_lexical(terms, words, path, text) for path, text in parts], dtype=np.float64)
        return np.column_stack([lexical, logits, np.minimum(logits, LOW_LOGIT)])

    def _mixed(self, passages: Sequence[str], features: Features) -> list[float]:
        logits = features @ np.array(self._mix.weights) + self._mix.bias
        told = (bool(split_passage(passage)[1].strip()) for passage in passages)
        return [sigmoid(float(logit)) if text else 0.0 for logit, text in zip(logits, told, strict=True)]


def _lexical(terms: dict[str, float], words: Lexicon, path: str, text: str) -> tuple[float, float, float]:
    own = words.terms(text)
    held = {*own, *_implied(terms, own, text, words)}
    with_path = {*held, *words.terms(path)}
    return _coverage(terms, held), _coverage(terms, with_path), _bm25(terms, own)


def _implied(terms: dict[str, float], own: Sequence[str], text: str, words: Lexicon) -> set[str]:
    """Terms of the question that the text answers for without naming them.

    A class word is answered by any of its analytes; a general statement (否认药物过敏) answers for every drug asked.
    """
    held = set(own)
    asked = {term: words.concept(term) for term in terms if term.startswith("concept.")}
    implied = {term for term, item in asked.items() if any(ANALYTE + analyte in held for analyte in item.analytes)}
    general = [item for term, item in asked.items() if item.general and term in held]
    if any(holds_form(text, form) for item in general for form in item.general):
        implied.update(asked)
    return implied


def _coverage(terms: dict[str, float], held: set[str]) -> float:
    """Share of the question's term weight that the passage holds; 0 for a question without content."""
    total = sum(terms.values())
    return sum(weight for term, weight in terms.items() if term in held) / total if total else 0.0


def _bm25(terms: dict[str, float], own: Sequence[str]) -> float:
    """BM25 of the passage divided by the most that these terms could reach; idf is the term weight."""
    total = sum(terms.values()) * (K1 + 1)
    norm = K1 * (1 - B + B * len(own) / MEAN_LENGTH)
    gained = (weight * (count := own.count(term)) * (K1 + 1) / (count + norm) for term, weight in terms.items())
    return sum(gained) / total if total else 0.0


def _read(file: Path) -> MixWeights:
    mix = read_fitted(file, MixWeights, "The embedded reranker's weights")
    if mix.features != FEATURES or len(mix.weights) != len(FEATURES):
        raise ModelError("The embedded reranker's weights belong to another version.", "Install emr-rerank again.")
    return mix
