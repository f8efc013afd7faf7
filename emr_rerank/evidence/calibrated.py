"""Any reranker behind a calibration file of the user's own."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from emr_rerank.errors import ModelError
from emr_rerank.evidence.calibration import Calibration, read_calibration
from emr_rerank.evidence.reranker import Reranker


@dataclass(frozen=True)
class CalibratedReranker:
    """A reranker whose scores go through a calibration, after the one that the model itself carries.

    Attributes:
        reranker: the model.
        calibration: fitted to the scores that it gives.
    """

    reranker: Reranker
    calibration: Calibration

    @property
    def name(self) -> str:
        """The model's name."""
        return self.reranker.name

    @property
    def weights_hash(self) -> str:
        """`sha256:…` over the model's own hash and the calibration."""
        both = f"{self.reranker.weights_hash}\0{self.calibration.model_dump_json()}"
        return f"sha256:{hashlib.sha256(both.encode()).hexdigest()}"

    @property
    def device(self) -> str:
        """Where the model runs."""
        return self.reranker.device

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        """Calibrated probability of each passage. Raises ModelError: the model failed."""
        return [self.calibration.apply(score) for score in self.reranker.score(question, passages)]

    @property
    def skim_error(self) -> float:
        """1 where the model skims: a steep calibration can make much of a little."""
        return 1.0 if self.reranker.skim_error else 0.0

    def skim(self, question: str, passages: Sequence[str]) -> list[float]:
        """As `score`, as rough as the model's own `skim`."""
        return [self.calibration.apply(score) for score in self.reranker.skim(question, passages)]


def calibrated(reranker: Reranker, file: Path) -> CalibratedReranker:
    """The reranker behind the calibration in a file.

    Raises:
        ModelError: there is no such file, it is no calibration, or it was fitted for another model.
    """
    if not file.is_file():
        raise ModelError(f"The calibration file {file} does not exist.", "Make one with `emr-rerank calibrate --out`.")
    calibration = read_calibration(file)
    if calibration.weights_hash not in (None, reranker.weights_hash):
        raise ModelError(
            f"The calibration {file} was fitted for {calibration.reranker or 'another model'} with other weights.",
            "Fit it anew with `emr-rerank calibrate` for the reranker in use.",
        )
    return CalibratedReranker(reranker, calibration)
