"""The reference that every engine is held to: transformers' forward pass in fp32, one pair at a time, no padding."""

from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer


class PlainReranker:
    """A bge-reranker's folder on one device."""

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self._model = AutoModelForSequenceClassification.from_pretrained(folder).float().to(device).eval()

    def ids(self, question: str, passage: str) -> list[int]:
        """The question cut at 384 tokens, the passage at 512, and again at what the question leaves of 512."""
        tokenizer = self._tokenizer
        q = tokenizer(question, add_special_tokens=False, truncation=True, max_length=384)["input_ids"]
        d = tokenizer(passage, add_special_tokens=False, truncation=True, max_length=512)["input_ids"]
        over = max(len(q) + len(d) + 4 - 512, 0)
        return [0, *q, 2, 2, *d[: len(d) - over], 2]

    def logit(self, question: str, passage: str) -> float:
        """Logit of one pair."""
        ids = torch.tensor([self.ids(question, passage)], device=self._model.device)
        with torch.inference_mode():
            return float(self._model(input_ids=ids).logits)

    def logits(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Logit of each pair."""
        return [self.logit(*pair) for pair in pairs]
