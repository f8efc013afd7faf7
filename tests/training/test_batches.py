"""Groups in token ids, read in this process or ahead by others, and joined passages."""

import random
from itertools import islice
from pathlib import Path

import pytest
import torch

from emr_rerank.evidence.passage import split_passage
from training.batches import Batch, batches, encoded, group_files, joined
from training.cross_encoder import batch, load_tokenizer

GROUPS = [
    {"question": "肌酐多少", "positives": ["检验 | 肌酐108"], "negatives": ["尿素8", "钾4"]},
    {"question": "有过敏吗", "positives": [], "negatives": ["钠138"]},
]


def test_the_table_says_which_pairs_a_group_has(work: Path) -> None:
    tokens = load_tokenizer(work / "backbone")
    read = encoded(tokens, GROUPS)
    assert read.table.tolist() == [[0, 1, 2], [3, -1, -1]]
    assert read.proofs.tolist() == [1, 0]
    ids, mask = batch(tokens, [("有过敏吗", "钠138")])
    assert read.ids[3][read.mask[3] == 1].tolist() == ids[0][mask[0] == 1].tolist()


def same(left: Batch, right: Batch) -> bool:
    return torch.equal(left.ids, right.ids) and torch.equal(left.table, right.table)


def test_batches_depend_on_the_seed_and_not_on_who_reads(work: Path) -> None:
    here, ahead, other = ([*islice(batches(work, 4, seed, readers), 8)] for seed, readers in ((1, 0), (1, 2), (2, 0)))
    assert all(map(same, here, ahead))
    assert not all(map(same, here, other))


def test_held_out_groups_are_not_read(work: Path) -> None:
    (work / "groups.held.jsonl").write_text("{}\n")
    (work / "held.records.jsonl").write_text("{}\n")
    assert [file.name for file in group_files(work)] == ["groups.outside.jsonl", "groups.train.jsonl"]


def test_too_few_groups_are_named(work: Path) -> None:
    with pytest.raises(ValueError, match="24 groups, fewer than the 25 of one step"):
        batches(work, 25, 1)


def test_a_joined_passage_keeps_what_it_said_and_its_path() -> None:
    group = {"positives": ["入院记录 | 肌酐108"], "negatives": ["医嘱 | 尿素8。", "钾4", "钠138"]}
    made = [joined(group, random.Random(seed)) for seed in range(60)]
    longer = [each for each in made if each != group]
    assert longer and len(longer) < len(made)
    for each in longer:
        for before, after in zip(
            group["positives"] + group["negatives"], each["positives"] + each["negatives"], strict=True
        ):
            assert split_passage(after)[0] == split_passage(before)[0]
            assert split_passage(before)[1].rstrip("。") in after
        assert all("肌酐" not in text for text in each["negatives"])
