"""What every sentence reranker offers."""

from collections.abc import Sequence
from typing import Protocol


class Reranker(Protocol):
    """Scores sentences against a question. A score depends on its own pair alone, never on the other candidates."""

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def weights_hash(self) -> str:
        """`sha256:…` over the weights and the calibration."""

    @property
    def device(self) -> str:
        """Where it runs: cpu or cuda:0."""

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        """Calibrated probability, 0 to 1, that each passage is evidence; an empty list gives an empty list.

        Raises:
            ModelError: the model failed.
        """

    @property
    def skim_error(self) -> float:
        """How far a probability of `skim`, which is much faster, may be off; 0 where it is the same as `score`."""

    def skim(self, question: str, passages: Sequence[str]) -> list[float]:
        """As `score`, each probability a little off. Raises ModelError: the model failed."""
