"""Attention within each sequence of a packed batch: one call a stretch of equal lengths, or one for the whole batch.

Both take queries, keys and values side by side, shape (tokens, 3 · heads · head size), and give (tokens, heads · head
size).
"""

from collections.abc import Callable
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention

from emr_rerank.evidence.packed.batches import Batch

Attend = Callable[[Any], Any]


def uniform_attention(batch: Batch, heads: int) -> Attend:
    """Scaled dot-product attention over each stretch of sequences of one length; any device and precision.

    Rows of tokens that belong to no sequence stay unwritten.
    """
    stretches = batch.uniform()

    def attend(joint: torch.Tensor) -> torch.Tensor:
        width = joint.shape[1] // 3
        attended = joint.new_empty(joint.shape[0], width)
        for start, count, length in stretches:
            stop = start + count * length
            split = joint[start:stop].view(count, length, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
            attended[start:stop] = (
                scaled_dot_product_attention(split[0], split[1], split[2]).transpose(1, 2).reshape(-1, width)
            )
        return attended

    return attend


def varlen_attention(offsets: torch.Tensor, longest: int, heads: int) -> Attend:
    """Flash attention for sequences of any length (Dao, arXiv 2307.08691), which reads the offsets on the device."""
    from torch.nn.attention.varlen import varlen_attn

    def attend(joint: torch.Tensor) -> torch.Tensor:
        width = joint.shape[1] // 3
        query, key, value = joint.view(-1, 3, heads, width // heads).unbind(1)
        return varlen_attn(query, key, value, offsets, offsets, longest, longest).reshape(-1, width)

    return attend


def has_varlen(device: torch.device, dtype: torch.dtype, head_size: int) -> bool:
    """Whether the card, the precision and this torch can run `varlen_attention` (torch 2.10, Ampere, fp16 or bf16)."""
    if device.type != "cuda" or dtype not in (torch.float16, torch.bfloat16) or head_size % 8 or head_size > 256:
        return False
    try:
        from torch.nn.attention import varlen  # noqa: F401
    except ImportError:
        return False
    return bool(torch.cuda.get_device_capability(device) >= (8, 0))
