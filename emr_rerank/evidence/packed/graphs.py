"""CUDA graphs for the batch of one question: some 300 kernels started by one call.

A graph has fixed shapes, so a batch is filled up to the next size: with empty sequences, and with tokens that belong to
no sequence. Flash attention reads the true lengths on the device; rows of tokens outside any sequence hold whatever was
in memory and meet no other row. What sizes a launch (tokens, longest sequence) is part of a graph's key.
"""

from collections.abc import Callable
from threading import Lock
from typing import Any

import numpy as np
import torch

from emr_rerank.evidence.packed.batches import Batch, Ints

MAX_SEQUENCES = 128
MAX_TOKENS = 8192
STEP = 256
"""Token counts of graphs are multiples of this."""
LONGEST = (64, 128, 256, 512)
ONE_CAPTURE = Lock()
"""torch allows one capture at a time in a process, whatever the card."""
Key = tuple[int, int]
Run = Callable[[], Any]
Forward = Callable[[Any, Any, Any, Any, int], Any]
"""From ids, positions, offsets, first tokens and longest length to the states, shape (sequences, …)."""


def graph_key(batch: Batch) -> Key | None:
    """(tokens, longest) of the graph that a batch fits into; None where it needs none or fits none."""
    if batch.tokens > MAX_TOKENS or len(batch.rows) > MAX_SEQUENCES or batch.longest > LONGEST[-1]:
        return None
    return -(-batch.tokens // STEP) * STEP, next(size for size in LONGEST if size >= batch.longest)


def flat(batch: Batch) -> Ints:
    """Everything that a batch brings to the device, in one array: ids, positions, offsets, first tokens."""
    return np.concatenate([batch.ids, batch.positions, batch.offsets, batch.first])


def split(moved: torch.Tensor, tokens: int, sequences: int) -> tuple[Any, Any, Any, Any]:
    """The four parts of `flat`."""
    ids, positions, offsets, first = moved.split([tokens, tokens, sequences + 1, sequences])
    return ids, positions, offsets, first


class CaptureError(RuntimeError):
    """The pass can't be captured here; it can still be run."""


class Graphs:
    """Captured forward passes by size; each is captured when its size is first met.

    Args:
        forward: the pass, without host synchronisation.
        device: where it runs.
        capture: makes a replay of a run; `CudaCapture` on a card.
    """

    def __init__(self, forward: Forward, device: torch.device, capture: Callable[[Run], Run]) -> None:
        self._forward, self._device, self._capture = forward, device, capture
        self._captured: dict[Key, tuple[torch.Tensor, Run]] = {}

    def run(self, batch: Batch, key: Key) -> torch.Tensor:
        """The states of a batch, shape (sequences, …).

        Raises:
            CaptureError: the first pass of this size could not be captured.
        """
        tokens, longest = key
        host = torch.from_numpy(flat(batch.padded(tokens, MAX_SEQUENCES)))
        if self._device.type == "cuda":
            host = host.pin_memory()
        if key not in self._captured:
            inputs = host.to(self._device, copy=True)
            parts = split(inputs, tokens, MAX_SEQUENCES)
            self._captured[key] = inputs, self._replay(lambda: self._forward(*parts, longest))
        inputs, replay = self._captured[key]
        inputs.copy_(host, non_blocking=True)
        return replay()[: len(batch.rows)].clone()

    def _replay(self, run: Run) -> Run:
        try:
            return self._capture(run)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            raise CaptureError(type(error).__name__) from error

    def drop(self) -> None:
        """Forgets all graphs and the memory that they hold."""
        self._captured.clear()


class CudaCapture:
    """Captures on a stream and in a memory pool of its own; all replays of one device run one after another."""

    def __init__(self, device: torch.device) -> None:
        self._stream = torch.cuda.Stream(device)
        self._pool = torch.cuda.graph_pool_handle()

    def __call__(self, run: Run) -> Run:
        """A replay of the run; its result is overwritten by the next replay of any graph in the pool."""
        current = torch.cuda.current_stream(self._stream.device)
        self._stream.wait_stream(current)
        with torch.cuda.stream(self._stream):  # first runs choose kernels and make workspaces, which no capture may
            run()
            run()
        current.wait_stream(self._stream)
        graph = torch.cuda.CUDAGraph()
        try:
            # thread_local: other threads may use memory and cards meanwhile
            with (
                ONE_CAPTURE,
                torch.cuda.graph(graph, pool=self._pool, stream=self._stream, capture_error_mode="thread_local"),
            ):
                result = run()
        finally:
            torch.cuda.set_stream(current)  # a capture that fails leaves its own stream behind as the current one

        def replay() -> Any:
            graph.replay()
            return result

        return replay
