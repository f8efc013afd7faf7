"""Schema of `rules/glossary.*.yaml`: English words of clinical questions and what Chinese records write for them.

Softer than a concept: an entry proves nothing and binds nothing. It only helps a question to be read beside a record in
the other language.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from emr_rerank.rules.files import Rule, load_rules

Forms = Annotated[tuple[str, ...], Field(min_length=1)]
_WORD = re.compile(r"[a-z0-9]+(?:['/-][a-z0-9]+)*", re.IGNORECASE)
_ENDINGS = (("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ied", "y"), ("ing", ""), ("ing", "e"))
"""Endings of English words, and what stands there in the base form; a doubled letter before them may be single."""


class GlossRule(Rule):
    """One meaning: English forms in lower case (`swelling`, `swollen`), and Chinese ones, the most usual first."""

    en: Forms
    zh: Forms


@dataclass(frozen=True)
class Gloss:
    """Where a text holds words of an entry (half-open offsets), and what the other language has for them."""

    start: int
    end: int
    others: tuple[str, ...]


class Glossary:
    """All entries in force."""

    def __init__(self, rules: Iterable[GlossRule]) -> None:
        self._english: dict[str, tuple[str, ...]] = {}
        self._chinese: dict[str, tuple[str, ...]] = {}
        for rule in rules:
            for form in rule.en:
                self._english[form] = (*self._english.get(form, ()), *rule.zh)
            for form in rule.zh:
                self._chinese[form] = (*self._chinese.get(form, ()), *rule.en)
        self._most_words = max((form.count(" ") + 1 for form in self._english), default=0)
        self._most_characters = max(map(len, self._chinese), default=0)

    def find(self, text: str) -> tuple[Gloss, ...]:
        """Entries that a text names, the longest at each place, none overlapping, in reading order."""
        return tuple(sorted([*self._english_in(text), *self._chinese_in(text)], key=lambda gloss: gloss.start))

    def _english_in(self, text: str) -> Iterator[Gloss]:
        words = [*_WORD.finditer(text)]
        place = 0
        while place < len(words):
            step = 1
            for count in range(min(self._most_words, len(words) - place), 0, -1):
                if others := self._of_phrase([word.group().lower() for word in words[place : place + count]]):
                    yield Gloss(words[place].start(), words[place + count - 1].end(), others)
                    step = count
                    break
            place += step

    def _of_phrase(self, words: Sequence[str]) -> tuple[str, ...]:
        """Chinese forms of a phrase as it stands, or with its last or first word in its base form."""
        *before, last = words
        first, *after = words
        phrases = [[*before, base] for base in _bases(last)] + [[base, *after] for base in _bases(first)]
        return next((found for each in phrases if (found := self._english.get(" ".join(each)))), ())

    def _chinese_in(self, text: str) -> Iterator[Gloss]:
        place = 0
        while place < len(text):
            step = 1
            for count in range(min(self._most_characters, len(text) - place), 0, -1):
                if others := self._chinese.get(text[place : place + count]):
                    yield Gloss(place, place + count, others)
                    step = count
                    break
            place += step


def _bases(word: str) -> tuple[str, ...]:
    """The word, and what it may be a plural, past or -ing form of."""
    found = [word]
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            base = word[: -len(ending)]
            found += [base + instead, base[:-1]] if base[-1:] == base[-2:-1] else [base + instead]
    return tuple(found)


@lru_cache(maxsize=8)
def glossary(overrides: Path | None = None) -> Glossary:
    """The entries in force.

    Raises:
        RuleError: a rule file is wrong.
    """
    return Glossary(load_rules("glossary", GlossRule, overrides))
