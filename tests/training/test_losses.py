"""Losses by hand, and which negatives are learned from."""

import numpy as np
import pytest
import torch

from training.losses import HARDEST, NOTHING, OTHERS, PAIR_WEIGHT, group_loss, learned_from, soft_loss

LOGITS = [[2.0, 0.0, -1.0], [0.5, NOTHING, NOTHING]]
PROOFS = torch.tensor([1, 0])


def test_the_loss_of_groups_by_hand() -> None:
    answered = np.log(np.exp([2.0, 0.0, -1.0]).sum() + 1) - 2.0
    refused = np.log(np.exp(0.5) + 1)
    listwise = (answered + refused) / 2
    pairwise = np.log1p(np.exp([-2.0, 0.0, -1.0, 0.5])).mean()
    assert float(group_loss(torch.tensor(LOGITS), PROOFS)) == pytest.approx(listwise + PAIR_WEIGHT * pairwise)


def test_a_place_without_a_pair_has_no_gradient() -> None:
    logits = torch.tensor(LOGITS, requires_grad=True)
    group_loss(logits, PROOFS).backward()
    assert logits.grad is not None and logits.grad.isfinite().all()
    assert logits.grad[1].tolist()[1:] == [0, 0] and (logits.grad[0] != 0).all()


def test_a_student_that_scores_as_its_teacher_learns_nothing_from_it() -> None:
    logits = torch.tensor(LOGITS, requires_grad=True)
    soft_loss(logits, torch.tensor(LOGITS)).backward()
    assert logits.grad is not None and float(logits.grad.abs().max()) < 1e-6


def test_proofs_the_hardest_negatives_and_a_few_others_are_learned_from() -> None:
    torch.manual_seed(0)
    easy = HARDEST + OTHERS + 5
    logits = torch.cat([torch.tensor([-9.0, -9.0]), torch.arange(easy, 0, -1.0)])[None]
    kept = learned_from(logits, torch.tensor([2]))[0]
    assert kept[: 2 + HARDEST].all()
    assert int(kept.sum()) == 2 + HARDEST + OTHERS


def test_a_short_group_is_learned_from_whole_and_nothing_that_is_not_there() -> None:
    assert learned_from(torch.tensor(LOGITS), PROOFS).tolist() == [[True, True, True], [True, False, False]]
