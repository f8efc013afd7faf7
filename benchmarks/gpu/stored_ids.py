"""What token ids in the archive save: a question's pairs tokenised and packed, with and without stored ids.

    python -m benchmarks.gpu.stored_ids [--model FOLDER]

Without a model the tokenizer is one of 8,000 pieces trained on the sample records. All of them together stand for one
long record.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.gpu.pairs import Material, Pair, read_material
from benchmarks.gpu.xlmr import VOCABULARY, save_tokenizer
from emr_rerank import Archive
from emr_rerank.evidence.bge import MAX_TOKENS, BgeOptions
from emr_rerank.evidence.packed.batches import pack
from emr_rerank.evidence.packed.stored import StoredIds, packed_ids
from emr_rerank.evidence.packed.tokens import KnownIds, PairTokenizer
from emr_rerank.record import Record

SIZES = (50, 400)
RUNS = 50


def stored_ids(folder: Path, material: Material, file: Path) -> dict[str, Any]:
    """Medians in milliseconds: a question by its number of pairs; once a record, making and reading its ids.

    Args:
        folder: holds the tokenizer.
        material: questions and passages.
        file: an archive is made there.
    """
    tokenizer = PairTokenizer(folder, MAX_TOKENS)
    content = packed_ids(tokenizer.passages(material.passages))
    known = StoredIds(content)
    found: dict[str, Any] = {"sentences": len(material.passages), "bytes": len(content), "questions": {}}
    for size in SIZES:
        pairs = material.of_one_question(size, random.Random(size))
        ways = (partial(_prepared, tokenizer, pairs, ids) for ids in (None, known))
        found["questions"][str(len(pairs))] = dict(zip(("tokenised", "stored"), _medians(*ways), strict=True))
    [found["make"]] = _medians(lambda: packed_ids(tokenizer.passages(material.passages)))
    found["read"] = _reading(file, (tokenizer.fingerprint, content))
    return found


def told(found: dict[str, Any]) -> str:
    """The results in words."""
    questions = "; ".join(
        f"{size} pairs {times['tokenised']:.2f} ms without, {times['stored']:.2f} ms with stored ids"
        for size, times in found["questions"].items()
    )
    return (
        f"Tokenising and packing a question: {questions}. The ids of {found['sentences']:,} sentences take "
        f"{found['bytes'] / 1024:.0f} KiB, are made in {found['make']:.1f} ms and add {found['read']:.2f} ms to the "
        "reading of their record from SQLite."
    )


def _prepared(tokenizer: PairTokenizer, pairs: Sequence[Pair], known: KnownIds | None) -> Any:
    return pack(tokenizer.pairs(pairs, known), BgeOptions().batch_tokens, tokenizer.pad)


def _reading(file: Path, passage_ids: tuple[str, bytes]) -> float:
    """What the ids add to reading a record, which is empty here so that nothing else counts; decoding included."""
    record = Record(record_id="one", language="zh", sha256="", page_count=0, text="")
    with Archive(f"sqlite:///{file}") as archive:
        archive.add(record, passage_ids=passage_ids)

        def read() -> StoredIds:
            stored = archive.get("one", passage_ids=True).passage_ids
            assert stored is not None
            return StoredIds(stored[1])

        with_ids, without = _medians(read, lambda: archive.get("one"))
    return with_ids - without


def _medians(*ways: Callable[[], Any]) -> list[float]:
    """Median milliseconds of each way, all in turn."""
    times: list[list[float]] = [[] for _ in ways]
    for _ in range(RUNS):
        for way, spent in zip(ways, times, strict=True):
            began = time.perf_counter()
            way()
            spent.append((time.perf_counter() - began) * 1000)
    return [statistics.median(spent) for spent in times]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="folder with another tokenizer")
    arguments = parser.parse_args()
    material = read_material()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.model or Path(scratch)
        if not arguments.model:
            save_tokenizer(folder, [*material.passages, *material.questions], VOCABULARY)
        print(told(stored_ids(folder, material, Path(scratch) / "archive.sqlite")))


if __name__ == "__main__":
    main()
