"""The packed engine: texts in, one result a text out; each distinct text once, tokenising ahead of the model."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import torch

from emr_rerank.evidence.packed.batches import Batch, pack
from emr_rerank.evidence.packed.replica import Replica
from emr_rerank.evidence.packed.tokens import Ids

CHUNK = 8192
"""Texts tokenised and sorted at a time; while they are computed, a thread prepares the next ones."""
Floats = npt.NDArray[np.float32]
Text = TypeVar("Text")
Tokenize = Callable[[Sequence[Text]], list[Ids]]


class PackedEngine:
    """Runs texts through copies of one model, one copy a device.

    Args:
        replicas: batches are dealt out to whichever is free.
        budget: most tokens of a batch.
        pad: the tokenizer's padding id.
    """

    def __init__(self, replicas: Sequence[Replica], budget: int, pad: int) -> None:
        self.replicas, self.budget, self.pad = replicas, budget, pad
        self._lock = Lock()

    def results(self, texts: Sequence[Text], tokenize: Tokenize[Text]) -> Floats:
        """The replicas' results for each text, fp32, shape (number of texts, …). One call at a time; others wait.

        Args:
            texts: pairs or single texts, at least one; equal ones are computed once.
            tokenize: gives the ids of each.
        """
        places: dict[Text, int] = {}
        order = [places.setdefault(text, len(places)) for text in texts]
        distinct = list(places)
        chunks = [distinct[start : start + CHUNK] for start in range(0, len(distinct), CHUNK)]
        with self._lock:
            made = [self._run(batches) for batches in _ahead(chunks, lambda chunk: self.prepare(chunk, tokenize))]
        return np.concatenate(made)[order]

    def prepare(self, texts: Sequence[Text], tokenize: Tokenize[Text]) -> list[Batch]:
        """Tokenised and packed."""
        return pack(tokenize(texts), self.budget, self.pad)

    def _run(self, batches: Sequence[Batch]) -> Floats:
        """Results in the order that the batches' rows tell; the host waits for each device once, at its end."""
        left = deque(batches)

        def work(replica: Replica) -> list[tuple[list[int], Floats]]:
            rows: list[int] = []
            done = []
            try:
                while (batch := _taken(left)) is not None:
                    done.append(replica.run(batch))
                    rows.extend(batch.rows)
            except BaseException:  # the other replicas stop, too
                left.clear()
                raise
            return [(rows, torch.cat(done).cpu().numpy())] if done else []

        busy = self.replicas[: len(batches)]
        if len(busy) == 1:
            parts = work(busy[0])
        else:
            with ThreadPoolExecutor(len(busy), thread_name_prefix="replica") as pool:
                parts = [part for found in pool.map(work, busy) for part in found]
        rows = np.concatenate([rows for rows, _ in parts])
        return np.concatenate([values for _, values in parts])[np.argsort(rows)]


def _taken(left: deque[Batch]) -> Batch | None:
    """The next batch; None when the others took the last one."""
    try:
        return left.popleft()
    except IndexError:
        return None


def _ahead(chunks: Sequence[Sequence[Text]], prepare: Callable[[Sequence[Text]], list[Batch]]) -> Iterator[list[Batch]]:
    """Each chunk prepared, the next one in a thread while the caller works on it."""
    if len(chunks) == 1:
        yield prepare(chunks[0])
        return
    with ThreadPoolExecutor(1, thread_name_prefix="tokenize") as pool:
        coming = pool.submit(prepare, chunks[0])
        for chunk in chunks[1:]:
            ready, coming = coming.result(), pool.submit(prepare, chunk)
            yield ready
        yield coming.result()
