"""Lines that look like headings and opened no section: what a hospital should write a rule for."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from emr_rerank.reading.headings import HeadingFinder, heading_finder
from emr_rerank.reading.margins import Margins, all_margins
from emr_rerank.record import Page, PrintedLine, Record, Section
from emr_rerank.rules.sections import SectionRule, section_rules

_SHORT = 30
_LARGE = 1.15
_CENTRED = 0.15
_ENDS_SENTENCE = re.compile(r"[。；;，,]|\d$")
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

    A line looks like one when it is printed so (large, or bold in the middle), when a hint of the section rules matches
    it, or when it holds a title that the rules know but do not allow where it stands. Labels inside forms are left out.
    """
    finder, hints = heading_finder(overrides), _hints(section_rules(overrides))
    closed = {rule.id for rule in section_rules(overrides) if rule.closed}
    sections = _Sections(record, closed)
    found: dict[str, Unmatched] = {}
    for page, line, margins, start in _printed(record):
        reason = _set_apart(line, page, margins)
        if not sections.in_form(start):
            reason = reason or _hinted(line.text, hints) or _known(line.text, finder)
        if reason is None or sections.begin_within(start, start + len(line.text)):
            continue
        text = line.text if len(line.text) <= _SHORT else _LABEL.match(line.text)[0]  # type: ignore[index]
        before = found.get(text)
        found[text] = Unmatched(before.page, text, before.reason, before.times + 1) if before else (
            Unmatched(page.number, text, reason)
        )  # fmt: skip
    return tuple(found.values())


class _Sections:
    """Where sections begin, and where forms stand."""

    def __init__(self, record: Record, closed: set[str]) -> None:
        nodes = [node for section in record.sections for node in section.walk() if node.code != "preamble"]
        self.text = record.text
        self.starts = sorted({start for node in nodes for start in (node.start, _title_at(node, record.text))})
        self.forms = [(node.start, node.end) for node in nodes if node.rule in closed]

    def begin_within(self, start: int, end: int) -> bool:
        """Whether a section or its title begins on these characters, blanks before it aside."""
        at = bisect_left(self.starts, start)
        return at < len(self.starts) and self.starts[at] < max(end, start + 1)

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


def _set_apart(line: PrintedLine, page: Page, margins: Margins) -> str | None:
    """Large, or bold in the middle of the page, short, and no sentence."""
    if len(line.text) > _SHORT or len(line.text) < 2 or _ENDS_SENTENCE.search(line.text):
        return None
    if margins.size and line.size >= _LARGE * margins.size:
        return "large letters"
    left, right = line.bbox[0] - margins.left, margins.right - line.bbox[2]
    if line.bold and left > _CENTRED * (margins.right - margins.left) and abs(left - right) < 2 * margins.size:
        return "bold and centred"
    return None


def _hints(rules: Sequence[SectionRule]) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(rule.pattern), rule.id) for rule in rules if rule.level == "hint" and rule.pattern]


def _hinted(text: str, hints: Sequence[tuple[re.Pattern[str], str]]) -> str | None:
    return next((rule for pattern, rule in hints if pattern.fullmatch(text)), None)


def _known(text: str, finder: HeadingFinder) -> str | None:
    """The rule whose title begins the line, though it may not fire where the line stands."""
    headings = finder.candidates(text, lines_only=True)
    titled = (heading for heading in headings if heading.own_line and heading.title_end > heading.title_start)
    rule = next((heading.rule.id for heading in titled if heading.rule.level in ("part", "document")), None)
    return f"{rule} does not apply here" if rule else None
