"""Where sentences end in a paragraph, by `rules/sentences.*.yaml`: plain offsets, and the same as a spaCy component."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emr_rerank.rules.sentences import sentence_rules

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

COMPONENT = "emr_rerank_sentence_ends"
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
_WORD = re.compile(r"[^\W_]")
_BRACKETS = re.compile(r"[（(][^（()）\n]{0,80}[)）]")
_STRAY = "，,。；;、！!？?）) "
_MOSTLY_LATIN = 4
"""A paragraph with that many Latin letters a Chinese one is read by the English rules too."""


@dataclass(frozen=True)
class SentenceEnds:
    """The rules of one language, compiled. As a spaCy component it marks the tokens that begin a sentence."""

    ends: tuple[re.Pattern[str], ...]
    items: tuple[re.Pattern[str], ...]
    runs: tuple[re.Pattern[str], ...]
    keeps: tuple[re.Pattern[str], ...]

    def __call__(self, doc: "Doc") -> "Doc":
        import numpy
        from spacy.attrs import IDX, SENT_START

        starts = numpy.array(self.starts(doc.text), dtype="int64")
        offsets = doc.to_array([IDX]).reshape(-1).astype("int64")
        marks = numpy.full(len(doc), -1, dtype="int64")
        if len(doc):
            firsts = numpy.searchsorted(offsets, starts)
            marks[firsts[firsts < len(doc)]] = 1
            marks[0] = 1
            doc.from_array([SENT_START], marks.astype("uint64").reshape(-1, 1))
        return doc

    def starts(self, text: str) -> list[int]:
        """Offsets where a sentence begins, the first (0) left out."""
        found = {match.end() for pattern in self.ends for match in pattern.finditer(text)}
        found |= {match.start() for pattern in self.items for match in pattern.finditer(text)}
        found |= {start for pattern in self.runs for start in _run_on(pattern, text)}
        if not found:
            return []
        closed = [match.span() for pattern in (*self.keeps, _BRACKETS) for match in pattern.finditer(text)]
        return sorted(
            offset
            for offset in found
            if offset < len(text) and not any(start < offset < end for start, end in closed)
            and not any(start < offset == end for start, end in closed if text[start] not in "（(")
        )  # fmt: skip


def _run_on(pattern: re.Pattern[str], text: str) -> Iterator[int]:
    """Where list numbers run on from the one before: 1.肺炎2.高血压3.糖尿病. A number out of turn is none."""
    last: dict[str, int] = {}
    for match in pattern.finditer(text):
        number, mark = int(match["n"]), match["mark"]
        if number == 1 or number == last.get(mark, 0) + 1:
            last[mark] = number
            if number > 1:
                yield match.start()


@lru_cache(maxsize=8)
def sentence_ends(language: str, overrides: Path | None = None) -> SentenceEnds:
    """The rules of one language, 'zh' or 'en'. Raises RuleError."""
    rules = [rule for rule in sentence_rules(overrides) if rule.language == language]

    def of(kind: str) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(rule.pattern) for rule in rules if rule.kind == kind)

    return SentenceEnds(of("end"), of("item"), of("run"), of("keep"))


def split(text: str, overrides: Path | None = None) -> list[tuple[int, int]]:
    """Half-open offsets of the sentences of one paragraph, white space around them left out."""
    starts = {start for language in _languages(text) for start in sentence_ends(language, overrides).starts(text)}
    return list(_trimmed(text, pairwise([0, *sorted(starts), len(text)])))


def _languages(text: str) -> tuple[str, ...]:
    """Whose rules a paragraph is read by: Chinese ones where it holds Chinese letters."""
    han = len(_HAN.findall(text))
    if not han:
        return ("en",)
    return ("zh", "en") if len(_LATIN.findall(text)) >= _MOSTLY_LATIN * han else ("zh",)


def _trimmed(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans without white space around or stray marks in front; one without any letter joins the sentence before it."""
    last: tuple[int, int] | None = None
    for start, end in spans:
        piece = text[start:end]
        start += len(piece) - len(piece.lstrip())
        end = start + len(piece.strip())
        if start >= end:
            continue
        if not _WORD.search(text, start, end):
            last = (last[0], end) if last else None
            continue
        if last:
            yield last
            start += len(text[start:end]) - len(text[start:end].lstrip(_STRAY))
        last = (start, end)
    if last:
        yield last


def pipeline(language: str, overrides: Path | None = None) -> "Language":
    """A blank spaCy pipeline ('zh': one token a character; 'en': words) that only splits sentences, for spaCy users."""
    import spacy
    from spacy.language import Language

    if not Language.has_factory(COMPONENT):
        Language.factory(COMPONENT, default_config={"language": "zh", "overrides": None}, func=_create)

    nlp = spacy.blank(language)
    config: dict[str, Any] = {"language": language, "overrides": str(overrides) if overrides else None}
    nlp.add_pipe(COMPONENT, config=config)
    nlp.max_length = 10_000_000
    return nlp


def _create(nlp: "Language", name: str, language: str, overrides: str | None) -> SentenceEnds:
    """The factory that spaCy calls when the pipeline is put together."""
    return sentence_ends(language, Path(overrides) if overrides else None)
