"""Trains the cross-encoder on the groups of `training.generate`.

    python -m training.train WORK [--layers 12] [--minutes 100] [--device cpu]     writes WORK/model/

Loss: a softmax over each group (listwise, Cao et al. 2007) where it has a positive, and a binary cross-entropy on every
pair, so that a record without an answer gets low scores throughout. The schedule follows the clock, so that a slower
machine sees fewer groups and not a broken schedule; the seed is fixed. On a CPU with bfloat16 the products run in it.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn

from training.cross_encoder import CrossEncoder, batch, load_tokenizer

WARM_UP = 0.05
PAIR_WEIGHT = 0.5
PEAK = {"encoder": 5e-5, "head": 5e-4}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--minutes", type=float, default=100)
    parser.add_argument("--groups-a-step", type=int, default=12)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", default="model")
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    train(arguments)


def train(arguments: argparse.Namespace) -> None:
    """Train until the clock ends; the model is saved at every tenth of the way."""
    work, device = arguments.work, arguments.device
    model = CrossEncoder(work / "backbone", arguments.layers).to(device)
    tokens = load_tokenizer(work / "backbone")
    heads = [*model.dense.parameters(), *model.head.parameters()]
    optimiser = torch.optim.AdamW(
        [{"params": model.encoder.parameters(), "peak": PEAK["encoder"]}, {"params": heads, "peak": PEAK["head"]}],
        weight_decay=0.01,
    )
    began, seen, step, saved = time.monotonic(), 0, 0, 0
    losses: list[float] = []
    for groups in steps(work / "groups.train.jsonl", arguments.groups_a_step, arguments.seed):
        done = (time.monotonic() - began) / (arguments.minutes * 60)
        if done >= 1:
            break
        rate = min(done / WARM_UP, (1 - done) / (1 - WARM_UP)) if done < WARM_UP else (1 - done) / (1 - WARM_UP)
        for part in optimiser.param_groups:
            part["lr"] = part["peak"] * max(rate, 0.01)
        losses.append(one_step(model, tokens, optimiser, groups, device))
        seen, step = seen + len(groups), step + 1
        if step % 50 == 0:
            recent = sum(losses[-50:]) / len(losses[-50:])
            print(f"{done:6.1%}  {seen} groups  loss {recent:.4f}", flush=True)
        if int(done * 10) > saved:
            saved = int(done * 10)
            save(model, work / arguments.out, arguments, seen)
    save(model, work / arguments.out, arguments, seen)
    print(f"{seen} groups in {arguments.minutes} minutes")


def steps(file: Path, size: int, seed: int) -> Iterator[list[dict[str, Any]]]:
    """Batches of groups, shuffled anew each time round, without end."""
    every = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    chance = random.Random(seed)
    while True:
        chance.shuffle(every)
        for start in range(0, len(every) - size + 1, size):
            yield every[start : start + size]


def one_step(
    model: CrossEncoder, tokens: Any, optimiser: torch.optim.Optimizer, groups: list[dict[str, Any]], device: str
) -> float:
    """One update; the loss before it."""
    pairs = [(each["question"], text) for each in groups for text in (*each["positives"], *each["negatives"])]
    ids, mask = (tensor.to(device) for tensor in batch(tokens, pairs))
    with torch.autocast(device.partition(":")[0], torch.bfloat16):
        logits = model(ids, mask).float()
    loss = group_loss(logits, groups)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)
    return float(loss.detach())


def group_loss(logits: torch.Tensor, groups: list[dict[str, Any]]) -> torch.Tensor:
    """Listwise loss of the groups that have a positive, plus the pairwise one of all."""
    lists, labels, start = [], [], 0
    for each in groups:
        good, bad = len(each["positives"]), len(each["negatives"])
        own = logits[start : start + good + bad]
        if good:
            lists.append(torch.logsumexp(own, 0) - torch.logsumexp(own[:good], 0))
        labels += [1.0] * good + [0.0] * bad
        start += good + bad
    pairwise = nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor(labels, device=logits.device))
    return (torch.stack(lists).mean() if lists else 0.0) + PAIR_WEIGHT * pairwise


def save(model: CrossEncoder, folder: Path, arguments: argparse.Namespace, seen: int) -> None:
    """Weights and how they came about."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), folder / "weights.pt")
    note = {"layers": arguments.layers, "groups": seen, "minutes": arguments.minutes, "seed": arguments.seed}
    (folder / "training.json").write_text(json.dumps(note))


if __name__ == "__main__":
    main()
