"""Texts that say which pieces of the vocabulary are needed: the licensed sets and the project's own writing."""

import json
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("EMR_RERANK_DATA", ROOT.parent / "shared" / "data"))

BANK = ROOT / "training" / "bank"
PREFIXES = ("query: ", "passage: ")
"""What multilingual-e5 has before every text (Wang et al., arXiv 2402.05672)."""


def vocabulary_texts() -> list[str]:
    """Consumer questions (cMedQQ), clinical notes (MTS-Dialog), rule files, the bank, and what e5 has before a text.

    Raises:
        FileNotFoundError: the data folder is not there; see training/README.md.
    """
    texts = [
        json.loads(line)["text"] if "text" in line else line for line in _lines(DATA / "mts_dialog_sections.jsonl")
    ]
    texts += [part for line in _lines(DATA / "cmedqq_train.tsv") for part in line.split("\t")]
    texts += [json.loads(line)["passage"] for line in _lines(ROOT / "training" / "embedded_pairs.jsonl")]
    own = [*(ROOT / "rules").glob("*.yaml"), *BANK.glob("*.yaml"), *(BANK / "records").glob("*.txt")]
    texts += [line for file in sorted(own) for line in _lines(file)]
    texts += PREFIXES
    return [text for text in texts if text.strip()]


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()
