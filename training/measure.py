"""How good a trained model is on questions that it was not trained on.

    python -m training.measure WORK [--model model]     over WORK/held.*.jsonl

Prints, for each file and language of the questions: how often the best of all sentences, or one of the best three, is a
proof (Hit@1, Hit@3); how often a question with an answer has a higher best logit than one without (AUC); and the best
F1 of refusal at any threshold. The network alone, without the rules.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from training.batches import encoded
from training.cross_encoder import CrossEncoder, load_tokenizer, load_trained
from training.train import matrix, scores

GROUPS = 64


@dataclass(frozen=True)
class Ranked:
    """A question's best logit, and the place (from 0) of its first proof; None where it has no proof."""

    language: str
    best: float
    place: int | None


def main() -> None:
    """Score every file, print a line for each language."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--model", default="model")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    work, device = arguments.work, arguments.device
    model, tokens = load_trained(work, arguments.model).to(device).eval(), load_tokenizer(work / "backbone")
    for file in sorted(work.glob("held.*.jsonl")):
        groups = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        questions = [*ranked(model, tokens, groups, device)]
        for language in ("zh", "en"):
            if own := [each for each in questions if each.language == language]:
                print(f"{arguments.model} {file.stem} {language}: {summary(own)}", flush=True)


def ranked(model: CrossEncoder, tokens: Any, groups: Sequence[dict[str, Any]], device: str) -> Iterator[Ranked]:
    """What the model makes of each question."""
    for start in range(0, len(groups), GROUPS):
        read = encoded(tokens, groups[start : start + GROUPS]).to(device)
        rows = torch.arange(len(read.ids), device=device)
        with torch.no_grad():
            logits = matrix(scores(model, read, rows), rows, read).cpu()
        for own, proofs, group in zip(logits, read.proofs.tolist(), groups[start : start + GROUPS], strict=True):
            place = int((own > own[:proofs].max()).sum()) if proofs else None
            yield Ranked("en" if group["question"].isascii() else "zh", float(own.max()), place)


def summary(questions: Sequence[Ranked]) -> str:
    """The figures of some questions, in a line."""
    places = [each.place for each in questions if each.place is not None]
    answered = [each.best for each in questions if each.place is not None]
    empty = [each.best for each in questions if each.place is None]
    parts = [f"{len(places)} with an answer, {len(empty)} without"]
    if places:
        parts += [f"Hit@{most} {sum(place < most for place in places) / len(places):.3f}" for most in (1, 3)]
    if answered and empty:
        higher = sum((a > e) + (a == e) / 2 for a in answered for e in empty) / len(answered) / len(empty)
        parts += [f"AUC {higher:.3f}", f"best refusal F1 {best_f1(answered, empty):.3f}"]
    return ", ".join(parts)


def best_f1(answered: Sequence[float], empty: Sequence[float]) -> float:
    """F1 of refusing all questions whose best logit is below the threshold that suits best."""
    return max(
        2 * sum(best <= limit for best in empty) / (sum(best <= limit for best in (*answered, *empty)) + len(empty))
        for limit in (*answered, *empty)
    )


if __name__ == "__main__":
    main()
