"""What speaks against a candidate without disproving it, and what each doubt costs its score.

Records say things in their own words and put them where nobody looks, so a missing word or an unusual section only
makes a sentence less likely. How much less is fitted with the embedded reranker's weights by training/fit_embedded.py.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from emr_rerank.errors import ModelError

Doubt = Literal[
    "freely",  # the matter is not named, but records put it in many words
    "loose",  # holds none of the words of a question that names nothing known
    "unnamed",  # the matter is not named
]
DOUBTS: tuple[Doubt, ...] = get_args(Doubt)
SHIPPED = Path(__file__).resolve().parent / "calibration" / "doubts.json"


class DoubtCosts(BaseModel):
    """What each doubt takes from a candidate's log odds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    costs: dict[Doubt, float]
    questions: int = Field(description="labelled questions it was fitted on")

    def of(self, doubts: Iterable[Doubt]) -> float:
        """The sum of the costs, in log odds."""
        return sum(self.costs[doubt] for doubt in doubts)


@lru_cache(maxsize=4)
def doubt_costs(file: Path = SHIPPED) -> DoubtCosts:
    """The costs in a file.

    Raises:
        ModelError: the file is missing, wrong, or lacks a doubt.
    """
    try:
        costs = DoubtCosts.model_validate(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"The costs of doubts can't be read ({type(error).__name__}).", "Install emr-rerank again."
        ) from None
    if set(costs.costs) != set(DOUBTS):
        raise ModelError("The costs of doubts belong to another version.", "Install emr-rerank again.")
    return costs
