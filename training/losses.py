"""What the cross-encoder is trained to make small.

Logits stand in a matrix of shape (groups, most), a row for each group, its proofs first; `NOTHING` where a row has no
more pairs. A softmax over the row (listwise, Cao et al. 2007) has 'none of these' (logit 0) as one more choice, the
right one where the group has no proof; and a binary cross-entropy counts every pair. So a record without an answer gets
low scores throughout. Of each group's negatives those count that the network itself scores highest just then, and a few
others (online hard example mining, Shrivastava et al. 2016).
"""

import torch
from torch import nn

PAIR_WEIGHT = 0.5
HARDEST, OTHERS = 7, 2
"""Negatives of a group that are learned from: those scored highest, and some by chance."""
NOTHING = -1e9
"""Logit of a pair that there is not: e to its power is 0, and it leaves no NaN in a gradient."""


def group_loss(logits: torch.Tensor, proofs: torch.Tensor) -> torch.Tensor:
    """Listwise loss of all groups, 'none of these' among the choices, plus the pairwise one.

    Args:
        logits: shape (groups, most).
        proofs: how many of each row are proofs, shape (groups,).
    """
    right = are_proofs(logits, proofs)
    best = torch.logsumexp(logits.masked_fill(~right, NOTHING), 1)
    lists = torch.logsumexp(_with_none(logits), 1) - torch.where(proofs > 0, best, 0.0)
    there = logits > NOTHING
    pairwise = nn.functional.binary_cross_entropy_with_logits(logits[there], right[there].to(logits.dtype))
    return lists.mean() + PAIR_WEIGHT * pairwise


def soft_loss(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The same two losses with a teacher's logits as the truth; 0 where they agree but for the teacher's own doubt."""
    lists = nn.functional.kl_div(
        _with_none(logits).log_softmax(1), _with_none(targets).log_softmax(1), reduction="batchmean", log_target=True
    )
    there = logits > NOTHING
    pairwise = nn.functional.binary_cross_entropy_with_logits(logits[there], targets[there].sigmoid())
    return lists + PAIR_WEIGHT * pairwise


def learned_from(logits: torch.Tensor, proofs: torch.Tensor) -> torch.Tensor:
    """Which pairs are learned from: the proofs, the negatives scored highest, some others; booleans as `logits`."""
    right, there = are_proofs(logits, proofs), logits > NOTHING
    scored = logits.masked_fill(right, NOTHING)
    hard = _highest(scored, HARDEST)
    drawn = torch.rand_like(logits).masked_fill(right | hard | ~there, NOTHING)
    return there & (right | hard | _highest(drawn, OTHERS))


def are_proofs(logits: torch.Tensor, proofs: torch.Tensor) -> torch.Tensor:
    """Which places of the matrix are proofs, booleans."""
    return torch.arange(logits.shape[1], device=logits.device) < proofs[:, None]


def _highest(values: torch.Tensor, count: int) -> torch.Tensor:
    places = values.topk(min(count, values.shape[1]), dim=1).indices
    return torch.zeros_like(values, dtype=torch.bool).scatter_(1, places, True)


def _with_none(logits: torch.Tensor) -> torch.Tensor:
    return torch.cat([logits, logits.new_zeros(len(logits), 1)], 1)
