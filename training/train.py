"""Trains the cross-encoder on the groups of `training.generate`, `training.outside` and `training.record_groups`.

    python -m training.train WORK [--layers 12] [--minutes 70] [--device cpu]     writes WORK/model/

The losses are in `training.losses`, what is read in `training.batches`. The schedule follows the clock, so that a
slower machine sees fewer groups and not a broken schedule; the seed is fixed. The encoder runs in bfloat16, its weights
are updated in float32 (mixed precision with master weights, Micikevicius et al. 2018); the learning rate grows with the
root of the groups a step (Malladi et al. 2022).

With --teacher, models trained before, the network begins as some of the first one's layers and learns from their mean
scores as well (distillation, Hinton et al. 2015): half of the loss has the teachers' shares and probabilities as
targets.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from training.batches import Batch, batches
from training.cross_encoder import CrossEncoder, load_trained
from training.losses import NOTHING, group_loss, learned_from, soft_loss
from training.packed import first_states, packed

WARM_UP = 0.05
PEAK = {"encoder": 5e-5, "head": 5e-4}
"""Highest learning rates at USUAL_STEP groups a step."""
USUAL_STEP = 12
CHUNK = {"cpu": 48, "cuda": 16384}
"""Pairs that go through the network together: on a CPU as many as its caches hold, of about one length."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--minutes", type=float, default=70)
    parser.add_argument("--groups-a-step", type=int, default=USUAL_STEP)
    parser.add_argument("--dropout", type=float, default=0.0, help="0 where each group is seen about once")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--readers", type=int, default=0, help="processes that read ahead, for a GPU")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--teacher", nargs="+", default=[])
    parser.add_argument("--start", help="a model of as many layers to go on from")
    parser.add_argument("--out", default="model")
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    train(arguments)


def train(arguments: argparse.Namespace) -> None:
    """Train until the clock ends; the model is saved at every tenth of the way."""
    work, device = arguments.work, arguments.device
    teachers = [load_trained(work, name).to(device, torch.bfloat16).eval() for name in arguments.teacher]
    model = begin(arguments).to(device).train()
    masters = [weight.detach().clone() for weight in model.parameters()]
    model.encoder.to(torch.bfloat16)
    optimiser = optimiser_of(model, masters, (arguments.groups_a_step / USUAL_STEP) ** 0.5)
    began, seen, step, saved = 0.0, 0, 0, 0
    told = ("minutes", "seed", "teacher", "start", "dropout", "groups_a_step")
    note = {"layers": len(model.encoder.encoder.layer), **{key: getattr(arguments, key) for key in told}}
    losses: list[torch.Tensor] = []
    for each in batches(work, arguments.groups_a_step, arguments.seed, arguments.readers):
        began = began or time.monotonic()  # the readers have begun
        done = (time.monotonic() - began) / (arguments.minutes * 60)
        if done >= 1:
            break
        rate = min(done / WARM_UP, 1) * (1 - done) / (1 - WARM_UP)
        for part in optimiser.param_groups:
            part["lr"] = part["peak"] * max(rate, 0.01)
        losses.append(gradients(model, each.to(device), teachers))
        update(model, masters, optimiser)
        seen, step = seen + len(each.table), step + 1
        if step % 50 == 0:
            print(f"{done:6.1%}  {seen} groups  loss {float(torch.stack(losses[-50:]).mean()):.4f}", flush=True)
        if int(done * 10) > saved:
            saved = int(done * 10)
            save(model, masters, work / arguments.out, {**note, "groups": seen})
    save(model, masters, work / arguments.out, {**note, "groups": seen})
    print(f"{seen} groups in {arguments.minutes} minutes")


def begin(arguments: argparse.Namespace) -> CrossEncoder:
    """The network before the first step."""
    if arguments.start:
        return load_trained(arguments.work, arguments.start, arguments.dropout)
    if arguments.teacher:
        return load_trained(arguments.work, arguments.teacher[0], arguments.dropout).shortened(arguments.layers)
    return CrossEncoder(arguments.work / "backbone", arguments.layers, arguments.dropout)


def optimiser_of(model: CrossEncoder, masters: list[torch.Tensor], faster: float) -> torch.optim.Optimizer:
    """AdamW over the float32 weights; the new layers on top learn faster than the encoder."""
    last = len(masters) - len([*model.dense.parameters(), *model.head.parameters()])
    parts = [
        {"params": masters[:last], "peak": PEAK["encoder"] * faster},
        {"params": masters[last:], "peak": PEAK["head"] * faster},
    ]
    return torch.optim.AdamW(parts, weight_decay=0.01, fused=masters[0].is_cuda)


def gradients(model: CrossEncoder, read: Batch, teachers: Sequence[CrossEncoder]) -> torch.Tensor:
    """The gradient of the loss of these groups, and the loss."""
    every = torch.arange(len(read.ids), device=read.ids.device)
    with torch.no_grad():
        first = matrix(scores(model, read, every), every, read)
    kept = replace(read, table=torch.where(learned_from(first, read.proofs), read.table, -1))
    rows = kept.table[kept.table >= 0]
    logits = matrix(scores(model, read, rows), rows, kept)
    loss = group_loss(logits, read.proofs)
    if teachers:
        with torch.no_grad():
            told = torch.stack([scores(each, read, rows) for each in teachers]).mean(0)
        loss = (loss + soft_loss(logits, matrix(told, rows, kept))) / 2
    loss.backward()
    return loss.detach()


def scores(model: CrossEncoder, read: Batch, rows: torch.Tensor) -> torch.Tensor:
    """Logits of these pairs, shape (rows,)."""
    order = read.mask[rows].sum(1).argsort(stable=True)
    parts = rows[order].split(CHUNK[rows.device.type])
    states = [first_states(model.encoder, packed(read.ids[part], read.mask[part])) for part in parts]
    return model.logits(torch.cat(states)[:, None]).float()[order.argsort()]


def matrix(logits: torch.Tensor, rows: torch.Tensor, read: Batch) -> torch.Tensor:
    """The logits of the pairs `rows` where the table has them, NOTHING elsewhere; shape of the table."""
    every = logits.new_full((len(read.ids) + 1,), NOTHING)
    return every.index_put((rows,), logits)[read.table]


def update(model: CrossEncoder, masters: list[torch.Tensor], optimiser: torch.optim.Optimizer) -> None:
    """One step of the float32 weights by the gradients of the model, which then takes them over."""
    for weight, master in zip(model.parameters(), masters, strict=True):
        master.grad = weight.grad.float() if weight.grad is not None else None
        weight.grad = None
    nn.utils.clip_grad_norm_(masters, 1.0)
    optimiser.step()
    with torch.no_grad():
        torch._foreach_copy_([*model.parameters()], masters)


def save(model: CrossEncoder, masters: list[torch.Tensor], folder: Path, note: dict[str, Any]) -> None:
    """Float32 weights and how they came about."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [name for name, _ in model.named_parameters()]
    torch.save({name: master.cpu() for name, master in zip(names, masters, strict=True)}, folder / "weights.pt")
    (folder / "training.json").write_text(json.dumps(note))


if __name__ == "__main__":
    main()
