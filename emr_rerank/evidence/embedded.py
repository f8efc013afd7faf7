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
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from emr_rerank.errors import ModelError
from emr_rerank.evidence.bm25 import K1, B
from emr_rerank.evidence.calibration import sigmoid
from emr_rerank.evidence.embedder import Embedder, file_hash
from emr_rerank.evidence.passage import split_passage
from emr_rerank.evidence.terms import ANALYTE, Lexicon, holds_form, lexicon
from emr_rerank.evidence.understand import question_terms, understand
from emr_rerank.findings import Question

SHIPPED = Path(__file__).resolve().parent / "calibration" / "embedded.json"
FEATURES = ("coverage", "coverage_with_path", "bm25", "cosine", "fit")
COSINE = FEATURES.index("cosine")
WORTH_A_LOOK = 0.3
"""A pair that no cosine could lift to this probability is not embedded."""
EMBEDDED_CHARS = 200
"""Characters of a sentence that are embedded."""
Features = npt.NDArray[np.float64]
MEAN_LENGTH = 24.0
"""Terms of a typical sentence, the length that BM25 is normed to; fixed, so that no other sentence matters."""
_NUMBER = re.compile(r"\d")
_DATE = re.compile(
    r"\d{4}\D\d{1,2}\D\d{1,2}|\d{1,2}月\d{1,2}|\d{1,2}/\d{1,2}|\d+\s*[年月天日周]"
    r"|\b(?:day|year|week|month|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    re.IGNORECASE,
)


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
        """Calibrated probability of each passage.

        The cosine costs about 20 ms a passage, so it is taken only where it could lift the score over `WORTH_A_LOOK`;
        elsewhere it counts as that of unrelated texts. Both are decided by the pair alone.
        """
        if not passages:
            return []
        rows = self._without_cosine(question, passages)
        weights = np.array(self._mix.weights)
        most = rows @ weights + self._mix.bias + weights[COSINE] * (1 - self._mix.cosine_floor)
        worth = [place for place, logit in enumerate(most) if sigmoid(float(logit)) >= WORTH_A_LOOK]
        rows[worth, COSINE] = self._cosines(question, [passages[place] for place in worth])
        return [sigmoid(float(logit)) for logit in rows @ weights + self._mix.bias]

    def features(self, question: str, passages: Sequence[str]) -> Features:
        """All features of each pair in the order of FEATURES; shape (number of passages, number of features)."""
        rows = self._without_cosine(question, passages)
        rows[:, COSINE] = self._cosines(question, passages)
        return rows

    def _without_cosine(self, question: str, passages: Sequence[str]) -> Features:
        words = lexicon(self._rules_dir)
        asked = understand(question, self._rules_dir)
        terms = question_terms(question, self._rules_dir)
        parts = [split_passage(passage) for passage in passages]
        return np.array([[*_lexical(terms, words, path, text), 0.0, _fit(asked, text)] for path, text in parts])

    def _cosines(self, question: str, passages: Sequence[str]) -> Features:
        if not passages:
            return np.zeros(0)
        query = self._embedder.queries([question])[0]
        texts = [split_passage(passage)[1][:EMBEDDED_CHARS] for passage in passages]
        cosines: Features = (self._embedder.passages(texts) @ query).astype(np.float64) - self._mix.cosine_floor
        return cosines


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
