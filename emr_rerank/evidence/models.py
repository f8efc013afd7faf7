"""Models by the settings' names; each is loaded once a process."""

from dataclasses import fields
from functools import lru_cache
from pathlib import Path

from emr_rerank.evidence.bge import BgeEmbedder, BgeOptions, BgeReranker
from emr_rerank.evidence.calibrated import calibrated
from emr_rerank.evidence.embedder import Embedder
from emr_rerank.evidence.reranker import Reranker
from emr_rerank.settings import Settings

EMBEDDED = "embedded"


def load_reranker(settings: Settings) -> Reranker:
    """The reranker of the settings, behind the calibration of the settings where they name one.

    Raises:
        ModelError: it, or the calibration, can't be loaded; the message says what to do.
    """
    reranker = _reranker(settings.reranker, _options(settings), settings.rules_dir)
    return calibrated(reranker, settings.calibration) if settings.calibration else reranker


def load_embedder(settings: Settings) -> Embedder:
    """The encoder of the settings.

    Raises:
        ModelError: it can't be loaded; the message says what to do.
    """
    return _embedder(settings.embedder, _options(settings) if settings.embedder != EMBEDDED else BgeOptions())


def _options(settings: Settings) -> BgeOptions:
    return BgeOptions(**{field.name: getattr(settings, field.name) for field in fields(BgeOptions)})


@lru_cache(maxsize=4)
def _reranker(name: str, options: BgeOptions, rules_dir: Path | None) -> Reranker:
    if name == EMBEDDED:
        from emr_rerank.evidence.compact.cross_encoder import CompactCrossEncoder
        from emr_rerank.evidence.embedded import EmbeddedReranker

        return EmbeddedReranker(CompactCrossEncoder(), rules_dir)
    return BgeReranker(name, options)


@lru_cache(maxsize=4)
def _embedder(name: str, options: BgeOptions) -> Embedder:
    if name == EMBEDDED:
        from emr_rerank.evidence.compact.encoder import CompactE5

        return CompactE5()
    return BgeEmbedder(name, options)
