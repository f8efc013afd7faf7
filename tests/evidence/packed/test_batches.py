"""Packing: every sequence once, whole, in order of length, within the budget."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers.models.xlm_roberta.modeling_xlm_roberta import XLMRobertaEmbeddings

from emr_rerank.evidence.packed.batches import Batch, pack

PAD = 1
SEQUENCES = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=30), min_size=1, max_size=40)
FIVE = [[5, 6], [7], [5, 6, 7, 8], [9, 9], [3, 1, 3]]


def unpacked(batches: list[Batch]) -> dict[int, list[int]]:
    return {
        row: batch.ids[start:stop].tolist()
        for batch in batches
        for row, start, stop in zip(batch.rows, batch.offsets, batch.offsets[1:], strict=False)
    }


@given(sequences=SEQUENCES, budget=st.integers(1, 100))
def test_every_sequence_is_in_one_batch_within_the_budget(sequences: list[list[int]], budget: int) -> None:
    batches = pack(sequences, budget, PAD)
    assert unpacked(batches) == dict(enumerate(sequences))
    assert sum(len(batch.rows) for batch in batches) == len(sequences)
    assert all(batch.tokens <= budget or len(batch.rows) == 1 for batch in batches)
    lengths = [int(length) for batch in batches for length in np.diff(batch.offsets)]
    assert lengths == sorted(lengths, reverse=True)


@given(sequences=SEQUENCES)
def test_positions_are_those_of_transformers(sequences: list[list[int]]) -> None:
    [batch] = pack(sequences, 10_000, PAD)
    for row, start, stop in zip(batch.rows, batch.offsets, batch.offsets[1:], strict=False):
        ids = torch.tensor([sequences[row]])
        expected = XLMRobertaEmbeddings.create_position_ids_from_input_ids(ids, PAD)[0]
        assert batch.positions[start:stop].tolist() == expected.tolist()


@given(sequences=SEQUENCES)
def test_stretches_cover_each_token_once(sequences: list[list[int]]) -> None:
    [batch] = pack(sequences, 10_000, PAD)
    padded = batch.padded(batch.tokens + 7, len(batch.rows) + 3)
    covered = [token for start, count, length in padded.uniform() for token in range(start, start + count * length)]
    assert covered == list(range(batch.tokens))


def test_a_batch_in_full() -> None:
    first, second = pack(FIVE, 7, PAD)
    assert first.rows == (2, 4) and second.rows == (0, 3, 1)
    assert first.ids.tolist() == [5, 6, 7, 8, 3, 1, 3]
    assert first.positions.tolist() == [2, 3, 4, 5, 2, 1, 3]
    assert first.offsets.tolist() == [0, 4, 7] and first.first.tolist() == [0, 4] and first.longest == 4
    assert second.offsets.tolist() == [0, 2, 4, 5] and second.uniform() == [(0, 2, 2), (4, 1, 1)]


def test_padded_adds_empty_sequences_and_tokens_outside_any() -> None:
    padded = pack(FIVE, 7, PAD)[1].padded(8, 5)
    assert padded.ids.tolist() == [5, 6, 9, 9, 7, 1, 1, 1] and padded.positions.tolist() == [2, 3, 2, 3, 2, 1, 1, 1]
    assert padded.offsets.tolist() == [0, 2, 4, 5, 5, 5] and padded.first.tolist() == [0, 2, 4, 0, 0]
    assert padded.tokens == 5 and padded.longest == 2


@pytest.mark.parametrize(("budget", "rows"), [(100, [(2, 4, 0, 3, 1)]), (6, [(2,), (4, 0), (3, 1)])])
def test_a_batch_in_parts(budget: int, rows: list[tuple[int, ...]]) -> None:
    [batch] = pack(FIVE, 100, PAD)
    parts = batch.parts(budget)
    assert [part.rows for part in parts] == rows
    assert unpacked(parts) == dict(enumerate(FIVE))


def test_nothing_to_pack() -> None:
    assert pack([], 10, PAD) == []
