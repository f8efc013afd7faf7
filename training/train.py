"""Trains the cross-encoder on the groups of `training.generate`, `training.outside` and `training.record_groups`.

    python -m training.train WORK [--layers 12] [--minutes 70] [--device cpu]     writes WORK/model/

The losses are in `training.losses`, what is read in `training.batches`, how weights are updated in `training.learner`.
The schedule follows the clock, so that a slower machine sees fewer groups and not a broken schedule; the seed is fixed.

With --teacher, models trained before, the network begins as some of the first one's layers and learns from their mean
scores as well (distillation, Hinton et al. 2015): half of the loss has the teachers' shares and probabilities as
targets. With --beside, a shorter network learns so from the scores of the one that is trained, on the same pairs in the
same steps (Zhang et al. 2018, in one direction); it goes to WORK/model-LAYERS/.
"""

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from training.batches import Batch, batches
from training.cross_encoder import KEPT, CrossEncoder, load_trained
from training.learner import USUAL_STEP, Learner
from training.losses import NOTHING, group_loss, learned_from, soft_loss
from training.packed import first_states, packed

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
    parser.add_argument("--beside", type=int, choices=sorted(KEPT)[:-1], help="layers of a network that learns from it")
    parser.add_argument("--out", default="model")
    arguments = parser.parse_args()
    if arguments.beside and arguments.layers != len(KEPT[12]):
        parser.error("--beside takes its layers from twelve: leave --layers 12")
    torch.manual_seed(arguments.seed)
    train(arguments)


def train(arguments: argparse.Namespace) -> None:
    """Train until the clock ends; what has been learned is saved at every tenth of the way."""
    work, device, size = arguments.work, arguments.device, arguments.groups_a_step
    teachers = [load_trained(work, name).to(device, torch.bfloat16).eval() for name in arguments.teacher]
    learners = {arguments.out: Learner(begin(arguments).to(device), size)}
    if arguments.beside:
        shorter = begin(arguments).shortened(arguments.beside).to(device)
        learners[f"{arguments.out}-{arguments.beside}"] = Learner(shorter, size)
    began, seen, step, saved = 0.0, 0, 0, 0
    told = ("minutes", "seed", "teacher", "start", "dropout", "groups_a_step")
    note = {key: getattr(arguments, key) for key in told}
    losses: list[torch.Tensor] = []
    for each in batches(work, size, arguments.seed, arguments.readers):
        began = began or time.monotonic()  # the readers have begun
        done = (time.monotonic() - began) / (arguments.minutes * 60)
        if done >= 1:
            break
        losses.append(learn([*learners.values()], each.to(device), teachers, done))
        seen, step = seen + len(each.table), step + 1
        if step % 50 == 0:
            shown = ", ".join(f"{loss:.4f}" for loss in torch.stack(losses[-50:]).mean(0).tolist())
            print(f"{done:6.1%}  {seen} groups  loss {shown}", flush=True)
        if int(done * 10) > saved:
            saved = int(done * 10)
            save(learners, work, {**note, "groups": seen})
    save(learners, work, {**note, "groups": seen})
    print(f"{seen} groups in {arguments.minutes} minutes")


def save(learners: Mapping[str, Learner], work: Path, note: dict[str, Any]) -> None:
    """Each learner to the folder of its name, with how it came about."""
    for name, learner in learners.items():
        learner.save(work / name, note)


def begin(arguments: argparse.Namespace) -> CrossEncoder:
    """The network before the first step."""
    if arguments.start:
        return load_trained(arguments.work, arguments.start, arguments.dropout)
    if arguments.teacher:
        return load_trained(arguments.work, arguments.teacher[0], arguments.dropout).shortened(arguments.layers)
    return CrossEncoder(arguments.work / "backbone", arguments.layers, arguments.dropout)


def learn(learners: Sequence[Learner], read: Batch, teachers: Sequence[CrossEncoder], done: float) -> torch.Tensor:
    """One step of the first learner on these groups, and of the others by its scores; their losses."""
    first, *others = learners
    every = torch.arange(len(read.ids), device=read.ids.device)
    with torch.no_grad():
        now = matrix(scores(first.model, read, every), every, read)
    kept = replace(read, table=torch.where(learned_from(now, read.proofs), read.table, -1))
    rows = kept.table[kept.table >= 0]
    told = None
    if teachers:
        with torch.no_grad():
            told = torch.stack([scores(each, read, rows) for each in teachers]).mean(0)
    logits, loss = gradients(first.model, kept, rows, told)
    losses = [loss, *(gradients(other.model, kept, rows, logits)[1] for other in others)]
    for learner in learners:
        learner.update(done)
    return torch.stack(losses)


def gradients(
    model: CrossEncoder, read: Batch, rows: torch.Tensor, told: torch.Tensor | None
) -> tuple[torch.Tensor, torch.Tensor]:
    """The gradient of the loss of these pairs, half of it that of a teacher's logits if `told`; logits and loss."""
    logits = scores(model, read, rows)
    placed = matrix(logits, rows, read)
    loss = group_loss(placed, read.proofs)
    if told is not None:
        loss = (loss + soft_loss(placed, matrix(told, rows, read))) / 2
    loss.backward()
    return logits.detach(), loss.detach()


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


if __name__ == "__main__":
    main()
