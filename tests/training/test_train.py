"""Losses by hand, joined passages, and a whole small run: teacher, student, 8 bits."""

import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from emr_rerank.evidence.compact.network import RUNTIMES, Network
from emr_rerank.evidence.passage import split_passage
from training.cross_encoder import KEPT, CrossEncoder, batch, load_tokenizer, load_trained
from training.train import HARDEST, OTHERS, PAIR_WEIGHT, group_loss, joined, scores, soft_loss, with_hardest

GROUPS = [{"positives": ["p"], "negatives": ["n", "n"]}, {"positives": [], "negatives": ["n"]}]


def test_the_loss_of_groups_by_hand() -> None:
    logits = torch.tensor([2.0, 0.0, -1.0, 0.5])
    answered = np.log(np.exp([2.0, 0.0, -1.0]).sum() + 1) - 2.0
    refused = np.log(np.exp(0.5) + 1)
    listwise = (answered + refused) / 2
    pairwise = np.log1p(np.exp([-2.0, 0.0, -1.0, 0.5])).mean()
    assert float(group_loss(logits, GROUPS)) == pytest.approx(listwise + PAIR_WEIGHT * pairwise)


def test_the_negatives_scored_highest_are_learned_from(work: Path) -> None:
    model, tokens = CrossEncoder(work / "backbone", 6).eval(), load_tokenizer(work / "backbone")
    negatives = [f"医嘱 | 尿素{number}" for number in range(HARDEST + OTHERS + 5)]
    groups = [{"question": "肌酐多少", "positives": ["检验 | 肌酐108"], "negatives": negatives}]
    with torch.no_grad():
        own = model(*batch(tokens, [("肌酐多少", text) for text in negatives])).tolist()
    (kept,) = with_hardest(model, tokens, groups, "cpu", random.Random(1))
    hardest = {text for _, text in sorted(zip(own, negatives, strict=True), reverse=True)[:HARDEST]}
    assert kept["positives"] == groups[0]["positives"]
    assert hardest < set(kept["negatives"]) < set(negatives)
    assert len(kept["negatives"]) == HARDEST + OTHERS


def test_a_student_that_scores_as_its_teacher_learns_nothing_from_it() -> None:
    targets = torch.tensor([2.0, 0.0, -1.0, 0.5])
    logits = targets.clone().requires_grad_()
    soft_loss(logits, targets, GROUPS).backward()
    assert logits.grad is not None and float(logits.grad.abs().max()) < 1e-6


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


def run(*arguments: str | Path) -> str:
    done = subprocess.run([sys.executable, "-m", *map(str, arguments)], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.slow
def test_a_teacher_its_student_and_the_file_that_is_shipped(work: Path) -> None:
    small = ("--minutes", "0.05", "--groups-a-step", "4")
    run("training.train", work, "--layers", "12", *small, "--out", "teacher")
    assert "groups in" in run("training.train", work, "--layers", "6", "--teacher", "teacher", *small)
    note = json.loads((work / "model" / "training.json").read_text())
    assert note["layers"] == len(KEPT[6]) and note["groups"] > 0
    run("training.export", work, "reranker", "--out", work / "shipped")
    model, tokens = load_trained(work, "model").eval(), load_tokenizer(work / "backbone")
    pairs = [("肌酐是多少", "a | 肌酐 108"), ("有过敏吗", "b | 青霉素过敏史"), ("尿素高吗", "钾 4")]
    with torch.no_grad():
        exact = scores(model, [batch(tokens, pairs)], "cpu").numpy()
    tokens.no_padding()
    ids = [each.ids for each in tokens.encode_batch(pairs)]
    for name in RUNTIMES:
        assert np.abs(Network(work / "shipped" / "reranker.onnx", name).run(ids) - exact).max() < 0.25
