"""The cross-encoder that comes with the program; training/README.md says how it was made."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from emr_rerank.evidence.compact.network import FOLDER, Multiplies, Network
from emr_rerank.evidence.compact.tokens import FILE as TOKENIZER
from emr_rerank.evidence.compact.tokens import pair_ids

WEIGHTS = FOLDER / "reranker.onnx"
SKIM_ERROR: dict[Multiplies, float] = {"bfloat16": 0.16, "int8": 0.6}
"""How far a logit may be off, by what the rounded network multiplies: of some hundred pairs of questions and sentences
the standard deviation was 0.036 and the most 0.113 with bfloat16."""


class CompactCrossEncoder:
    """Reads a question and a passage together.

    Args:
        runtime: see `Network`.
        file: the weights.

    Raises:
        ModelError: it can't be loaded.
    """

    def __init__(self, runtime: str | None = None, file: Path = WEIGHTS) -> None:
        self._file = file
        self._network = Network(file, runtime)

    @property
    def files(self) -> tuple[Path, Path]:
        """Weights and tokeniser."""
        return self._file, TOKENIZER

    @property
    def runtime(self) -> str:
        """What runs it: openvino or onnxruntime."""
        return self._network.runtime

    @property
    def skim_error(self) -> float:
        """How far a logit of `skimmed` may be off, 0 where nothing is skimmed; loads the rounded network."""
        return SKIM_ERROR[self._rounded.multiplies] if self.runtime == "openvino" else 0.0

    def logits(self, question: str, passages: Sequence[str]) -> npt.NDArray[np.float64]:
        """The raw logit of each passage, shape (passages,); each depends on its own pair alone."""
        return _logits(self._network, question, passages)

    def skimmed(self, question: str, passages: Sequence[str]) -> npt.NDArray[np.float64]:
        """`logits` rounded on the way, by as much as the CPU makes of it: the fourth part of the time with bfloat16.

        Raises:
            ModelError: OpenVINO is not installed.
        """
        return _logits(self._rounded, question, passages)

    @cached_property
    def _rounded(self) -> Network:
        return Network(self._file, "openvino", rounded=True)


def _logits(network: Network, question: str, passages: Sequence[str]) -> npt.NDArray[np.float64]:
    if not passages:
        return np.zeros(0)
    return network.run(pair_ids(question, passages)).astype(np.float64)
