"""Models by the settings' names; each is loaded once a process."""

from functools import lru_cache
from pathlib import Path

from emr_rerank.evidence.embedder import EmbeddedE5, Embedder
from emr_rerank.evidence.reranker import Reranker
from emr_rerank.settings import Settings

EMBEDDED = "embedded"


def load_reranker(settings: Settings) -> Reranker:
    """The reranker of the settings.

    Raises:
        ModelError: it can't be loaded; the message says what to do.
    """
    return _reranker(settings.reranker, settings.device, settings.offline, settings.rules_dir)


def load_embedder(settings: Settings) -> Embedder:
    """The encoder of the settings.

    Raises:
        ModelError: it can't be loaded; the message says what to do.
    """
    return _embedder(settings.embedder, settings.device, settings.offline)


@lru_cache(maxsize=4)
def _reranker(name: str, device: str, offline: bool, rules_dir: Path | None) -> Reranker:
    if name == EMBEDDED:
        from emr_rerank.evidence.embedded import EmbeddedReranker

        return EmbeddedReranker(_embedder(EMBEDDED, "cpu", True), rules_dir)
    from emr_rerank.evidence.bge import BgeReranker

    return BgeReranker(name, device, offline)


@lru_cache(maxsize=4)
def _embedder(name: str, device: str, offline: bool) -> Embedder:
    if name == EMBEDDED:
        return EmbeddedE5()
    from emr_rerank.evidence.bge import BgeEmbedder

    return BgeEmbedder(name, device, offline)
