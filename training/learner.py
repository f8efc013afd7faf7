"""A network that learns: it computes in bfloat16, its weights are updated in float32.

Mixed precision with master weights: Micikevicius et al. 2018. The learning rate grows with the root of the groups a
step: Malladi et al. 2022.
"""

import json
from pathlib import Path
from typing import Any

import torch
from torch import nn

from training.cross_encoder import CrossEncoder

WARM_UP = 0.05
PEAK = {"encoder": 5e-5, "head": 5e-4}
"""Highest learning rates at USUAL_STEP groups a step; the new layers on top learn faster than the encoder."""
USUAL_STEP = 12


class Learner:
    """A network with its float32 weights and its optimiser (AdamW).

    Args:
        model: on the device where it learns.
        groups_a_step: the learning rates are made for so many.
    """

    def __init__(self, model: CrossEncoder, groups_a_step: int) -> None:
        self.model = model.train()
        self._masters = [weight.detach().clone() for weight in model.parameters()]
        model.encoder.to(torch.bfloat16)
        faster = (groups_a_step / USUAL_STEP) ** 0.5
        last = len(self._masters) - len([*model.dense.parameters(), *model.head.parameters()])
        parts = [
            {"params": self._masters[:last], "peak": PEAK["encoder"] * faster},
            {"params": self._masters[last:], "peak": PEAK["head"] * faster},
        ]
        self._optimiser = torch.optim.AdamW(parts, weight_decay=0.01, fused=self._masters[0].is_cuda)

    @property
    def layers(self) -> int:
        """How many the encoder has."""
        return len(self.model.encoder.encoder.layer)

    def update(self, done: float) -> None:
        """One step of the float32 weights by the gradients of the model, which then takes them over.

        Args:
            done: the share of the way that is behind; the rate rises over the first WARM_UP, then falls to 0.
        """
        for part in self._optimiser.param_groups:
            part["lr"] = part["peak"] * max(min(done / WARM_UP, 1) * (1 - done) / (1 - WARM_UP), 0.01)
        for weight, master in zip(self.model.parameters(), self._masters, strict=True):
            master.grad = weight.grad.float() if weight.grad is not None else None
            weight.grad = None
        nn.utils.clip_grad_norm_(self._masters, 1.0)
        self._optimiser.step()
        with torch.no_grad():
            torch._foreach_copy_([*self.model.parameters()], self._masters)

    def save(self, folder: Path, note: dict[str, Any]) -> None:
        """Float32 weights, and how they came about."""
        folder.mkdir(parents=True, exist_ok=True)
        names = [name for name, _ in self.model.named_parameters()]
        weights = {name: master.cpu() for name, master in zip(names, self._masters, strict=True)}
        torch.save(weights, folder / "weights.pt")
        (folder / "training.json").write_text(json.dumps({"layers": self.layers, **note}))
