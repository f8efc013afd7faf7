"""Schema of `rules/captions.yaml`: what is printed around a table."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from emr_rerank.rules.files import Rule, load_rules


class CaptionRule(Rule):
    """Words with one meaning around tables."""

    role: Literal["time", "continued", "identity"] = Field(
        description="time: label of the sampling or report time, best first; continued: marks a table that goes on; "
        "identity: label of who the patient is, as printed on the edge of every page"
    )
    words: tuple[str, ...] = Field(min_length=1)


def caption_words(role: str, overrides: Path | None = None) -> tuple[str, ...]:
    """All words of one role, in file order."""
    return tuple(word for rule in _load(overrides) if rule.role == role for word in rule.words)


@lru_cache(maxsize=8)
def _load(overrides: Path | None) -> tuple[CaptionRule, ...]:
    return load_rules("captions", CaptionRule, overrides)
