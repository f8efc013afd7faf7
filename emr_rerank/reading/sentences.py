"""Splits leaf sections into sentences: spaCy blank pipelines with a splitting component of ours."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emr_rerank.reading.dates import DateReader, date_reader
from emr_rerank.reading.paragraphs import display_width
from emr_rerank.reading.record_text import LogicalLine
from emr_rerank.record import BBox, Place, RowRef, Section
from emr_rerank.rules.sentences import SentenceRule, sentence_rules

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

COMPONENT = "emr_rerank_sentence_ends"
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W_]")
_BRACKETS = re.compile(r"[（(][^（()）\n]{0,80}[)）]")
_PROSE_CELL = 80
_SURE = 0.8
_LONGEST_DATE = 32


@dataclass(frozen=True)
class Stretch:
    """A sentence to be: its offsets, the leaf it lies in, and the table row it is, if one."""

    start: int
    end: int
    leaf: Section
    owner: Section
    row: RowRef | None = None
    whole_box: bool = False


@dataclass(frozen=True)
class SentenceEnds:
    """The spaCy component: marks the tokens that begin a sentence, by the rules of one language."""

    ends: tuple[re.Pattern[str], ...]
    items: tuple[re.Pattern[str], ...]
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
        if not found:
            return []
        closed = [match.span() for pattern in (*self.keeps, _BRACKETS) for match in pattern.finditer(text)]
        return sorted(
            offset
            for offset in found
            if offset < len(text) and not any(start < offset < end for start, end in closed)
            and not any(start < offset == end for start, end in closed if text[start] not in "（(")
        )  # fmt: skip


@lru_cache(maxsize=8)
def pipeline(language: str, overrides: Path | None = None) -> "Language":
    """A blank spaCy pipeline ('zh': one token a character; 'en': words) that only splits sentences."""
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


def sentence_ends(language: str, overrides: Path | None = None) -> SentenceEnds:
    """The component for one language, 'zh' or 'en'."""
    rules: Sequence[SentenceRule] = [rule for rule in sentence_rules(overrides) if rule.language == language]

    def of(kind: str) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(rule.pattern) for rule in rules if rule.kind == kind)

    return SentenceEnds(of("end"), of("item"), of("keep"))


def split(text: str, overrides: Path | None = None) -> list[tuple[int, int]]:
    """Half-open offsets of the sentences of one paragraph, white space around them left out."""
    return next(iter(_split_all([text], overrides)), [])


def find_sentences(
    text: str, lines: Sequence[LogicalLine], sections: Sequence[Section], overrides: Path | None = None
) -> list[Stretch]:
    """The sentences of every leaf, in reading order. Headings on their own line and table headers are none."""
    found: list[Stretch] = []
    prose: list[tuple[int, int, Section, Section, bool]] = []
    starts = [line.start for line in lines]
    dates = date_reader(overrides)
    for leaf, owner in leaves_with_owner(sections):
        for line in lines[max(0, bisect_right(starts, leaf.start) - 1) : bisect_left(starts, leaf.end)]:
            start, end = max(line.start, leaf.start), min(line.end, leaf.end)
            if start >= end or leaf.body_start >= line.end or line.kind == "header":
                continue
            if line.kind == "text" and _is_date_line(text, start, end, dates):
                continue
            if start < leaf.body_start and not _WORD.search(text, leaf.body_start, end):
                continue  # a heading whose first words are a part of their own
            if line.kind == "row" and not _is_prose(text[start:end]):
                if _WORD.search(text, start, end):
                    found.append(Stretch(start, end, leaf, owner, _row_ref(line)))
                continue
            prose.append((start, end, leaf, owner, line.kind == "row"))
    split_spans = _split_all([text[start:end] for start, end, *_ in prose], overrides)
    for (start, _, leaf, owner, in_row), spans in zip(prose, split_spans, strict=True):
        found.extend(Stretch(start + a, start + b, leaf, owner, None, in_row) for a, b in spans)
    return sorted(found, key=lambda stretch: stretch.start)


def _is_date_line(text: str, start: int, end: int, dates: DateReader) -> bool:
    """Whether a line holds nothing but a date: that of a note or a signature. Below a label it is the label's value."""
    if end - start > _LONGEST_DATE or text[:start].rstrip()[-1:] in (":", "："):
        return False
    found = dates.first_date(text[start:end], at_start=True)
    return found is not None and not _WORD.search(text, start + found[2], end)


def leaves_with_owner(sections: Iterable[Section], parent: Section | None = None) -> Iterator[tuple[Section, Section]]:
    """Every leaf with the section it speaks for: itself, or the parent for a preamble leaf inside one."""
    for section in sections:
        if section.children:
            yield from leaves_with_owner(section.children, section)
        else:
            yield section, parent if parent is not None and section.code == "preamble" else section


def boxes(
    text: str, start: int, end: int, places: Sequence[Place], starts: Sequence[int], *, whole: bool = False
) -> tuple[list[tuple[int, BBox]], bool]:
    """(page, box) of a stretch of text on each page it stands on, and whether OCR was unsure of any of it.

    Inside a printed line the share is by display width; with `whole` the box of the line or row is taken as it is.
    """
    found: dict[int, BBox] = {}
    unsure = False
    for place in places[max(0, bisect_right(starts, start) - 1) : bisect_left(starts, end)]:
        a, b = max(start, place.start), min(end, place.end)
        if a >= b:
            continue
        unsure |= place.confidence is not None and place.confidence < _SURE
        box = place.bbox if whole else _share(text, place, a, b)
        found[place.page] = _union(found[place.page], box) if place.page in found else box
    return list(found.items()), unsure


def _share(text: str, place: Place, start: int, end: int) -> BBox:
    if start == place.start and end == place.end:
        return place.bbox
    x0, top, x1, bottom = place.bbox
    total = max(1, display_width(text[place.start : place.end]))
    before, inside = display_width(text[place.start : start]), display_width(text[start:end])
    left = x0 + (x1 - x0) * before / total
    return (round(left, 2), top, round(left + (x1 - x0) * inside / total, 2), bottom)


def _union(a: BBox, b: BBox) -> BBox:
    return (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))


def _split_all(texts: Sequence[str], overrides: Path | None) -> list[list[tuple[int, int]]]:
    """Spans of each text; Chinese and other texts go through their own pipeline."""
    spans: list[list[tuple[int, int]]] = [[] for _ in texts]
    for language in ("zh", "en"):
        own = [index for index, text in enumerate(texts) if bool(_HAN.search(text)) == (language == "zh")]
        if not own:
            continue
        for index, doc in zip(own, pipeline(language, overrides).pipe(texts[i] for i in own), strict=True):
            spans[index] = list(_trimmed(texts[index], ((sent.start_char, sent.end_char) for sent in doc.sents)))
    return spans


def _trimmed(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans without white space around; one without any letter or digit joins the sentence before it."""
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
        last = (start, end)
    if last:
        yield last


def _is_prose(row: str) -> bool:
    """A row of one or two cells that holds a paragraph: a form printed as a table."""
    filled = [cell for cell in row.split("\t") if cell.strip()]
    return len(filled) <= 2 and max(map(len, filled), default=0) > _PROSE_CELL


def _row_ref(line: LogicalLine) -> RowRef | None:
    return RowRef(table=line.table, row=line.row) if line.table is not None and line.row is not None else None
