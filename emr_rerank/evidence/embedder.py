"""Vectors of sections and sentences."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
"""Rows of unit length, shape (number of texts, dimension)."""


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


def file_hash(files: Sequence[Path]) -> str:
    """`sha256:…` over names and bytes of files, in the order given."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0")
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return f"sha256:{digest.hexdigest()}"
