"""Reads what `training.fit_embedded` has fitted and the program ships: `calibration/*.json`."""

import json
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from emr_rerank.errors import ModelError

FOLDER = Path(__file__).resolve().parent / "calibration"
Fitted = TypeVar("Fitted", bound=BaseModel)


def read_fitted(file: Path, shape: type[Fitted], what: str) -> Fitted:
    """The numbers in a file.

    Args:
        what: what they are, for the error message.

    Raises:
        ModelError: the file is missing or wrong.
    """
    try:
        return shape.model_validate(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ModelError(f"{what} can't be read ({type(error).__name__}).", "Install emr-rerank again.") from None
