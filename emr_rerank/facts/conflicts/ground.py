"""What contradictions are looked for in, and what one looks like: the working nouns of this folder."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from emr_rerank.facts.passage import DocumentDates, Passage
from emr_rerank.findings import Fact
from emr_rerank.record import Record, Sentence


@dataclass(frozen=True)
class Ground:
    """The sentences that are compared with each other, and their facts.

    A sentence that was carried forward word by word stands here once: a copy is no second witness.
    """

    record: Record
    sentences: tuple[Sentence, ...]
    facts: tuple[Fact, ...]
    rules_dir: Path | None

    def passage(self, sentence: Sentence) -> Passage:
        """The sentence with the dates of its document."""
        return Passage(self.record, sentence, self._dates.at(sentence.start), self.rules_dir)

    def leaf(self, sentence: Sentence) -> int:
        """Number of the leaf section that holds the sentence."""
        return bisect_right(self._leaves, sentence.start)

    @property
    def chinese(self) -> bool:
        """Whether names are shown in Chinese."""
        return self.record.language != "en"

    @cached_property
    def _dates(self) -> DocumentDates:
        return DocumentDates(self.record)

    @cached_property
    def _leaves(self) -> list[int]:
        return [leaf.start for leaf in self.record.leaves()]


@dataclass(frozen=True)
class Side:
    """One of the things said, and the sentences (indices into the record's) that say it."""

    value: str
    sentences: frozenset[int]


@dataclass(frozen=True)
class Contradiction:
    """A matter, e.g. `allergy:penicillin`, of which the record says two or more incompatible things."""

    about: str
    sides: tuple[Side, ...]
    subject: str = ""
    """What it is about, as printed."""

    @property
    def sentences(self) -> frozenset[int]:
        """Every sentence that takes part."""
        return frozenset().union(*(side.sentences for side in self.sides))


def contradiction(about: str, sides: Iterable[tuple[str, Iterable[int]]], subject: str = "") -> Contradiction:
    """Built from (value, sentence indices) pairs."""
    return Contradiction(about, tuple(Side(value, frozenset(places)) for value, places in sides), subject)
