"""Texts of any length through the network one after the other, without padding.

A step of training reads sentences of 10 to 128 tokens: padded to one length, half of the work is on nothing, and cut
into parts of like length, a GPU waits for the next part. Here all tokens of a step stand in one row; only the attention
has to know where a text ends (FlashAttention's variable lengths, Dao 2023; `torch.nn.attention.varlen`, in bfloat16). A
CPU has no such kernel: there the attention alone is padded.
"""

from dataclasses import dataclass

import torch
from torch.nn.functional import scaled_dot_product_attention
from torch.nn.utils.rnn import pad_sequence
from transformers import BertModel


@dataclass(frozen=True)
class Packed:
    """Texts one after the other.

    Attributes:
        ids: of all tokens, shape (tokens,).
        lengths: of the texts, shape (texts,).
        longest: of the texts.
    """

    ids: torch.Tensor
    lengths: torch.Tensor
    longest: int

    @property
    def ends(self) -> torch.Tensor:
        """0 and where each text ends, shape (texts + 1,), in the 32 bits that the kernel reads."""
        return torch.nn.functional.pad(self.lengths.cumsum(0, dtype=torch.int32), (1, 0))


def packed(ids: torch.Tensor, mask: torch.Tensor) -> Packed:
    """The tokens that there are of padded texts of shape (texts, tokens)."""
    lengths = mask.sum(1)
    return Packed(ids[mask.bool()], lengths, int(lengths.max()))


def first_states(encoder: BertModel, texts: Packed) -> torch.Tensor:
    """The last hidden state of each text's first token, shape (texts, width), as `encoder` computes it."""
    ends = texts.ends
    places = torch.arange(len(texts.ids), device=texts.ids.device)
    places = places - ends[:-1].repeat_interleave(texts.lengths, output_size=len(texts.ids))
    below = encoder.embeddings
    states = below.word_embeddings(texts.ids) + below.position_embeddings(places)
    states = below.dropout(below.LayerNorm(states + below.token_type_embeddings.weight[0]))
    for block in encoder.encoder.layer:
        own = block.attention.self
        shape = (len(states), own.num_attention_heads, own.attention_head_size)
        query, key, value = (part(states).view(shape) for part in (own.query, own.key, own.value))
        states = block.attention.output(_attended(query, key, value, texts, ends).flatten(1), states)
        states = block.output(block.intermediate(states), states)
    return states[ends[:-1]]


def _attended(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, texts: Packed, ends: torch.Tensor
) -> torch.Tensor:
    """What each token takes from the tokens of its text, shape (tokens, heads, width of a head)."""
    if query.is_cuda:
        from torch.nn.attention.varlen import varlen_attn

        own = (part.to(torch.bfloat16) for part in (query, key, value))
        attended: torch.Tensor = varlen_attn(*own, ends, ends, texts.longest, texts.longest)
        return attended.to(query.dtype)
    lengths = texts.lengths.tolist()
    there = torch.arange(texts.longest, device=query.device) < texts.lengths[:, None]
    padded = (pad_sequence(part.split(lengths), batch_first=True).transpose(1, 2) for part in (query, key, value))
    made = scaled_dot_product_attention(*padded, attn_mask=there[:, None, None, :])
    return made.transpose(1, 2)[there]
