"""bge-reranker-v2-m3 and bge-m3 (Chen et al., arXiv 2402.03216), by the packed engine or by FlagEmbedding."""

import copy
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

import numpy as np

from emr_rerank.errors import EmrRerankError, ModelError
from emr_rerank.evidence.calibration import read_calibration, sigmoid
from emr_rerank.evidence.devices import resolve_devices, resolve_precision
from emr_rerank.evidence.embedder import Vectors
from emr_rerank.evidence.weights import INSTALL, folder_hash, model_folder

if TYPE_CHECKING:
    from emr_rerank.evidence.packed.tokens import KnownIds, PairTokenizer

MAX_TOKENS = 512
"""Tokens of question and sentence together; the sentence is cut at its end beyond that."""
Result = TypeVar("Result")


@dataclass(frozen=True)
class BgeOptions:
    """How a bge model runs; see the settings of the same names.

    Attributes:
        device: auto, cpu or cuda.
        offline: never ask the hub.
        engine: packed, or FlagEmbedding's own forward pass, the reference.
        precision: of the matrix products; auto is fp32 on CPU, fp16 on CUDA.
        batch_tokens: most tokens of a packed batch.
        gpus: cards that the packed engine uses at most.
    """

    device: str = "auto"
    offline: bool = False
    engine: Literal["packed", "flagembedding"] = "packed"
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "auto"
    batch_tokens: int = 16384
    gpus: int = 1


class _BgeModel(ABC):
    """What reranker and embedder share: the folder, the device, and failures told without the text."""

    def __init__(self, model: str, options: BgeOptions) -> None:
        self.name = model
        self.folder = _folder(model, options)
        devices = resolve_devices(options.device, options.gpus if options.engine == "packed" else 1)
        self.device = devices[0]
        self.precision = resolve_precision(options.precision, self.device)
        with _loading(self.folder):
            self.model: Any = self._load(options, devices)

    @cached_property
    def weights_hash(self) -> str:
        """`sha256:…` over weights and calibration."""
        return folder_hash(self.folder)

    @abstractmethod
    def _load(self, options: BgeOptions, devices: Sequence[str]) -> Any:
        """The engine of the options with the model's weights on the devices."""

    def _told(self, compute: Callable[[Any], Result], texts: Any) -> Result:
        try:
            return compute(texts)
        except Exception as error:  # the text may be quoted in the cause, so only its kind is told
            raise _failed(self.name, error) from None


class BgeReranker(_BgeModel):
    """A bge cross-encoder: sigmoid of its logit, then the `calibration.json` of its folder where there is one.

    Args:
        model: hub name or local folder.
        options: device, engine, precision, sizes.

    Raises:
        ModelError: the model, or a package that it needs, is missing, or it does not load.
    """

    def __init__(self, model: str, options: BgeOptions = BgeOptions()) -> None:
        super().__init__(model, options)
        self._calibration = read_calibration(self.folder / "calibration.json")
        self._known: KnownIds | None = None

    @property
    def tokenizer(self) -> "PairTokenizer | None":
        """What makes the packed engine's token ids; None for the reference engine."""
        return getattr(self.model, "tokenizer", None)

    def knowing(self, ids: "KnownIds") -> Self:
        """The same model, which takes the ids of those passages instead of tokenising them."""
        made = copy.copy(self)
        made._known = ids
        return made

    def logits(self, question: str, passages: Sequence[str]) -> list[float]:
        """Raw logits of the pairs, in the order given.

        Raises:
            ModelError: the model failed, or gave something that is no number.
        """
        if not passages:
            return []
        compute = self.model.logits if self._known is None else partial(self.model.logits, known=self._known)
        logits: list[float] = self._told(compute, [(question, passage) for passage in passages])
        if not np.isfinite(logits).all():
            raise ModelError(f"The model {self.name} gave a score that is no number.", "Set precision to 'fp32'.")
        return logits

    skim_error = 0.0

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        """Calibrated probability of each passage."""
        return [self._calibration.apply(sigmoid(logit)) for logit in self.logits(question, passages)]

    skim = score

    def _load(self, options: BgeOptions, devices: Sequence[str]) -> Any:
        if options.engine == "flagembedding":
            from emr_rerank.evidence.flag_embedding import FlagCrossEncoder

            return FlagCrossEncoder(self.folder, self.device, self.precision, MAX_TOKENS)
        from emr_rerank.evidence.packed.load import PackedCrossEncoder

        return PackedCrossEncoder(self.folder, devices, self.precision, options.batch_tokens, MAX_TOKENS)


class BgeEmbedder(_BgeModel):
    """bge-m3's dense vectors (CLS token, unit length); arguments and errors as for `BgeReranker`."""

    def __init__(self, model: str, options: BgeOptions = BgeOptions()) -> None:
        super().__init__(model, options)
        self.dim = int(self.model.dim)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, shape (n, dim)."""
        return self.passages(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, shape (n, dim); bge-m3 uses no prefix.

        Raises:
            ModelError: the model failed, or gave something that is no number.
        """
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        vectors: Vectors = self._told(self.model.vectors, list(texts))
        if not np.isfinite(vectors).all():
            raise ModelError(f"The model {self.name} gave a vector that is no number.", "Set precision to 'fp32'.")
        return vectors

    def _load(self, options: BgeOptions, devices: Sequence[str]) -> Any:
        if options.engine == "flagembedding":
            from emr_rerank.evidence.flag_embedding import FlagTextEncoder

            return FlagTextEncoder(self.folder, self.device, self.precision, MAX_TOKENS)
        from emr_rerank.evidence.packed.load import PackedTextEncoder

        return PackedTextEncoder(self.folder, devices, self.precision, options.batch_tokens, MAX_TOKENS)


def passage_tokenizer(model: str, options: BgeOptions) -> "PairTokenizer":
    """The tokenizer of a reranker for the packed engine, without its weights.

    Raises:
        ModelError: the model, or a package that it needs, is missing, or its tokenizer does not load.
    """
    folder = _folder(model, options)
    with _loading(folder):
        from emr_rerank.evidence.packed.tokens import PairTokenizer

        return PairTokenizer(folder, MAX_TOKENS)


def _folder(model: str, options: BgeOptions) -> Path:
    if options.offline:
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["TRANSFORMERS_OFFLINE"] = "1"
    return model_folder(model, options.offline)


@contextmanager
def _loading(folder: Path) -> Iterator[None]:
    """Failures of loading, told without a traceback of other libraries."""
    try:
        yield
    except EmrRerankError:
        raise
    except ImportError as error:
        raise ModelError(f"{(error.name or 'transformers').partition('.')[0]} is not installed.", INSTALL) from None
    except Exception as error:  # transformers raises many kinds for a broken folder
        raise ModelError(
            f"The model in {folder} can't be loaded ({type(error).__name__}).",
            "Check that config, tokenizer and weights are complete.",
        ) from None


def _failed(name: str, error: Exception) -> ModelError:
    memory = "memory" in type(error).__name__.lower() or "memory" in str(error).lower()
    todo = "Lower batch_tokens, or set device to 'cpu'." if memory else "Try engine 'flagembedding', or device 'cpu'."
    return ModelError(f"The model {name} failed ({type(error).__name__}).", todo)
