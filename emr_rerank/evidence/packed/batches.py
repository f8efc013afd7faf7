"""Sequences of token ids laid end to end, without padding, within a budget of tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, groupby, pairwise

import numpy as np
import numpy.typing as npt

from emr_rerank.evidence.packed.tokens import Ids

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Batch:
    """Some sequences, longest first.

    Attributes:
        rows: place of each sequence in the caller's list.
        ids: token ids, shape (tokens,).
        positions: index into the position embeddings, shape (tokens,).
        offsets: where each sequence starts, and where the last one ends; shape (sequences + 1,).
        pad: the id and position that fill up a padded batch.
    """

    rows: tuple[int, ...]
    ids: Ints
    positions: Ints
    offsets: Ints
    pad: int

    @property
    def tokens(self) -> int:
        """Tokens of all sequences."""
        return int(self.offsets[-1])

    @property
    def longest(self) -> int:
        """Tokens of the longest sequence."""
        return int(np.diff(self.offsets).max())

    @property
    def first(self) -> Ints:
        """Where the `<s>` of each sequence is; 0 for those that only fill up. Shape (sequences,)."""
        starts = self.offsets[:-1].copy()
        starts[np.diff(self.offsets) == 0] = 0
        return starts

    def uniform(self) -> list[tuple[int, int, int]]:
        """Stretches of sequences of one length: (first token, sequences, length)."""
        stretches, start = [], 0
        for length, group in groupby(int(length) for length in np.diff(self.offsets)):
            count = len(list(group))
            if length:
                stretches.append((start, count, length))
            start += count * length
        return stretches

    def parts(self, budget: int) -> "list[Batch]":
        """The same sequences in batches of at most so many tokens (one sequence may have more)."""
        if self.tokens <= budget or len(self.rows) == 1:
            return [self]
        return [self._part(low, high) for low, high in _ranges(np.diff(self.offsets).tolist(), budget)]

    def padded(self, tokens: int, sequences: int) -> "Batch":
        """As many tokens and sequences as said: empty sequences, and tokens that belong to none."""
        slack, more = tokens - self.tokens, sequences - len(self.rows)
        return Batch(
            self.rows,
            np.pad(self.ids, (0, slack), constant_values=self.pad),
            np.pad(self.positions, (0, slack), constant_values=self.pad),
            np.pad(self.offsets, (0, more), mode="edge"),
            self.pad,
        )

    def _part(self, low: int, high: int) -> "Batch":
        start, stop = int(self.offsets[low]), int(self.offsets[high])
        offsets = self.offsets[low : high + 1] - start
        return Batch(self.rows[low:high], self.ids[start:stop], self.positions[start:stop], offsets, self.pad)


def pack(sequences: Sequence[Ids], budget: int, pad: int) -> list[Batch]:
    """Batches of at most so many tokens (a longer sequence stands alone), longest sequences first.

    Args:
        sequences: none of them empty.
        budget: tokens of a batch.
        pad: the padding id, from which XLM-RoBERTa counts its positions.
    """
    if not sequences:
        return []
    rows = sorted(range(len(sequences)), key=lambda row: -len(sequences[row]))
    lengths = [len(sequences[row]) for row in rows]
    ids = np.fromiter(chain.from_iterable(sequences[row] for row in rows), dtype=np.int32, count=sum(lengths))
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return Batch(tuple(rows), ids, _positions(ids, offsets, pad), offsets, pad).parts(budget)


def _positions(ids: Ints, offsets: Ints, pad: int) -> Ints:
    """pad + 1, pad + 2, … in each sequence; a padding id inside a text stays at pad and is not counted, as in
    transformers' `create_position_ids_from_input_ids`."""
    counted = ids != pad
    running = np.concatenate([[0], np.cumsum(counted)])
    before = np.repeat(running[offsets[:-1]], np.diff(offsets))
    return np.where(counted, running[1:] - before + pad, pad).astype(np.int32)


def _ranges(lengths: Sequence[int], budget: int) -> list[tuple[int, int]]:
    """Half-open ranges of sequences whose lengths sum to at most the budget; at least one sequence each."""
    cuts, held = [0], 0
    for place, length in enumerate(lengths):
        if held and held + length > budget:
            cuts.append(place)
            held = 0
        held += length
    return list(pairwise([*cuts, len(lengths)]))
