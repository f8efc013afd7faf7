"""One copy of the model on one device: moves batches there, runs them, and halves its budget once out of memory."""

import logging
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import torch

from emr_rerank.evidence.packed.attention import has_varlen, uniform_attention, varlen_attention, varlen_works
from emr_rerank.evidence.packed.batches import Batch
from emr_rerank.evidence.packed.graphs import CaptureError, CudaCapture, Graphs, flat, graph_key, split
from emr_rerank.evidence.packed.model import PackedEncoder

Head = Callable[[Any], Any]
_LOG = logging.getLogger(__name__)


class Replica:
    """Runs batches through encoder and head.

    Args:
        encoder: the encoder on its device.
        head: from first states, shape (sequences, hidden size), to results, shape (sequences, …).
        budget: tokens of a batch.
    """

    def __init__(self, encoder: PackedEncoder, head: Head, budget: int) -> None:
        self.encoder, self.head, self.budget = encoder, head, budget
        self.device = encoder.device
        self.halved = False
        head_size = encoder.hidden // encoder.heads
        self.varlen = has_varlen(self.device, encoder.dtype, head_size) and varlen_works(
            self.device, encoder.dtype, encoder.heads, head_size
        )
        self._graphs = Graphs(self._forward, self.device, CudaCapture(self.device)) if self.varlen else None

    def run(self, batch: Batch) -> torch.Tensor:
        """Results of a batch on the device, shape (sequences, …), in the batch's order; CUDA goes on computing them.

        Raises:
            torch.OutOfMemoryError: even half of the budget is too much.
        """
        with torch.inference_mode(), torch.cuda.device(self.device) if self.device.type == "cuda" else nullcontext():
            try:
                return self._parts(batch)
            except RuntimeError as error:
                if self.halved or not _out_of_memory(error):
                    raise
            # outside the except clause, where the failed pass's tensors are no longer held by its traceback
            self._halve()
            return self._parts(batch)

    def move(self, batch: Batch) -> tuple[Any, Any, Any, Any]:
        """Ids, positions, offsets and first tokens on the device, in one copy that the host does not wait for."""
        host = torch.from_numpy(flat(batch))
        if self.device.type == "cuda":
            host = host.pin_memory().to(self.device, non_blocking=True)
        return split(host, len(batch.ids), len(batch.offsets) - 1)

    def compute(self, batch: Batch, moved: Sequence[Any]) -> torch.Tensor:
        """Results of a batch that was moved, without a graph."""
        ids, positions, offsets, first = moved
        if self.varlen:
            return self._forward(ids, positions, offsets, first, batch.longest)
        attend = uniform_attention(batch, self.encoder.heads)
        return self.head(self.encoder.first_states(ids, positions, first, attend))

    def _parts(self, batch: Batch) -> torch.Tensor:
        done = [self._one(part) for part in batch.parts(self.budget)]
        return done[0] if len(done) == 1 else torch.cat(done)

    def _one(self, batch: Batch) -> torch.Tensor:
        key = graph_key(batch) if self._graphs is not None else None
        if self._graphs is not None and key is not None:
            try:
                return self._graphs.run(batch, key)
            except CaptureError:
                self._graphs = None
                _LOG.warning("CUDA graphs do not work on %s: short batches run without them, slower.", self.device)
        return self.compute(batch, self.move(batch))

    def _forward(self, ids: Any, positions: Any, offsets: Any, first: Any, longest: int) -> torch.Tensor:
        attend = varlen_attention(offsets, longest, self.encoder.heads)
        return self.head(self.encoder.first_states(ids, positions, first, attend))

    def _halve(self) -> None:
        self.halved, self.budget = True, self.budget // 2
        if self._graphs is not None:
            self._graphs.drop()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        _LOG.warning("Out of memory on %s: batches of %d tokens from now on.", self.device, self.budget)


def _out_of_memory(error: RuntimeError) -> bool:
    """CUDA has a kind of error of its own for it; the CPU allocator only a message."""
    return isinstance(error, torch.OutOfMemoryError) or "DefaultCPUAllocator" in str(error)
