"""From a model's raw probability to one that can be compared with `min_score`.

A calibration is a small JSON file beside the model, `{"kind": "platt", "a": 1.0, "b": 0.0}` for sigmoid(a · logit + b)
(Platt 1999), or `{"kind": "isotonic", "x": [...], "y": [...]}` for a monotone piecewise-linear map of probabilities
(Zadrozny and Elkan 2002). `emr-rerank calibrate` fits one and writes into it for which model; then it serves no other.
"""

import json
import math
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from emr_rerank.errors import ModelError

NEAREST = 1e-12
"""Probabilities are kept so far from 0 and 1 that their log odds stay finite."""


class Calibration(BaseModel):
    """A monotone map from probability to probability."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["platt", "isotonic"] = "platt"
    a: float = 1.0
    b: float = 0.0
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()
    reranker: str | None = Field(None, description="name of the model it was fitted for; null serves any")
    weights_hash: str | None = Field(None, description="`sha256:…` of that model; null serves any")

    @model_validator(mode="after")
    def _monotone(self) -> "Calibration":
        if self.kind == "platt" and self.a <= 0:
            raise ValueError("a must be above 0")
        if self.kind == "isotonic" and (len(self.x) < 2 or len(self.x) != len(self.y)):
            raise ValueError("x and y need the same length, at least 2")
        rising = all(low < high for low, high in zip(self.x, self.x[1:], strict=False))
        if not rising or list(self.y) != sorted(self.y):
            raise ValueError("x must rise and y must not fall")
        return self

    def apply(self, probability: float) -> float:
        """The calibrated probability, 0 to 1."""
        if self.kind == "isotonic":
            return float(np.clip(np.interp(probability, self.x, self.y), 0.0, 1.0))
        kept = min(max(probability, NEAREST), 1 - NEAREST)
        return sigmoid(self.a * math.log(kept / (1 - kept)) + self.b)


IDENTITY = Calibration()


def sigmoid(logit: float) -> float:
    """1 / (1 + e^-logit), without overflow."""
    if logit >= 0:
        return 1 / (1 + math.exp(-logit))
    return math.exp(logit) / (1 + math.exp(logit))


def log_odds(probability: float) -> float:
    """The inverse of `sigmoid`, kept within ±14 so that 0 and 1 stay finite."""
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


def read_calibration(file: Path) -> Calibration:
    """The calibration in a file; the identity where there is no file.

    Raises:
        ModelError: the file is not a calibration.
    """
    if not file.is_file():
        return IDENTITY
    try:
        return Calibration.model_validate(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, ValidationError) as error:
        raise ModelError(
            f"The calibration {file} can't be used ({type(error).__name__}).", "Correct or remove the file."
        ) from None
