"""Batch indexing: many PDFs into an archive. Workers read and embed; only this process writes.

One bad PDF never stops the batch, not even one that kills or hangs its worker process; a database that can't be
written does.
"""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from emr_rerank.archive.archive import Archive, RecordTakenError
from emr_rerank.archive.passage_ids import TokenIds
from emr_rerank.archive.workers import Failure, Work, outcomes
from emr_rerank.record import Record

Outcome = Literal["indexed", "skipped", "failed"]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A PDF, read and embedded.

    Attributes:
        record: as read.
        vectors: float32, (leaves, dimensions), in the order of `record.leaves()`; None stores none.
        embedder: name of what made the vectors.
        passage_ids: token ids of its passages, with the fingerprint of their tokenizer; None stores none.
    """

    record: Record
    vectors: NDArray[np.float32] | None
    embedder: str
    passage_ids: TokenIds | None = None


@dataclass(frozen=True)
class BatchReport:
    """What became of each file."""

    indexed: tuple[Path, ...]
    skipped: tuple[Path, ...]
    failed: tuple[tuple[Path, str], ...]


@dataclass
class _Batch:
    archive: Archive
    replace: bool
    on_progress: Callable[[Path, str], None]
    indexed: list[Path] = field(default_factory=list)
    skipped: list[Path] = field(default_factory=list)
    failed: list[tuple[Path, str]] = field(default_factory=list)
    written: dict[str, Path] = field(default_factory=dict)

    def skip(self, path: Path) -> None:
        self.skipped.append(path)
        self.on_progress(path, "skipped")

    def fail(self, path: Path, message: str) -> None:
        self.failed.append((path, message))
        self.on_progress(path, "failed")

    def store(self, path: Path, prepared: Prepared) -> None:
        record = prepared.record
        first = self.written.get(record.record_id)
        if first is not None:
            self.fail(path, _same_id(record.record_id, first))
            return
        try:
            self.archive.add(
                record,
                prepared.vectors,
                prepared.embedder,
                passage_ids=prepared.passage_ids,
                replace=self.replace,
            )
        except RecordTakenError as error:
            self.fail(path, str(error))
            return
        self.written[record.record_id] = path
        self.indexed.append(path)
        self.on_progress(path, "indexed")


def index_batch(
    paths: Iterable[Path],
    prepare: Work[Prepared],
    archive: Archive,
    *,
    workers: int = 1,
    page_seconds: float = 120.0,
    resume: bool = False,
    replace: bool = False,
    on_progress: Callable[[Path, str], None] | None = None,
) -> BatchReport:
    """Index every PDF at or below the paths.

    Args:
        paths: files, and folders that are searched for *.pdf at any depth. Sorted; a file given twice is read once.
        prepare: reads and embeds one PDF, and tells which page it is at. Must be picklable (a function of a module, or
            a partial of one).
        archive: written by this process only, one transaction a record: breaking off leaves whole records.
        workers: processes.
        page_seconds: a worker that stays at one page for longer is ended.
        resume: skip files that are archived with the same bytes under their name (the file's stem).
        replace: let a file take the place of another file's record of the same id.
        on_progress: called with path and outcome ('indexed', 'skipped' or 'failed') after each file.

    Raises:
        StoreError: the archive can't be written.
        UsageError: worker processes can't be started.
    """
    batch = _Batch(archive, replace, on_progress or (lambda path, outcome: None))
    todo = list(_wanted(pdf_files(paths), batch, resume))
    with closing(outcomes(todo, prepare, workers, page_seconds)) as done:
        for path, outcome in done:
            if isinstance(outcome, Failure):
                batch.fail(path, outcome.message)
            else:
                batch.store(path, outcome)
    return BatchReport(tuple(batch.indexed), tuple(batch.skipped), tuple(batch.failed))


def pdf_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files among the paths, and the PDFs below the folders among them except hidden ones; sorted, each once."""
    found: dict[Path, Path] = {}
    for path in paths:
        below = sorted(file for file in path.rglob("*") if _is_pdf(file, path)) if path.is_dir() else [path]
        for file in below:
            found.setdefault(file.resolve(), file)
    return tuple(sorted(found.values()))


def _is_pdf(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return file.suffix.lower() == ".pdf" and not hidden and file.is_file()


def _wanted(files: Iterable[Path], batch: _Batch, resume: bool) -> Iterable[Path]:
    """The files to read: not those archived already, nor a second file of one name."""
    first: dict[str, tuple[Path, str | None]] = {}
    for file in files:
        digest = _sha256(file)
        earlier = first.setdefault(file.stem, (file, digest))
        if earlier[0] != file and earlier[1] == digest and digest is not None:
            batch.skip(file)
        elif earlier[0] != file:
            batch.fail(file, _same_id(file.stem, earlier[0]))
        elif resume and digest is not None and batch.archive.sha256_of(file.stem) == digest:
            batch.skip(file)
        else:
            yield file


def _same_id(record_id: str, first: Path) -> str:
    return f"Another file of this batch has the record id '{record_id}': {first}. Rename one of them."


def _sha256(file: Path) -> str | None:
    """Hash of the bytes; None where they can't be read, which `prepare` then explains."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None
