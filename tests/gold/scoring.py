"""Reads fragments with the program and says where it differs from the gold. A miss is one line of text."""

from collections.abc import Iterator
from dataclasses import dataclass

from emr_rerank.facts.context import assertion_of
from emr_rerank.reading.dates import date_reader
from emr_rerank.reading.record_text import LogicalLine
from emr_rerank.reading.sentences import find_sentences
from emr_rerank.record import Section
from emr_rerank.rules.days import Stay
from tests.gold.fragments import DOCUMENT, Fragment, SentenceEnd


@dataclass(frozen=True)
class Score:
    """How many things were looked at, and what was missed."""

    total: int
    misses: tuple[str, ...]

    @property
    def accuracy(self) -> float:
        return 1 - len(self.misses) / self.total


def sentences_of(fragment: Fragment) -> list[tuple[int, int]]:
    """Offsets of the fragment's sentences, read as one section whose lines are paragraphs or table rows."""
    text = fragment.text
    lines, at = [], 0
    for number, line in enumerate(text.split("\n")):
        kind = "row" if fragment.rows else "text"
        lines.append(
            LogicalLine(at, at + len(line), 1, kind, table=0, row=number)
            if fragment.rows
            else LogicalLine(at, at + len(line), 1)
        )
        at += len(line) + 1
    section = Section(
        code=fragment.section, title="", path=(), page_start=1, page_end=1, start=0, end=len(text), body_start=0
    )
    return [(found.start, found.end) for found in find_sentences(text, lines, [section])]


def boundaries(fragment: Fragment) -> tuple[set[int], set[int]]:
    """Sentence ends: gold, found."""
    return {end.offset for end in fragment.ends}, {end for _, end in sentences_of(fragment)}


def boundary_misses(fragment: Fragment) -> Iterator[str]:
    gold, found = boundaries(fragment)
    for offset in sorted(gold ^ found):
        around = fragment.text[max(0, offset - 8) : offset] + "|" + fragment.text[offset : offset + 8]
        yield f"{fragment.id}: {'missed' if offset in gold else 'extra'} end {around!r}"


def assertions(fragment: Fragment) -> Score:
    sentences = sentences_of(fragment)
    misses = []
    for mention in fragment.mentions:
        words = fragment.text[mention.start : mention.end]
        holder = next(((a, b) for a, b in sentences if a <= mention.start and mention.end <= b), None)
        if holder is None:
            misses.append(f"{fragment.id}: {words} is in no sentence")
            continue
        start, end = holder
        found, rule = assertion_of(
            fragment.text[start:end], mention.start - start, mention.end - start, fragment.section
        )
        if found != mention.label:
            misses.append(f"{fragment.id}: {words} at {mention.start} is {mention.label}, read as {found} by {rule}")
    return Score(len(fragment.mentions), tuple(misses))


def dates(fragment: Fragment) -> Score:
    """Dates named, each with its day; a date read where none is marked is a miss too."""
    reader, stay = date_reader(), _stay(fragment)
    found, named = [], None
    for start, end in sentences_of(fragment):
        text = fragment.text[start:end]
        mentions = reader.mentions(text, fragment.document, stay, named)
        named = reader.own_date(text, fragment.document, stay, named).named or named
        found += [(start + each.start, start + each.end, each.iso) for each in mentions]
    misses = []
    for date in fragment.dates:
        read = [iso for a, b, iso in found if a < date.end and date.start < b]
        iso = read[0] if len(read) == 1 else None
        if not _agrees(date.label, iso):
            words = fragment.text[date.start : date.end]
            misses.append(f"{fragment.id}: {words} at {date.start} is {date.label}, read as {read}")
    for a, b, iso in found:
        if iso and not any(a < date.end and date.start < b for date in fragment.dates):
            misses.append(f"{fragment.id}: {fragment.text[a:b]} at {a} is no date, read as {iso}")
    return Score(len(fragment.dates), tuple(misses))


def sentence_dates(fragment: Fragment) -> Score:
    """The day of each sentence whose end was found."""
    reader, stay = date_reader(), _stay(fragment)
    ends = {end.offset: end for end in fragment.ends}
    misses, total, named = [], 0, None
    for start, end in sentences_of(fragment):
        own = reader.own_date(fragment.text[start:end], fragment.document, stay, named)
        named = own.named or named
        if end not in ends:
            continue
        total += 1
        read = own.iso if own.stated else fragment.document
        if not _agrees(_expected(ends[end], fragment), read):
            misses.append(f"{fragment.id}: sentence at {start} is of {ends[end].date}, read as {own.iso} by {own.rule}")
    return Score(total, tuple(misses))


def _expected(end: SentenceEnd, fragment: Fragment) -> str | None:
    return fragment.document[:10] if end.date == DOCUMENT else end.date


def _agrees(gold: str | None, read: str | None) -> bool:
    return read is None if gold is None else bool(read) and str(read).startswith(gold)


def _stay(fragment: Fragment) -> Stay:
    return Stay(admission=fragment.admission, operations=fragment.operations)
