"""BM25 over the sentences of one record.

S. Robertson, H. Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond. Foundations and Trends in Information
Retrieval 3(4), 2009. k1 = 1.2 and b = 0.75 are the values they report to work over many collections.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

K1 = 1.2
B = 0.75


class BM25:
    """An index over tokenised texts; document frequencies are those of these texts alone."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self._lengths = np.array([len(document) for document in documents], dtype=np.float64)
        self._mean = float(self._lengths.mean()) if len(documents) else 0.0
        self._postings: dict[str, tuple[list[int], list[int]]] = {}
        for index, document in enumerate(documents):
            for term, count in Counter(document).items():
                indices, counts = self._postings.setdefault(term, ([], []))
                indices.append(index)
                counts.append(count)

    def idf(self, term: str) -> float:
        """Inverse document frequency, ln(1 + (N - n + 0.5) / (n + 0.5)); never negative."""
        known = len(self._postings.get(term, ((), ()))[0])
        return math.log1p((len(self._lengths) - known + 0.5) / (known + 0.5))

    def scores(self, terms: Sequence[str], weight: Callable[[str], float] = lambda _: 1.0) -> npt.NDArray[np.float64]:
        """Score of every text for the query terms; shape (number of texts,)."""
        scores = np.zeros(len(self._lengths))
        for term in dict.fromkeys(terms):
            if term not in self._postings:
                continue
            indices, counts = (np.array(part) for part in self._postings[term])
            norm = K1 * (1 - B + B * self._lengths[indices] / self._mean)
            scores[indices] += weight(term) * self.idf(term) * counts * (K1 + 1) / (counts + norm)
        return scores
