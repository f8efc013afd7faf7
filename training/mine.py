"""Groups whose negatives the model itself takes for proofs.

    python -m training.mine WORK [--model model] [--groups 1000]     writes WORK/groups.mined.jsonl

Each group is drawn with four times as many sentences that do not answer; kept are those that the model scores highest
(hard negatives mined by the model, Xiong et al., ANCE, ICLR 2021).
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from training.cross_encoder import CrossEncoder, batch, load_tokenizer, load_trained
from training.generate import NEGATIVES, groups

DRAWN = 4 * NEGATIVES
SEED = 11
"""Other than that of the groups trained on first."""


def main() -> None:
    """Draw, score, keep the hardest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--model", default="model")
    parser.add_argument("--groups", type=int, default=1000)
    arguments = parser.parse_args()
    work = arguments.work
    model, tokens = load_trained(work, arguments.model).eval(), load_tokenizer(work / "backbone")
    model.encoder.to(torch.bfloat16)
    file, fooled = work / "groups.mined.jsonl", 0
    with file.open("w", encoding="utf-8") as out:
        for each in groups(arguments.groups, held=False, seed=SEED, others=DRAWN, most=DRAWN):
            logits = scored(model, tokens, each["question"], each["negatives"])
            order = sorted(range(len(logits)), key=lambda place: -logits[place])[:NEGATIVES]
            fooled += logits[order[0]] > 0
            out.write(json.dumps(_kept(each, order), ensure_ascii=False) + "\n")
    print(f"{file}: {arguments.groups} groups; in {fooled / arguments.groups:.1%} a negative scored above one half")


def _kept(group: dict[str, Any], order: Sequence[int]) -> dict[str, Any]:
    return {**group, "negatives": [group["negatives"][place] for place in order]}


def scored(model: CrossEncoder, tokens: Any, question: str, passages: Sequence[str]) -> list[float]:
    """Logits of the passages."""
    with torch.inference_mode():
        logits: list[float] = model(*batch(tokens, [(question, text) for text in passages])).tolist()
    return logits


if __name__ == "__main__":
    main()
