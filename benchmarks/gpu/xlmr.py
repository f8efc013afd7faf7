"""XLM-RoBERTa models and tokenizers made on the spot, in the layout of bge-reranker-v2-m3 and bge-m3."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaForSequenceClassification,
    XLMRobertaModel,
)

VOCABULARY = 8000
"""Pieces of a tokenizer trained on the sample records."""
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
LARGE: dict[str, int] = {
    "vocab_size": 250002,
    "hidden_size": 1024,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "intermediate_size": 4096,
}
"""XLM-RoBERTa-large, the architecture of both bge models (568 M parameters)."""


def save_tokenizer(folder: Path, texts: Iterable[str], size: int) -> int:
    """A Unigram tokenizer with XLM-R's special tokens and pair layout, trained on the texts; returns its size."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=size, special_tokens=SPECIAL, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        cls_token="<s>",
        eos_token="</s>",
        sep_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        mask_token="<mask>",
    ).save_pretrained(folder)
    return tokenizer.get_vocab_size()


def configuration(**shape: Any) -> XLMRobertaConfig:
    """XLM-RoBERTa of the given shape, with the special ids, 514 positions and one label of the bge models."""
    usual = {"max_position_embeddings": 514, "type_vocab_size": 1, "num_labels": 1, "layer_norm_eps": 1e-5}
    return XLMRobertaConfig(**{"pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, **usual, **shape})


def save_reranker(folder: Path, **shape: Any) -> XLMRobertaForSequenceClassification:
    """A randomly initialised cross-encoder, saved beside its tokenizer."""
    model = XLMRobertaForSequenceClassification(configuration(**shape)).eval()
    model.save_pretrained(folder)
    return model


def save_encoder(folder: Path, **shape: Any) -> XLMRobertaModel:
    """A randomly initialised encoder, saved beside its tokenizer."""
    model = XLMRobertaModel(configuration(**shape)).eval()
    model.save_pretrained(folder)
    return model
