"""The embedded reranker: a calibrated mix of lexical match and e5 similarity, with nothing to download.

Each feature is computed from the pair alone, on an absolute scale, so a score says the same thing in any company and a
record without an answer gets low scores throughout. The weights are fitted by training/fit_embedded.py.
"""

import json
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from emr_rerank.errors import ModelError
from emr_rerank.evidence.bm25 import K1, B
from emr_rerank.evidence.calibration import sigmoid
from emr_rerank.evidence.embedder import Embedder, file_hash
from emr_rerank.evidence.passage import split_passage
from emr_rerank.evidence.terms import ANALYTE, Lexicon, lexicon
from emr_rerank.evidence.understand import question_terms, understand
from emr_rerank.findings import Question

SHIPPED = Path(__file__).resolve().parent / "calibration" / "embedded.json"
FEATURES = ("coverage", "coverage_with_path", "bm25", "cosine", "fit")
MEAN_LENGTH = 24.0
"""Terms of a typical sentence, the length that BM25 is normed to; fixed, so that no other sentence matters."""
_NUMBER = re.compile(r"\d")
_DATE = re.compile(r"\d{4}\D\d{1,2}\D\d{1,2}|\d{1,2}月\d{1,2}|\d{1,2}/\d{1,2}|\d+\s*[年月天日周]|\b(?:day|year|week|month|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)")


class MixWeights(BaseModel):
    """The fitted logistic: probability = sigmoid(bias + Σ weight · feature)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    features: tuple[str, ...]
    weights: tuple[float, ...]
    bias: float
    pairs: int = Field(description="labelled pairs it was fitted on")
    cosine_floor: float = Field(description="e5 cosine that unrelated texts reach; subtracted before weighting")


class EmbeddedReranker:
    """Scores by term coverage, BM25 against the question's own score, and e5 cosine.

    Args:
        embedder: gives the cosine.
        rules_dir: a hospital's own rule files, for concepts and analytes.
        weights_file: the fitted weights.

    Raises:
        ModelError: the weights file is missing or wrong.
    """

    name = "embedded-mix"
    device = "cpu"

    def __init__(self, embedder: Embedder, rules_dir: Path | None = None, weights_file: Path = SHIPPED) -> None:
        self._embedder = embedder
        self._rules_dir = rules_dir
        self._file = weights_file
        self._mix = _read(weights_file)

    @cached_property
    def weights_hash(self) -> str:
        """`sha256:…` over the fitted weights; the encoder states its own."""
        return file_hash([self._file])

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        """Calibrated probability of each passage."""
        if not passages:
            return []
        rows = self.features(question, passages)
        logits = rows @ np.array(self._mix.weights) + self._mix.bias
        return [sigmoid(float(logit)) for logit in logits]

    def features(self, question: str, passages: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """The features of each pair in the order of FEATURES; shape (number of passages, number of features)."""
        words = lexicon(self._rules_dir)
        asked = understand(question, self._rules_dir)
        terms = question_terms(question, self._rules_dir)
        parts = [split_passage(passage) for passage in passages]
        query = self._embedder.queries([question])[0]
        cosines = self._embedder.passages([text[:200] for _, text in parts]) @ query
        rows = [
            [*_lexical(terms, words, path, text), float(cosine) - self._mix.cosine_floor, _fit(asked, text)]
            for (path, text), cosine in zip(parts, cosines, strict=True)
        ]
        return np.array(rows, dtype=np.float64)


def _lexical(terms: dict[str, float], words: Lexicon, path: str, text: str) -> tuple[float, float, float]:
    own = words.terms(text)
    with_path = {*own, *words.terms(path), *_class_terms(terms, own, words)}
    held = {*own, *_class_terms(terms, own, words)}
    return _coverage(terms, held), _coverage(terms, with_path), _bm25(terms, own)


def _class_terms(terms: dict[str, float], own: Sequence[str], words: Lexicon) -> set[str]:
    """Class words of the question that one of the text's analytes belongs to."""
    held = set(own)
    asked = (term for term in terms if term.startswith("concept."))
    return {term for term in asked if any(ANALYTE + analyte in held for analyte in words.concept(term).analytes)}


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


def _fit(question: Question, text: str) -> float:
    """Whether the text holds what the answer's shape needs: a number for a value, a date for a date."""
    if question.shape == "date":
        return float(bool(_DATE.search(text)))
    if question.shape in ("value", "change", "highest", "lowest") and {"lab", "vital"} & set(question.kinds):
        return float(bool(_NUMBER.search(text)))
    return 0.5


def _read(file: Path) -> MixWeights:
    try:
        mix = MixWeights.model_validate(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"The embedded reranker's weights can't be read ({type(error).__name__}).", "Install emr-rerank again."
        ) from None
    if mix.features != FEATURES or len(mix.weights) != len(FEATURES):
        raise ModelError("The embedded reranker's weights belong to another version.", "Install emr-rerank again.")
    return mix
