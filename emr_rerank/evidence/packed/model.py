"""XLM-RoBERTa's forward pass (Conneau et al., arXiv 1911.02116) over tokens laid end to end, queries, keys and values
in one product.

Only the state of each sequence's `<s>` leaves the model, so the last layer computes nothing else after its attention.
With products in bf16, whose steps are eight times as coarse as fp16's, sums and norms are kept in fp32.
"""

from typing import Any, NamedTuple

import torch
from torch.nn.functional import gelu, layer_norm, linear, normalize

from emr_rerank.errors import ModelError
from emr_rerank.evidence.packed.attention import Attend


class Linear(NamedTuple):
    """A linear map."""

    weight: torch.Tensor
    bias: torch.Tensor

    def __call__(self, states: torch.Tensor) -> torch.Tensor:
        """The mapped states, in the weight's precision."""
        return linear(states.to(self.weight.dtype), self.weight, self.bias)


class Norm(NamedTuple):
    """Layer normalisation."""

    weight: torch.Tensor
    bias: torch.Tensor
    eps: float

    def __call__(self, states: torch.Tensor) -> torch.Tensor:
        """The normalised states."""
        return layer_norm(states, self.weight.shape, self.weight, self.bias, self.eps)


class Layer(NamedTuple):
    """One transformer layer; `joint` makes queries, keys and values."""

    joint: Linear
    out: Linear
    out_norm: Norm
    up: Linear
    down: Linear
    down_norm: Norm


class PackedEncoder:
    """The encoder with its weights on one device.

    Args:
        model: a transformers XLMRobertaModel on CPU.
        device: where it runs.
        dtype: of the matrix products.
    """

    def __init__(self, model: Any, device: torch.device, dtype: torch.dtype) -> None:
        config, table = model.config, model.embeddings
        self.device, self.dtype = device, dtype
        self.sums = torch.float32 if dtype == torch.bfloat16 else dtype
        self.heads = int(config.num_attention_heads)
        self.hidden = int(config.hidden_size)
        self.words = self._moved(table.word_embeddings.weight, dtype)
        self.positions = self._moved(
            table.position_embeddings.weight + table.token_type_embeddings.weight[0], self.sums
        )
        self.norm = self._norm(table.LayerNorm)
        self.layers = [self._layer(layer) for layer in model.encoder.layer]

    def first_states(
        self, ids: torch.Tensor, positions: torch.Tensor, first: torch.Tensor, attend: Attend
    ) -> torch.Tensor:
        """Last hidden state of each sequence's first token.

        Args:
            ids: token ids, shape (tokens,).
            positions: position of each token, shape (tokens,).
            first: where the sequences start, shape (sequences,).
            attend: attention within the sequences.

        Returns:
            fp32, shape (sequences, hidden size).
        """
        states = self.norm(self.words[ids].to(self.sums) + self.positions[positions])
        for layer in self.layers[:-1]:
            states = _rest(layer, states, attend(layer.joint(states)))
        last = self.layers[-1]
        attended = attend(last.joint(states))
        return _rest(last, states[first], attended[first]).float()

    def _layer(self, layer: Any) -> Layer:
        own, output = layer.attention.self, layer.attention.output
        parts = (own.query, own.key, own.value)
        joint = Linear(
            self._moved(torch.cat([part.weight for part in parts]), self.dtype),
            self._moved(torch.cat([part.bias for part in parts]), self.dtype),
        )
        return Layer(
            joint,
            self._linear(output.dense),
            self._norm(output.LayerNorm),
            self._linear(layer.intermediate.dense),
            self._linear(layer.output.dense),
            self._norm(layer.output.LayerNorm),
        )

    def _linear(self, module: Any) -> Linear:
        return Linear(self._moved(module.weight, self.dtype), self._moved(module.bias, self.dtype))

    def _norm(self, module: Any) -> Norm:
        return Norm(self._moved(module.weight, self.sums), self._moved(module.bias, self.sums), float(module.eps))

    def _moved(self, weight: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
        return weight.detach().to(self.device, dtype)


def _rest(layer: Layer, states: torch.Tensor, attended: torch.Tensor) -> torch.Tensor:
    """What follows attention in a layer."""
    states = layer.out_norm(states + layer.out(attended))
    return layer.down_norm(states + layer.down(gelu(layer.up(states))))


class RelevanceHead:
    """XLM-RoBERTa's classification head, fp32: one logit a sequence, shape (sequences, 1).

    Raises:
        ModelError: the model has several labels.
    """

    def __init__(self, classifier: Any, device: torch.device) -> None:
        self.dense, self.out = (
            Linear(part.weight.detach().float().to(device), part.bias.detach().float().to(device))
            for part in (classifier.dense, classifier.out_proj)
        )
        if self.out.weight.shape[0] != 1:
            raise ModelError("The model is a classifier of several labels, not a reranker.", "Give a bge-reranker.")

    def __call__(self, states: torch.Tensor) -> torch.Tensor:
        """The logits."""
        return self.out(torch.tanh(self.dense(states)))


def unit_length(states: torch.Tensor) -> torch.Tensor:
    """bge-m3's dense vectors: the first state divided by its length, shape (sequences, hidden size)."""
    return normalize(states, dim=-1)
