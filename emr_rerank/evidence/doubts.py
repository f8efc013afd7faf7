"""What speaks against a candidate without disproving it, and what each doubt costs its score.

Records say things in their own words and put them where nobody looks, so a missing word or an unusual section only
makes a sentence less likely. How much less is fitted with the embedded reranker's weights by training/fit_embedded.py.
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from emr_rerank.errors import ModelError
from emr_rerank.evidence.fitted import FOLDER, read_fitted

Doubt = Literal[
    "nameless",  # what records call by its name is not named: a drug, an examination, an operation
    "instead",  # nor is that all: another operation, another thing of the kind is named instead
    "freely",  # the matter is not named, but records put it in many words
    "unnamed",  # something else that is asked about is not named
    "loose",  # holds none of the words of a question that names nothing known
    "other_sign",  # a line of an examination that names nothing asked for: all its lines look alike to the network
    "listed",  # a bare item of a list that holds none of the words asked for, where the answer is not looked for
    "not_yet",  # says what may or is to happen, where it is not asked what is planned
    "other_time",  # tells of another time than asked about, as far as an undated sentence tells it
    "untold",  # no value can be read where one is asked for, nor does it say that it is normal or not
    "other_end",  # tells of the other end of the stay than asked about
    "this_stay",  # stands where records tell of this stay, where the time before it is asked for
    "classed",  # tells only of a class of drugs, where one is asked for by its name
    "unshown",  # holds nothing of the kind that is asked for: no side, size, amount
]
DOUBTS: tuple[Doubt, ...] = get_args(Doubt)
SHIPPED = FOLDER / "doubts.json"


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
    costs = read_fitted(file, DoubtCosts, "The costs of doubts")
    if set(costs.costs) != set(DOUBTS):
        raise ModelError("The costs of doubts belong to another version.", "Install emr-rerank again.")
    return costs
