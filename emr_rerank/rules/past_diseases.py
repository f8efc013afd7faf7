"""Schemas of `rules/past_diseases.yaml` and `rules/history_wording.yaml`: histories that can't be true and denied."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

from emr_rerank.rules.concepts import Concepts, concepts
from emr_rerank.rules.files import Pattern, Rule, load_rules

WordingKind = Literal["item_end", "known_after", "known_before", "history", "new"]


class PastDisease(Rule):
    """A disease that lasts: once known, a denial is wrong. Its names are those of the concept."""

    concept: str


class HistoryWording(Rule):
    """Words around a disease; the kinds are explained at the top of the rule file. `sections`: those of histories."""

    kind: WordingKind
    pattern: Pattern
    sections: tuple[str, ...] = ()


class PastDiseases:
    """The diseases and wordings in force."""

    def __init__(self, names: Concepts, wordings: tuple[HistoryWording, ...]) -> None:
        self.names = names
        self.sections = frozenset(code for rule in wordings for code in rule.sections)
        self._patterns = {
            kind: re.compile("|".join(f"(?:{rule.pattern})" for rule in wordings if rule.kind == kind), re.IGNORECASE)
            for kind in {rule.kind for rule in wordings}
        }

    def name(self, disease: str, *, chinese: bool) -> str:
        """The first of the disease's names in that language."""
        forms = self.names.get(f"concept.{disease}").forms
        return next(form for form in forms if form.isascii() != chinese)

    def says(self, kind: WordingKind, text: str) -> bool:
        """Whether the text holds words of that kind (`known_after` and `item_end`: at its start)."""
        at_start = kind in ("known_after", "item_end")
        pattern = self._patterns[kind]
        return bool(pattern.match(text) if at_start else pattern.search(text))


@lru_cache(maxsize=8)
def past_diseases(overrides: Path | None = None) -> PastDiseases:
    """The diseases whose histories are compared, with their wording. Raises RuleError."""
    listed = [rule.concept for rule in load_rules("past_diseases", PastDisease, overrides)]
    known = concepts(overrides)
    names = Concepts([known.get(name).model_copy(update={"narrower": ()}) for name in listed])
    return PastDiseases(names, load_rules("history_wording", HistoryWording, overrides))
