"""Groups from texts that others wrote: paraphrases of Chinese questions (cMedQQ) and real English notes (MTS-Dialog).

    python -m training.outside WORK [--seed 7]     writes WORK/groups.outside.jsonl

The bank's sentences are clean and short. cMedQQ (Apache-2.0) teaches which medical words mean the same; MTS-Dialog
(CC BY 4.0, Ben Abacha et al., EACL 2023) teaches how notes are really worded: a question about a part of the note, in
English or Chinese, is proved by a sentence of that part and not by sentences of the others. Sections that stand in the
records of benchmarks/real are left out: what measures is not trained on.
"""

import argparse
import csv
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from benchmarks.real.mts import held_out_lines
from training.generate import BANK, NEGATIVES
from training.texts import DATA

MOST_CHARS = 220
FEWEST_CHARS = 12
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


def paraphrases(chance: random.Random) -> Iterator[dict[str, Any]]:
    """A question, one that means the same, and others that do not."""
    same, other = defaultdict(list), defaultdict(list)
    with (DATA / "cmedqq_train.tsv").open(encoding="utf-8") as file:
        for label, left, right in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            (same if label == "1" else other)[left].append(right)
    everything = [text for texts in (*same.values(), *other.values()) for text in texts]
    for question, alike in same.items():
        far = list(dict.fromkeys(other[question] + chance.sample(everything, NEGATIVES)))
        negatives = [text for text in far if text not in alike and text != question][:NEGATIVES]
        yield {"intent": "cmedqq", "question": question, "positives": [chance.choice(alike)], "negatives": negatives}


def note_parts(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Questions about a part of a note: a sentence of it, and sentences of parts that can't answer."""
    rules = _rules()
    sentences = _sentences()
    for part, rule in rules.items():
        far = [line for other in rules if other not in rule["near"] and other != part for line in sentences[other]]
        for line in sentences[part]:
            if not re.search(rule.get("holds", ""), line[1], re.IGNORECASE):
                continue
            titled = [_titled(each, chance) for each in (line, *chance.sample(far, min(len(far), NEGATIVES)))]
            question = chance.choice(rule["zh"] if chance.random() < 0.35 else rule["en"])
            positives = [] if chance.random() < 0.1 else [titled[0]]
            yield {"intent": f"mts {part}", "question": question, "positives": positives, "negatives": titled[1:]}


def _titled(line: tuple[str, str], chance: random.Random) -> str:
    title, text = line
    return f"{title} | {text}" if chance.random() < 0.5 else text


def _rules() -> dict[str, dict[str, Any]]:
    rules: dict[str, dict[str, Any]] = yaml.safe_load((BANK / "note_parts.yaml").read_text("utf-8"))["parts"]
    return rules


def _sentences() -> dict[str, list[tuple[str, str]]]:
    """(printed title, sentence) by part."""
    titles = {part: rule["title"] for part, rule in _rules().items()}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    notes = [json.loads(line) for line in (DATA / "mts_dialog_sections.jsonl").read_text("utf-8").splitlines()]
    measured = {note["text"] for number, note in enumerate(notes, start=1) if number in held_out_lines()}
    for each in notes:
        if each["text"] in measured:
            continue
        for text in _SENTENCE_END.split(" ".join(each["text"].split())):
            if each["section"] in titles and FEWEST_CHARS <= len(text) <= MOST_CHARS:
                found[each["section"]].append((titles[each["section"]], text))
    return found


def main() -> None:
    """Write the groups."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    groups = [*paraphrases(chance), *note_parts(chance)]
    file = arguments.work / "groups.outside.jsonl"
    file.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in groups), encoding="utf-8")
    print(f"{file}: {len(groups)} groups")


if __name__ == "__main__":
    main()
