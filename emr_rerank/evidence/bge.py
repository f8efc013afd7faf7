"""bge-reranker-v2-m3 and bge-m3 through FlagEmbedding (Chen et al., arXiv 2402.03216).

Facts about FlagEmbedding 1.4.2 that this file minds: `FlagReranker` ignores `use_bf16`, so the loaded model is cast
here; an empty list is an IndexError; more than one device starts a process pool even for one pair, so one device is
given; running out of memory and any other RuntimeError shrink its batch silently, so a bad pair ends as another
exception.
"""

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from emr_rerank.errors import ModelError
from emr_rerank.evidence.calibration import read_calibration, sigmoid
from emr_rerank.evidence.embedder import Vectors
from emr_rerank.evidence.weights import INSTALL, folder_hash, model_folder

MAX_TOKENS = 512
"""Tokens of question and sentence together; the sentence is cut at its end beyond that."""
BATCH = 64


def resolve_device(wanted: str) -> str:
    """`cpu` or `cuda:0`.

    Raises:
        ModelError: CUDA is asked for and not there, or torch is not installed.
    """
    try:
        import torch
    except ImportError:
        raise ModelError("FlagEmbedding needs torch, which is not installed.", INSTALL) from None
    if wanted == "cpu" or (wanted == "auto" and not torch.cuda.is_available()):
        return "cpu"
    if not torch.cuda.is_available():
        raise ModelError("No CUDA device is available.", "Set device to 'auto' or 'cpu', or install the CUDA torch.")
    return "cuda:0"


class BgeReranker:
    """A bge cross-encoder: sigmoid of its logit, then the `calibration.json` of its folder where there is one.

    fp32 on CPU; on CUDA bf16 where the card has it, else fp16.

    Args:
        model: hub name or local folder.
        device: auto, cpu or cuda.
        offline: never ask the hub.

    Raises:
        ModelError: FlagEmbedding or the model is missing, or it does not load.
    """

    def __init__(self, model: str, device: str = "auto", offline: bool = False) -> None:
        _forbid_network(offline)
        flag = _flag_embedding()
        self.name = model
        self._folder = model_folder(model, offline)
        self.device = resolve_device(device)
        half = self.device != "cpu" and not _has_bf16()
        self._flag = _load(
            flag.FlagReranker,
            self._folder,
            use_fp16=half,
            devices=[self.device],
            max_length=MAX_TOKENS,
            batch_size=BATCH,
        )
        if self.device != "cpu" and _has_bf16():
            import torch

            self._flag.model.to(torch.bfloat16)
        self._calibration = read_calibration(self._folder / "calibration.json")

    @cached_property
    def weights_hash(self) -> str:
        """`sha256:…` over weights and calibration."""
        return folder_hash(self._folder)

    def logits(self, question: str, passages: Sequence[str]) -> list[float]:
        """Raw logits of the pairs, in the order given."""
        if not passages:
            return []
        try:
            return [float(x) for x in self._flag.compute_score([(question, text) for text in passages])]
        except Exception as error:  # the text may be quoted in the cause, so only its kind is told
            raise _failed(self.name, error) from None

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        """Calibrated probability of each passage."""
        return [self._calibration.apply(sigmoid(logit)) for logit in self.logits(question, passages)]


class BgeEmbedder:
    """bge-m3's dense vectors (CLS token, unit length).

    Args:
        model: hub name or local folder.
        device: auto, cpu or cuda.
        offline: never ask the hub.

    Raises:
        ModelError: FlagEmbedding or the model is missing, or it does not load.
    """

    def __init__(self, model: str, device: str = "auto", offline: bool = False) -> None:
        _forbid_network(offline)
        flag = _flag_embedding()
        self.name = model
        self._folder = model_folder(model, offline)
        self.device = resolve_device(device)
        on_card = self.device != "cpu"
        self._flag = _load(
            flag.BGEM3FlagModel,
            self._folder,
            use_fp16=on_card and not _has_bf16(),
            use_bf16=on_card and _has_bf16(),
            devices=[self.device],
            batch_size=BATCH,
        )
        self.dim = int(self._flag.model.model.config.hidden_size)

    @cached_property
    def weights_hash(self) -> str:
        """`sha256:…` over the weights."""
        return folder_hash(self._folder)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, shape (n, dim)."""
        return self.passages(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, shape (n, dim); bge-m3 uses no prefix."""
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        try:
            made = self._flag.encode(list(texts), max_length=MAX_TOKENS)
        except Exception as error:  # the text may be quoted in the cause, so only its kind is told
            raise _failed(self.name, error) from None
        return np.asarray(made["dense_vecs"], dtype=np.float32)


def _flag_embedding() -> Any:
    try:
        import FlagEmbedding
    except ImportError:
        raise ModelError("FlagEmbedding is not installed.", INSTALL) from None
    return FlagEmbedding


def _forbid_network(offline: bool) -> None:
    if offline:
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["TRANSFORMERS_OFFLINE"] = "1"


def _has_bf16() -> bool:
    import torch

    return bool(torch.cuda.is_available() and torch.cuda.is_bf16_supported(including_emulation=False))


def _load(kind: Any, folder: Path, **options: Any) -> Any:
    try:
        return kind(str(folder), **options)
    except Exception as error:  # transformers raises many kinds for a broken folder
        raise ModelError(
            f"The model in {folder} can't be loaded ({type(error).__name__}).",
            "Check that config, tokenizer and weights are complete.",
        ) from None


def _failed(name: str, error: Exception) -> ModelError:
    memory = "memory" in type(error).__name__.lower() or "memory" in str(error).lower()
    todo = "Set device to 'cpu' or lower candidates." if memory else "Try device 'cpu', or the embedded reranker."
    return ModelError(f"The model {name} failed ({type(error).__name__}).", todo)
