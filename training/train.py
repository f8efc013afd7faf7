"""Trains the cross-encoder on the groups of `training.generate`.

    python -m training.train WORK [--layers 6] [--minutes 70] [--device cpu]     writes WORK/model/

Loss: a softmax over each group (listwise, Cao et al. 2007) with 'none of these' (logit 0) as one more choice, the
right one where the group has no positive; and a binary cross-entropy on every pair. So a record without an answer gets
low scores throughout. Of each group's negatives those count that the network itself scores highest just then, and a
few others (online hard example mining, Shrivastava et al. 2016). The schedule follows the clock, so that a slower
machine sees fewer groups and not a broken schedule; the seed is fixed. The encoder runs in bfloat16, its weights are
updated in float32 (mixed precision with master weights, Micikevicius et al. 2018).

With --teacher, a model of twelve layers trained before, the network begins as some of its layers and learns from its
scores as well (distillation, Hinton et al. 2015): half of the loss has the teacher's shares and probabilities as
targets.

Real notes say several things in one sentence, the bank one. So in some groups a passage is joined with another of the
group's negatives: what proves the answer still does, what does not still does not.
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

from emr_rerank.evidence.passage import TEXT_MARK, split_passage
from training.cross_encoder import CrossEncoder, batch, load_tokenizer, load_trained

WARM_UP = 0.05
PAIR_WEIGHT = 0.5
PEAK = {"encoder": 5e-5, "head": 5e-4}
JOINED_GROUPS, JOINED_PASSAGES = 0.35, 0.5
HARDEST, OTHERS = 7, 2
"""Negatives of a group that are learned from: those scored highest, and some by chance."""
CHUNK = 48
"""Pairs of about one length that go through the network together, so that little of it is padding."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--minutes", type=float, default=70)
    parser.add_argument("--groups-a-step", type=int, default=12)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--teacher")
    parser.add_argument("--start", help="a model of as many layers to go on from")
    parser.add_argument("--out", default="model")
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    train(arguments)


def train(arguments: argparse.Namespace) -> None:
    """Train until the clock ends; the model is saved at every tenth of the way."""
    work, device = arguments.work, arguments.device
    teacher = load_trained(work, arguments.teacher).to(device, torch.bfloat16).eval() if arguments.teacher else None
    model = begin(arguments).to(device)
    tokens = load_tokenizer(work / "backbone")
    masters = [weight.detach().clone() for weight in model.parameters()]
    model.encoder.to(torch.bfloat16)
    last = len(masters) - len([*model.dense.parameters(), *model.head.parameters()])
    optimiser = torch.optim.AdamW(
        [{"params": masters[:last], "peak": PEAK["encoder"]}, {"params": masters[last:], "peak": PEAK["head"]}],
        weight_decay=0.01,
    )
    began, seen, step, saved = time.monotonic(), 0, 0, 0
    note = {key: getattr(arguments, key) for key in ("layers", "minutes", "seed", "teacher", "start")}
    losses: list[float] = []
    chance = random.Random(arguments.seed)
    files = [file for file in sorted(work.glob("groups.*.jsonl")) if file.name != "groups.held.jsonl"]
    for groups in steps(files, arguments.groups_a_step, arguments.seed):
        done = (time.monotonic() - began) / (arguments.minutes * 60)
        if done >= 1:
            break
        rate = min(done / WARM_UP, (1 - done) / (1 - WARM_UP)) if done < WARM_UP else (1 - done) / (1 - WARM_UP)
        for part in optimiser.param_groups:
            part["lr"] = part["peak"] * max(rate, 0.01)
        losses.append(gradients(model, tokens, groups, device, teacher, chance))
        update(model, masters, optimiser)
        seen, step = seen + len(groups), step + 1
        if step % 50 == 0:
            recent = sum(losses[-50:]) / len(losses[-50:])
            print(f"{done:6.1%}  {seen} groups  loss {recent:.4f}", flush=True)
        if int(done * 10) > saved:
            saved = int(done * 10)
            save(model, masters, work / arguments.out, {**note, "groups": seen})
    save(model, masters, work / arguments.out, {**note, "groups": seen})
    print(f"{seen} groups in {arguments.minutes} minutes")


def begin(arguments: argparse.Namespace) -> CrossEncoder:
    """The network before the first step."""
    if arguments.start:
        return load_trained(arguments.work, arguments.start)
    if arguments.teacher:
        return load_trained(arguments.work, arguments.teacher).shortened(arguments.layers)
    return CrossEncoder(arguments.work / "backbone", arguments.layers)


def steps(files: list[Path], size: int, seed: int) -> Iterator[list[dict[str, Any]]]:
    """Batches of groups, shuffled anew each time round, without end."""
    every = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    chance = random.Random(seed)
    while True:
        chance.shuffle(every)
        for start in range(0, len(every) - size + 1, size):
            yield [joined(each, chance) for each in every[start : start + size]]


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


def gradients(
    model: CrossEncoder,
    tokens: Any,
    groups: list[dict[str, Any]],
    device: str,
    teacher: CrossEncoder | None,
    chance: random.Random,
) -> float:
    """The gradient of the loss of these groups, and the loss."""
    if teacher is None:
        groups = with_hardest(model, tokens, groups, device, chance)
    pairs = pairs_of(groups)
    chunks, back = chunked(tokens, pairs, device)
    logits = scores(model, chunks, device)[back]
    loss = group_loss(logits, groups)
    if teacher is not None:
        with torch.no_grad():
            targets = scores(teacher, chunks, device)[back]
        loss = (loss + soft_loss(logits, targets, groups)) / 2
    loss.backward()
    return float(loss.detach())


def with_hardest(
    model: CrossEncoder, tokens: Any, groups: list[dict[str, Any]], device: str, chance: random.Random
) -> list[dict[str, Any]]:
    """The groups with the negatives that the network scores highest, and a few others."""
    chunks, back = chunked(tokens, pairs_of(groups), device)
    with torch.no_grad():
        logits = scores(model, chunks, device)[back].tolist()
    kept, start = [], 0
    for each in groups:
        start += len(each["positives"])
        own = logits[start : start + len(each["negatives"])]
        start += len(own)
        order = sorted(range(len(own)), key=lambda place: -own[place])
        places = order[:HARDEST] + chance.sample(order[HARDEST:], min(OTHERS, len(order[HARDEST:])))
        kept.append({**each, "negatives": [each["negatives"][place] for place in places]})
    return kept


def pairs_of(groups: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Question and passage of every pair, group by group, positives first."""
    return [(each["question"], text) for each in groups for text in (*each["positives"], *each["negatives"])]


def chunked(
    tokens: Any, pairs: list[tuple[str, str]], device: str
) -> tuple[list[tuple[torch.Tensor, torch.Tensor]], torch.Tensor]:
    """The pairs in chunks of about one length, and where each pair's logit then is."""
    order = sorted(range(len(pairs)), key=lambda place: len(pairs[place][0]) + len(pairs[place][1]))
    chunks = [
        batch(tokens, [pairs[place] for place in order[start : start + CHUNK]]) for start in range(0, len(order), CHUNK)
    ]
    return chunks, torch.tensor(order, device=device).argsort()


def scores(model: CrossEncoder, chunks: list[tuple[torch.Tensor, torch.Tensor]], device: str) -> torch.Tensor:
    """Logits of all pairs of the chunks in their order, shape (pairs,)."""
    # one look-up for all: each would make a gradient as large as the whole vocabulary
    words = model.encoder.embeddings.word_embeddings(torch.cat([ids.flatten() for ids, _ in chunks]).to(device))
    logits = []
    for (ids, mask), own in zip(chunks, words.split([ids.numel() for ids, _ in chunks]), strict=True):
        states = model.encoder(inputs_embeds=own.view(*ids.shape, -1), attention_mask=mask.to(device))
        logits.append(model.logits(states.last_hidden_state).float())
    return torch.cat(logits)


def update(model: CrossEncoder, masters: list[torch.Tensor], optimiser: torch.optim.Optimizer) -> None:
    """One step of the float32 weights by the gradients of the model, which then takes them over."""
    for weight, master in zip(model.parameters(), masters, strict=True):
        master.grad = weight.grad.float() if weight.grad is not None else None
        weight.grad = None
    nn.utils.clip_grad_norm_(masters, 1.0)
    optimiser.step()
    with torch.no_grad():
        for weight, master in zip(model.parameters(), masters, strict=True):
            weight.copy_(master)


def group_loss(logits: torch.Tensor, groups: list[dict[str, Any]]) -> torch.Tensor:
    """Listwise loss of all groups, 'none of these' among the choices, plus the pairwise one."""
    lists, labels, start = [], [], 0
    none = logits.new_zeros(1)
    for each in groups:
        good, bad = len(each["positives"]), len(each["negatives"])
        own = logits[start : start + good + bad]
        right = torch.logsumexp(own[:good], 0) if good else none[0]
        lists.append(torch.logsumexp(torch.cat([own, none]), 0) - right)
        labels += [1.0] * good + [0.0] * bad
        start += good + bad
    pairwise = nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor(labels, device=logits.device))
    return torch.stack(lists).mean() + PAIR_WEIGHT * pairwise


def soft_loss(logits: torch.Tensor, targets: torch.Tensor, groups: list[dict[str, Any]]) -> torch.Tensor:
    """The same two losses with a teacher's logits as the truth; 0 where they agree but for the teacher's own doubt."""
    sizes = [len(each["positives"]) + len(each["negatives"]) for each in groups]
    lists = [
        nn.functional.kl_div(own.log_softmax(0), theirs.softmax(0), reduction="sum")
        for own, theirs in zip(logits.split(sizes), targets.split(sizes), strict=True)
    ]
    pairwise = nn.functional.binary_cross_entropy_with_logits(logits, targets.sigmoid())
    return torch.stack(lists).mean() + PAIR_WEIGHT * pairwise


def save(model: CrossEncoder, masters: list[torch.Tensor], folder: Path, note: dict[str, Any]) -> None:
    """Float32 weights and how they came about."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [name for name, _ in model.named_parameters()]
    torch.save(dict(zip(names, masters, strict=True)), folder / "weights.pt")
    (folder / "training.json").write_text(json.dumps(note))


if __name__ == "__main__":
    main()
