"""Lines that look like headings and opened no section: what a hospital should write a rule for."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from emr_rerank.reading.headings import HeadingFinder, heading_finder
from emr_rerank.reading.margins import Margins, all_margins, is_centred
from emr_rerank.record import Page, PrintedLine, Record, Section
from emr_rerank.rules.sections import SectionRule, Where, section_rules

_SHORT = 30
_LARGE = 1.15
_LABEL = re.compile(r"^[^:：]{1,40}[:：]?")


@dataclass(frozen=True)
class Unmatched:
    """A line, where it was first printed, how often, and why it looks like a heading."""

    page: int
    text: str
    reason: str
    times: int = 1


def unmatched_headings(record: Record, overrides: Path | None = None) -> tuple[Unmatched, ...]:
    """The lines of a record that look like headings and opened nothing, in order of print; alike ones once.

    A line looks like one when a hint of the section rules matches its words or how it is set (large, or bold in the
    middle), or when it is a title that the rules know but do not allow where it stands. Labels in forms are left out.
    """
    rules, finder = section_rules(overrides), heading_finder(overrides)
    hints = [(re.compile(rule.pattern), rule) for rule in rules if rule.level == "hint" and rule.pattern]
    labels = tuple({label.lower() for rule in rules for label in rule.date_labels})
    sections = _Sections(record, {rule.id for rule in rules if rule.closed})
    found: dict[str, Unmatched] = {}
    for page, line, margins, start in _printed(record):
        if sections.begin_within(start, start + len(line.text)) or line.text.lower().startswith(labels):
            continue
        if finder.signatures.labels.match(line.text):
            continue
        ways, codes = _ways(line, margins), sections.codes_at(start)
        if sections.in_form(start):
            ways -= {"line_start", "own_line"}
        reason = _hinted(line.text, hints, ways, codes) or ("own_line" in ways and _known(line.text, finder)) or None
        if reason is None:
            continue
        text = _shown(line.text)
        before = found.get(text)
        times, first = (before.times, before.page) if before else (0, page.number)
        found[text] = Unmatched(first, text, reason, times + 1)
    return tuple(found.values())


def _shown(text: str) -> str:
    """The line, or of a long one its label; a long line that begins with a colon has none and is shown whole."""
    label = _LABEL.match(text) if len(text) > _SHORT else None
    return label[0] if label else text


class _Sections:
    """Where sections begin, and where forms stand."""

    def __init__(self, record: Record, closed: set[str]) -> None:
        nodes = [node for section in record.sections for node in section.walk() if node.code != "preamble"]
        self.text = record.text
        self.starts = sorted({start for node in nodes for start in (node.start, _title_at(node, record.text))})
        self.forms = [(node.start, node.end) for node in nodes if node.rule in closed]
        self.spans = [(node.start, node.end, node.code) for node in nodes]

    def begin_within(self, start: int, end: int) -> bool:
        """Whether a section or its title begins on these characters, blanks before it aside."""
        at = bisect_left(self.starts, start)
        return at < len(self.starts) and self.starts[at] < max(end, start + 1)

    def codes_at(self, at: int) -> set[str]:
        """The codes of the sections that hold the place."""
        return {code for start, end, code in self.spans if start <= at < end}

    def in_form(self, at: int) -> bool:
        """Whether the place lies inside a form, whose labels are no headings."""
        return any(start <= at < end for start, end in self.forms)


def _title_at(node: Section, text: str) -> int:
    at = text.find(node.title, node.start, node.body_start)
    return at if at >= 0 else node.start


def _printed(record: Record) -> Iterator[tuple[Page, PrintedLine, Margins, int]]:
    """Each printed line outside tables with its page's margins and its offset in the record's text."""
    offsets = {(place.page, place.bbox): place.start for place in record.places}
    for page, margins in zip(record.pages, all_margins(record.pages), strict=True):
        for line in page.lines:
            start = offsets.get((page.number, line.bbox))
            if start is not None:
                yield page, line, margins, start


def _ways(line: PrintedLine, margins: Margins) -> set[Where]:
    """The ways in which the line stands as a heading would."""
    ways: set[Where] = {"line_start", "own_line"}
    if margins.size and line.size >= _LARGE * margins.size:
        ways.add("large")
    if line.bold and is_centred(line, margins):
        ways.add("centred")
    return ways


def _hinted(
    text: str, hints: Sequence[tuple[re.Pattern[str], SectionRule]], ways: set[Where], codes: Set[str]
) -> str | None:
    for pattern, rule in hints:
        if ways & set(rule.where) and not codes & set(rule.not_in) and pattern.fullmatch(text):
            return rule.id
    return None


def _known(text: str, finder: HeadingFinder) -> str | None:
    """The rule whose title the line is, though it may not fire where the line stands."""
    headings = finder.candidates(text, lines_only=True)
    titled = (heading for heading in headings if heading.own_line and heading.title_end > heading.title_start)
    rule = next((heading.rule.id for heading in titled if heading.rule.level in ("part", "document")), None)
    return f"{rule} does not apply here" if rule else None
