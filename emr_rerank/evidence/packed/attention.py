"""Attention within each sequence of a packed batch: one call a stretch of equal lengths, or one for the whole batch.

Both take queries, keys and values side by side, shape (tokens, 3 · heads · head size), and give (tokens, heads · head
size).
"""

import logging
from collections.abc import Callable
from inspect import signature
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention

from emr_rerank.evidence.packed.batches import Batch, pack

Attend = Callable[[Any], Any]
TRIAL_LENGTHS = (150, 70, 3, 3, 1)
TRIAL_TOLERANCE = 0.03
"""Far above the rounding of bf16 on averages of standard normal values, far below a wrong result."""
_LOG = logging.getLogger(__name__)


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
    """Flash attention for sequences of any length (Dao, arXiv 2307.08691), which reads the offsets on the device.

    A window as wide as the longest sequence hides nothing. It is given because cuDNN, which torch after 2.13 prefers
    beyond 128 tokens and which plans anew for each shape, takes no window; torch 2.10 knows none, nor cuDNN here.
    """
    from torch.nn.attention.varlen import varlen_attn

    window = {"window_size": (longest, longest)} if "window_size" in signature(varlen_attn).parameters else {}

    def attend(joint: torch.Tensor) -> torch.Tensor:
        width = joint.shape[1] // 3
        query, key, value = joint.view(-1, 3, heads, width // heads).unbind(1)
        return varlen_attn(query, key, value, offsets, offsets, longest, longest, **window).reshape(-1, width)

    return attend


def varlen_works(device: torch.device, dtype: torch.dtype, heads: int, head_size: int) -> bool:
    """Whether `varlen_attention` gives here what `uniform_attention` gives; the log says where it does not.

    Tried with what a graph's batch holds: empty sequences, tokens that belong to none, a bound above the longest.
    """
    [batch] = pack([[0] * length for length in TRIAL_LENGTHS], sum(TRIAL_LENGTHS), 1)
    padded = batch.padded(batch.tokens + 29, len(TRIAL_LENGTHS) + 3)
    chance = torch.Generator().manual_seed(0)
    joint = torch.randn(len(padded.ids), 3 * heads * head_size, generator=chance).to(device, dtype)
    try:
        made = varlen_attention(torch.from_numpy(padded.offsets).to(device), 512, heads)(joint)
        off = (made - uniform_attention(batch, heads)(joint))[: batch.tokens].abs().max()
        if bool(off < TRIAL_TOLERANCE):
            return True
        problem = "wrong result"
    except Exception as error:  # a torch without it, or without kernels for this card, may raise of any kind
        problem = type(error).__name__
    _LOG.warning("Flash attention does not work on %s (%s): attention runs length by length, slower.", device, problem)
    return False


def has_varlen(device: torch.device, dtype: torch.dtype, head_size: int) -> bool:
    """Whether the card, the precision and this torch should run `varlen_attention` (torch 2.10, Ampere, fp16, bf16)."""
    if device.type != "cuda" or dtype not in (torch.float16, torch.bfloat16) or head_size % 8 or head_size > 256:
        return False
    try:
        from torch.nn.attention import varlen  # noqa: F401
    except ImportError:
        return False
    return bool(torch.cuda.get_device_capability(device) >= (8, 0))
