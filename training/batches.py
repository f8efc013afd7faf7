"""Groups as the network reads them: shuffled, some with joined passages, in token ids, read ahead by other processes.

Real notes say several things in one sentence, the bank one. So in some groups a passage is joined with another of the
group's negatives: what proves the answer still does, what does not still does not.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from emr_rerank.evidence.passage import TEXT_MARK, split_passage
from training.cross_encoder import batch, load_tokenizer

JOINED_GROUPS, JOINED_PASSAGES = 0.35, 0.5


@dataclass(frozen=True)
class Batch:
    """Pairs of some groups.

    Attributes:
        ids: shape (pairs, tokens), padded.
        mask: 1 where there is a token, shape (pairs, tokens).
        table: which pairs a group has, its proofs first, shape (groups, most); -1 where it has no more.
        proofs: how many of a group's pairs are proofs, shape (groups,).
    """

    ids: torch.Tensor
    mask: torch.Tensor
    table: torch.Tensor
    proofs: torch.Tensor

    def to(self, device: str) -> "Batch":
        """The same on another device."""
        return Batch(*(each.to(device, non_blocking=True) for each in (self.ids, self.mask, self.table, self.proofs)))


def group_files(work: Path) -> list[Path]:
    """The files of groups that are trained on."""
    return [file for file in sorted(work.glob("groups.*.jsonl")) if file.name != "groups.held.jsonl"]


def batches(work: Path, size: int, seed: int, workers: int = 0) -> Iterator[Batch]:
    """Batches of `size` groups of WORK/groups.*.jsonl, shuffled anew each time round, without end.

    Args:
        workers: processes that read ahead; 0 reads in this one. The batches are the same.
    """
    return iter(DataLoader(_Shuffled(work, size, seed), batch_size=None, num_workers=workers))


class _Shuffled(IterableDataset[Batch]):
    def __init__(self, work: Path, size: int, seed: int) -> None:
        self._groups = [line for file in group_files(work) for line in file.read_bytes().splitlines()]
        self._tokenizer, self._size, self._seed = work / "backbone", size, seed
        if len(self._groups) < size:
            raise ValueError(f"{work} has {len(self._groups)} groups, fewer than the {size} of one step")

    def __iter__(self) -> Iterator[Batch]:
        tokens, reader = load_tokenizer(self._tokenizer), get_worker_info()
        own, all_readers = (reader.id, reader.num_workers) if reader else (0, 1)
        order, number = list(range(len(self._groups))), 0
        shuffling = random.Random(self._seed)
        while True:
            shuffling.shuffle(order)
            for start in range(0, len(order) - self._size + 1, self._size):
                if number % all_readers == own:
                    chance = random.Random(f"{self._seed} {number}")
                    groups = [json.loads(self._groups[place]) for place in order[start : start + self._size]]
                    yield encoded(tokens, [joined(each, chance) for each in groups])
                number += 1


def encoded(tokens: Any, groups: Sequence[dict[str, Any]]) -> Batch:
    """The groups in token ids."""
    ids, mask = batch(tokens, [(each["question"], text) for each in groups for text in _passages(each)])
    sizes = [len(_passages(each)) for each in groups]
    table = torch.full((len(groups), max(sizes)), -1)
    start = 0
    for row, size in zip(table, sizes, strict=True):
        row[:size] = torch.arange(start, start + size)
        start += size
    return Batch(ids, mask, table, torch.tensor([len(each["positives"]) for each in groups]))


def _passages(group: dict[str, Any]) -> list[str]:
    return [*group["positives"], *group["negatives"]]


def joined(group: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The group, in some cases with passages that say one thing more, which does not answer the question."""
    fillers = [split_passage(text)[1] for text in group["negatives"]]
    if chance.random() >= JOINED_GROUPS or len(fillers) < 2:
        return group

    def longer(passage: str) -> str:
        path, text = split_passage(passage)
        filler = chance.choice(fillers)
        if chance.random() >= JOINED_PASSAGES or filler == text:
            return passage
        first, second = (text, filler) if chance.random() < 0.5 else (filler, text)
        return (
            (f"{path}{TEXT_MARK}" if path else "") + first.rstrip("。.；;") + chance.choice(("，", "；", " ")) + second
        )

    return {**group, "positives": [*map(longer, group["positives"])], "negatives": [*map(longer, group["negatives"])]}
