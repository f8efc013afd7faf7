"""Would token ids in the archive pay? Tokenising one question's candidates beside reading stored ids from SQLite."""

import sqlite3
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from emr_rerank.evidence.packed.tokens import PairTokenizer

CANDIDATES = 48
"""As many as the pipeline gives to the reranker."""
RUNS = 50


def stored_ids(folder: Path, question: str, passages: Sequence[str], file: Path) -> dict[str, float]:
    """Medians in milliseconds: question and candidates tokenised; question alone, with the candidates' ids read."""
    tokenizer = PairTokenizer(folder, 512)
    ids = [sequence[1:-1] for sequence in tokenizer.singles(passages)]
    offsets = np.cumsum([0, *map(len, ids)])
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE sentence_ids (record_id TEXT PRIMARY KEY, ids BLOB)")
        flat = np.fromiter((token for sequence in ids for token in sequence), dtype=np.int32)
        connection.execute("INSERT INTO sentence_ids VALUES ('one', ?)", (flat.tobytes(),))
    connection.close()

    def read() -> list[list[int]]:
        connection = sqlite3.connect(file)
        [[blob]] = connection.execute("SELECT ids FROM sentence_ids WHERE record_id = 'one'")
        connection.close()
        held = np.frombuffer(blob, dtype=np.int32)
        tokenizer.singles([question])
        return [held[offsets[place] : offsets[place + 1]].tolist() for place in range(CANDIDATES)]

    pairs = [(question, text) for text in passages[:CANDIDATES]]
    return {
        "tokenised": _median(lambda: tokenizer.pairs(pairs)),
        "stored": _median(read),
        "all_passages": _median(lambda: tokenizer.singles(passages)),
    }


def _median(work: Callable[[], Any]) -> float:
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)
