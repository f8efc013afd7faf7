"""Schema of `rules/sentences.*.yaml`: where sentences end."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from emr_rerank.rules.files import Pattern, Rule, load_rules


class SentenceRule(Rule):
    """One cue of a sentence boundary, or of its absence."""

    language: Literal["zh", "en"] = Field(description="zh: lines with Chinese letters; en: all others")
    kind: Literal["end", "item", "run", "keep"] = Field(
        description="end: a sentence ends after the match; item: one begins at it; run: one begins at a list number "
        "(groups n and mark) that follows its predecessor; keep: none ends inside the match"
    )
    pattern: Pattern

    @model_validator(mode="after")
    def _complete(self) -> "SentenceRule":
        if self.kind == "run" and not {"n", "mark"} <= set(re.compile(self.pattern).groupindex):
            raise ValueError("a run pattern has the groups n and mark")
        return self


def sentence_rules(overrides: Path | None = None) -> tuple[SentenceRule, ...]:
    """The sentence rules in force, read once a folder."""
    return _load(overrides)


@lru_cache(maxsize=8)
def _load(overrides: Path | None) -> tuple[SentenceRule, ...]:
    return load_rules("sentences", SentenceRule, overrides)
