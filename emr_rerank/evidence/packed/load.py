"""bge models as packed engines: from a model folder to one result a text."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import torch

from emr_rerank.errors import ModelError
from emr_rerank.evidence.packed.engine import Floats, PackedEngine
from emr_rerank.evidence.packed.model import PackedEncoder, RelevanceHead, unit_length
from emr_rerank.evidence.packed.replica import Replica
from emr_rerank.evidence.packed.tokens import KnownIds, Pair, PairTokenizer

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


class PackedCrossEncoder:
    """A bge-reranker on one or several devices.

    Args:
        folder: config, tokenizer and weights.
        devices: `cpu` or `cuda:0`, `cuda:1`, …: a copy of the model on each.
        precision: fp32, bf16 or fp16.
        batch_tokens: most tokens of a batch; halved once when memory runs out.
        max_tokens: most tokens of a pair.

    Raises:
        ModelError: it is no XLM-RoBERTa with one label.
    """

    def __init__(
        self, folder: Path, devices: Sequence[str], precision: str, batch_tokens: int, max_tokens: int
    ) -> None:
        from transformers import AutoModelForSequenceClassification as Classifier

        self.tokenizer = PairTokenizer(folder, max_tokens)
        with _no_progress_bar():
            model = Classifier.from_pretrained(str(folder))
        base = _checked(model, self.tokenizer)
        replicas = []
        for device in map(torch.device, devices):
            head = RelevanceHead(model.classifier, device)
            replicas.append(Replica(PackedEncoder(base, device, DTYPES[precision]), head, batch_tokens))
        self.engine = PackedEngine(replicas, batch_tokens, self.tokenizer.pad)

    def logits(self, pairs: Sequence[Pair], known: KnownIds | None = None) -> list[float]:
        """Logit of each (question, passage); `known` passages are not tokenised."""
        logits: list[float] = self.engine.results(pairs, partial(self.tokenizer.pairs, known=known))[:, 0].tolist()
        return logits


class PackedTextEncoder:
    """bge-m3's dense vectors on one or several devices; arguments as for `PackedCrossEncoder`.

    Raises:
        ModelError: it is no XLM-RoBERTa.
    """

    def __init__(
        self, folder: Path, devices: Sequence[str], precision: str, batch_tokens: int, max_tokens: int
    ) -> None:
        from transformers import AutoModel

        self.tokenizer = PairTokenizer(folder, max_tokens)
        with _no_progress_bar():
            model = AutoModel.from_pretrained(str(folder))
        base = _checked(model, self.tokenizer)
        encoders = [PackedEncoder(base, torch.device(device), DTYPES[precision]) for device in devices]
        replicas = [Replica(encoder, unit_length, batch_tokens) for encoder in encoders]
        self.engine = PackedEngine(replicas, batch_tokens, self.tokenizer.pad)
        self.dim = encoders[0].hidden

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Unit vectors, shape (number of texts, dim)."""
        return self.engine.results(texts, self.tokenizer.singles)


@contextmanager
def _no_progress_bar() -> Iterator[None]:
    """transformers shows one while it loads weights, terminal or not."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _checked(model: Any, tokenizer: PairTokenizer) -> Any:
    """The encoder inside a transformers model.

    Raises:
        ModelError: it is not the XLM-RoBERTa that `PackedEncoder` computes, or not that of the tokenizer.
    """
    config = model.config
    known = config.model_type == "xlm-roberta" and config.hidden_act == "gelu" and not config.is_decoder
    room = config.max_position_embeddings > tokenizer.max_tokens + tokenizer.pad
    fits = config.pad_token_id == tokenizer.pad and config.vocab_size >= tokenizer.size
    if not (known and room and fits):
        raise ModelError(
            f"The packed engine runs XLM-RoBERTa of at least {tokenizer.max_tokens} tokens with its own tokenizer, "
            f"which this {config.model_type} is not.",
            "Set engine to 'flagembedding'.",
        )
    return model.base_model
