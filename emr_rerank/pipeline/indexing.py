"""Batch indexing: what a worker does with one PDF, and how many of them feed the archive."""

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

from emr_rerank.archive.archive import Archive
from emr_rerank.archive.batch import BatchReport, Prepared, index_batch
from emr_rerank.archive.workers import Tell
from emr_rerank.evidence.embedder import Embedder
from emr_rerank.evidence.models import load_embedder
from emr_rerank.evidence.passage_ids import PassageIds, passage_ids, uses_passage_ids
from emr_rerank.evidence.shortlist import SectionVectors, embed_sections
from emr_rerank.reading.reader import read_record
from emr_rerank.record import Record
from emr_rerank.settings import Settings, default_store


class LoadedRecord(NamedTuple):
    """A record to be asked, with what the archive holds to answer faster.

    Attributes:
        record: as read.
        vectors: of its sections; None has them made.
        passage_ids: token ids of its sentences; None has them tokenised.
    """

    record: Record
    vectors: SectionVectors | None = None
    passage_ids: PassageIds | None = None


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

    With a bge reranker in the settings the token ids of its sentences are stored too.

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


def load_archived(url: str | None, record_id: str, settings: Settings) -> LoadedRecord:
    """A record of the archive with its section vectors, and token ids if the reranker takes them; no PDF is needed.

    Raises:
        StoreError: the archive can't be opened or holds no such record.
    """
    with Archive(url or default_store(), create=False) as archive:
        stored = archive.get(record_id, passage_ids=uses_passage_ids(settings))
    vectors = None if stored.vectors is None else SectionVectors(embedder=stored.embedder, vectors=stored.vectors)
    ids = None if stored.passage_ids is None else PassageIds(*stored.passage_ids)
    return LoadedRecord(stored.record, vectors, ids)


def prepare_record(path: Path, tell: Tell, settings: Settings, password: str | None = None) -> Prepared:
    """One PDF, read, embedded and, for a bge reranker, tokenised. Runs in a worker process."""
    record = read_record(path, settings, password=password, on_page=tell)
    tell(None)
    vectors = embed_sections(record, _embedder(settings))
    ids = passage_ids(record, settings)
    return Prepared(
        record=record,
        vectors=vectors.vectors,
        embedder=vectors.embedder,
        passage_ids=None if ids is None else (ids.tokenizer, ids.content),
    )


@lru_cache(maxsize=1)
def _embedder(settings: Settings) -> Embedder:
    return load_embedder(settings)
