"""The searches that locating the section first must beat. They rank sentences of the record and can't refuse."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from emr_rerank.evaluation.metrics import DEEPEST
from emr_rerank.evidence.bm25 import BM25
from emr_rerank.evidence.embedder import Embedder
from emr_rerank.evidence.record_index import record_index
from emr_rerank.evidence.reranker import Reranker
from emr_rerank.evidence.shortlist import embed_sections
from emr_rerank.evidence.terms import surface_terms
from emr_rerank.record import Record, Sentence
from emr_rerank.settings import Settings

FLAT_BM25 = "flat_bm25"
FLAT_ENCODER = "flat_encoder"
FLAT_CROSS_ENCODER = "flat_cross_encoder"
SECTION_ENCODER = "section_encoder"
COMPARATORS = (FLAT_BM25, FLAT_ENCODER, FLAT_CROSS_ENCODER, SECTION_ENCODER)

Scores = npt.NDArray[np.floating]
Search = Callable[[str], Sequence[Sentence]]
"""The first ten sentences for a question, best first."""


def searches(record: Record, embedder: Embedder, reranker: Reranker, settings: Settings) -> Mapping[str, Search]:
    """The comparators over one record; its sentences are embedded once, here.

    - `flat_bm25`: all sentences by BM25 over words and Chinese character pairs;
    - `flat_encoder`: all sentences by the cosine to the question;
    - `flat_cross_encoder`: all sentences by the reranker, shown without their sections;
    - `section_encoder`: the sentences of the one section whose vector is nearest, by their own cosine.

    Raises:
        ModelError: a model failed.
    """
    if not record.sentences:
        return {name: lambda _: () for name in COMPARATORS}
    texts = [" ".join(sentence.text.split()) for sentence in record.sentences]
    words = BM25([surface_terms(text) for text in texts])
    vectors = embedder.passages(texts)
    leaf_of = np.array(record_index(record, settings.rules_dir).leaf_of)
    sections = embed_sections(record, embedder).vectors
    filled = np.unique(leaf_of)

    def by_cosine(question: str) -> Sequence[Sentence]:
        return _first(record, vectors @ embedder.queries([question])[0])

    def by_section(question: str) -> Sequence[Sentence]:
        asked = embedder.queries([question])[0]
        best = filled[np.argmax(sections[filled] @ asked)]
        return _first(record, np.where(leaf_of == best, vectors @ asked, -np.inf))

    return {
        FLAT_BM25: lambda question: _first(record, words.scores(surface_terms(question)), least=0.0),
        FLAT_ENCODER: by_cosine,
        FLAT_CROSS_ENCODER: lambda question: _first(record, np.array(reranker.score(question, texts))),
        SECTION_ENCODER: by_section,
    }


def _first(record: Record, scores: Scores, least: float = -np.inf) -> Sequence[Sentence]:
    """The ten best with a score above `least`; of equal ones the earlier in the record first."""
    return tuple(_above(record, scores, least))


def _above(record: Record, scores: Scores, least: float) -> Iterator[Sentence]:
    for index in np.argsort(-scores, kind="stable")[:DEEPEST]:
        if scores[index] > least:
            yield record.sentences[int(index)]
