"""The network that is trained: the cut e5 encoder, fewer layers if asked, and one logit on its first token."""

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import BertModel

PAD = 1
MAX_TOKENS = 128
KEPT = {6: (0, 2, 4, 7, 9, 11), 8: (0, 1, 3, 4, 6, 8, 10, 11), 12: tuple(range(12))}
"""Which of the twelve layers a shorter network begins with: evenly spread, first and last included."""


class CrossEncoder(nn.Module):
    """Scores a question with a passage.

    Args:
        backbone: folder written by `training.backbone`.
        layers: 6, 8 or 12.
        dropout: share of the states left out in training.
    """

    def __init__(self, backbone: Path, layers: int = 12, dropout: float = 0.0) -> None:
        super().__init__()
        self.encoder = BertModel.from_pretrained(backbone, add_pooling_layer=False, hidden_dropout_prob=dropout)
        self._keep(KEPT[layers])
        self.dense = nn.Linear(self.encoder.config.hidden_size, self.encoder.config.hidden_size)
        self.head = nn.Linear(self.encoder.config.hidden_size, 1)

    def shortened(self, layers: int) -> "CrossEncoder":
        """This network of twelve layers with so many of them."""
        self._keep(KEPT[layers])
        return self

    def _keep(self, places: Sequence[int]) -> None:
        blocks = self.encoder.encoder.layer
        self.encoder.encoder.layer = nn.ModuleList(blocks[index] for index in places)
        self.encoder.config.num_hidden_layers = len(places)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Logits, shape (pairs,); ids and mask have shape (pairs, tokens)."""
        return self.logits(self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state)

    def logits(self, hidden: torch.Tensor) -> torch.Tensor:
        """Logits of hidden states (pairs, tokens, width), in the precision of the head."""
        first = hidden[:, 0].to(self.head.weight.dtype)
        return self.head(torch.tanh(self.dense(first))).squeeze(-1)


def load_trained(work: Path, name: str, dropout: float = 0.0) -> CrossEncoder:
    """The model that `training.train` wrote to WORK/name."""
    layers = json.loads((work / name / "training.json").read_text())["layers"]
    model = CrossEncoder(work / "backbone", layers, dropout)
    model.load_state_dict(torch.load(work / name / "weights.pt"))
    return model


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokeniser, cutting the passage, never the question, at MAX_TOKENS."""
    tokens = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokens.enable_truncation(MAX_TOKENS, strategy="only_second")
    tokens.enable_padding(pad_id=PAD, pad_token="<pad>")
    return tokens


def batch(tokens: Tokenizer, pairs: Sequence[tuple[str, str]]) -> tuple[torch.Tensor, torch.Tensor]:
    """ids and mask of the pairs, padded to the longest."""
    encoded = tokens.encode_batch(list(pairs))
    return torch.tensor([each.ids for each in encoded]), torch.tensor([each.attention_mask for each in encoded])
