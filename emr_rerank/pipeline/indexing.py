"""Batch indexing: what a worker does with one PDF, and how many of them feed the archive."""

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from pathlib import Path

from emr_rerank.archive.archive import Archive
from emr_rerank.archive.batch import BatchReport, Prepared, index_batch
from emr_rerank.archive.workers import Tell
from emr_rerank.evidence.embedder import Embedder
from emr_rerank.evidence.models import load_embedder
from emr_rerank.evidence.shortlist import SectionVectors, embed_sections
from emr_rerank.reading.reader import read_record
from emr_rerank.record import Record
from emr_rerank.settings import Settings, default_store


def index_paths(
    paths: Iterable[Path],
    archive: Archive,
    settings: Settings,
    *,
    workers: int = 1,
    resume: bool = False,
    password: str | None = None,
    on_progress: Callable[[Path, str], None] | None = None,
) -> BatchReport:
    """Read every PDF at or below the paths, embed its sections, and store it; one bad PDF never stops the batch.

    Worker processes are spawned: a script calls this under `if __name__ == "__main__":`. A worker that stays at one
    page for longer than `settings.max_page_seconds` is ended.

    Args:
        password: opens the encrypted ones among the PDFs.

    Raises:
        StoreError: the archive can't be written.
        UsageError: worker processes can't be started.
    """
    prepare = partial(prepare_record, settings=settings, password=password)
    return index_batch(
        list(paths), prepare, archive, workers=workers, page_seconds=settings.max_page_seconds, resume=resume,
        on_progress=on_progress,
    )  # fmt: skip


def load_archived(url: str | None, record_id: str) -> tuple[Record, SectionVectors | None]:
    """A record of the archive with its section vectors; no PDF is needed.

    Raises:
        StoreError: the archive can't be opened or holds no such record.
    """
    stored = Archive(url or default_store(), create=False).get(record_id)
    vectors = None if stored.vectors is None else SectionVectors(embedder=stored.embedder, vectors=stored.vectors)
    return stored.record, vectors


def prepare_record(path: Path, tell: Tell, settings: Settings, password: str | None = None) -> Prepared:
    """One PDF, read and embedded. Runs in a worker process."""
    record = read_record(path, settings, password=password, on_page=tell)
    tell(None)
    vectors = embed_sections(record, _embedder(settings))
    return Prepared(record=record, vectors=vectors.vectors, embedder=vectors.embedder)


@lru_cache(maxsize=1)
def _embedder(settings: Settings) -> Embedder:
    return load_embedder(settings)
