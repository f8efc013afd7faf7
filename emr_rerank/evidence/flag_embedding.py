"""The reference engine: bge models through FlagEmbedding's own forward pass.

Facts about FlagEmbedding 1.4.2 that this file minds: `FlagReranker` ignores `use_bf16`, so the loaded model is cast
here; more than one device starts a process pool even for one pair, so one device is given; running out of memory and
any other RuntimeError shrink its batch silently, so a bad pair ends as another exception.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from emr_rerank.errors import ModelError
from emr_rerank.evidence.embedder import Vectors
from emr_rerank.evidence.weights import INSTALL

BATCH = 64


class FlagCrossEncoder:
    """FlagReranker of a model folder on one device.

    Raises:
        ModelError: FlagEmbedding is not installed.
    """

    def __init__(self, folder: Path, device: str, precision: str, max_tokens: int) -> None:
        self._flag = _flag_embedding().FlagReranker(
            str(folder), use_fp16=precision == "fp16", devices=[device], max_length=max_tokens, batch_size=BATCH
        )
        if precision == "bf16":
            self._flag.model.bfloat16()

    def logits(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Logit of each (question, passage)."""
        return [float(logit) for logit in self._flag.compute_score(list(pairs))]


class FlagTextEncoder:
    """BGEM3FlagModel of a model folder on one device: dense vectors.

    Raises:
        ModelError: FlagEmbedding is not installed.
    """

    def __init__(self, folder: Path, device: str, precision: str, max_tokens: int) -> None:
        self._max_tokens = max_tokens
        self._flag = _flag_embedding().BGEM3FlagModel(
            str(folder),
            use_fp16=precision == "fp16",
            use_bf16=precision == "bf16",
            devices=[device],
            batch_size=BATCH,
        )
        self.dim = int(self._flag.model.model.config.hidden_size)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (number of texts, dim)."""
        made = self._flag.encode(list(texts), max_length=self._max_tokens)
        return np.asarray(made["dense_vecs"], dtype=np.float32)


def _flag_embedding() -> Any:
    try:
        import FlagEmbedding
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "transformers":
            raise ModelError("FlagEmbedding is not installed.", INSTALL) from None
        raise ModelError(  # 1.4.2 needs transformers below 5.24
            "FlagEmbedding does not work with the transformers that is installed.",
            "Install emr-rerank[bge] anew, or set engine 'packed'.",
        ) from None
    return FlagEmbedding
