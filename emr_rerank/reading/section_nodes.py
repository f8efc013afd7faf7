"""Sections while they grow, and how they become the frozen tree: own text into leaves, dates onto documents."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from emr_rerank.reading.headings import HeadingFinder
from emr_rerank.record import Place, Section

_SIGNATURE_LINES = 3


@dataclass(slots=True)
class SectionNode:
    """A section while its end is not known."""

    code: str
    title: str
    rule: str | None
    level: str
    start: int
    body: int
    date: str | None = None
    number: int | None = None
    style: str = ""
    mark: str = ""
    inline: bool = False
    run_in: bool = False
    "text follows the heading on its line"
    end: int = 0
    children: list["SectionNode"] = field(default_factory=list)
    labels: tuple[str, ...] = ()
    date_cue: str | None = None
    closed: bool = False
    size: float = 0.0


def freeze(root: SectionNode, text: str, finder: HeadingFinder, places: Sequence[Place]) -> tuple[Section, ...]:
    """The sections below the root, with paths, dates and pages."""
    return tuple(_freeze_children(root, (), None, text, finder, PageFinder(places)))


@dataclass(slots=True)
class PageFinder:
    places: Sequence[Place]
    starts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.starts = [place.start for place in self.places]

    def at(self, offset: int) -> int:
        """The page of the line that holds this offset, else of the last line before it."""
        index = bisect_right(self.starts, offset) - 1
        return self.places[max(0, index)].page if self.places else 1


def _freeze_children(
    node: SectionNode, path: tuple[str, ...], date: str | None, text: str, finder: HeadingFinder, pages: PageFinder
) -> Iterator[Section]:
    """The children of a node and, between them, leaves of the node's own text."""
    at = node.start
    for child in node.children:
        if child.start > at:
            yield _own_text(at, child.start, path, date, text, pages, node)
        yield _freeze(child, path, date, text, finder, pages)
        at = child.end
    if at < node.end:
        yield _own_text(at, node.end, path, date, text, pages, node)


def _freeze(
    node: SectionNode, path: tuple[str, ...], date: str | None, text: str, finder: HeadingFinder, pages: PageFinder
) -> Section:
    here = (*path, node.title)
    author = None
    if node.level == "document":
        date = node.date or _printed_date(node, text[node.start : node.end], finder)
        author = finder.signatures.author(text[node.body : node.end])
    children = tuple(_freeze_children(node, here, date, text, finder, pages)) if node.children else ()
    return Section(
        code=node.code, title=node.title, path=here, rule=node.rule, date=date, author=author, start=node.start,
        end=node.end, body_start=min(node.body, node.end), page_start=pages.at(node.start),
        page_end=pages.at(max(node.start, node.end - 2)), children=children,
    )  # fmt: skip


def _printed_date(node: SectionNode, text: str, finder: HeadingFinder) -> str | None:
    """The date of a document by its label, right under its heading, beside the signature, or in its prose."""
    return (
        finder.dates.labelled_date(text, node.labels)
        or _under_heading(text[node.body - node.start :], finder)
        or _signed(text, finder)
        or (finder.dates.cued_date(text, node.date_cue) if node.date_cue else None)
    )


def _under_heading(text: str, finder: HeadingFinder) -> str | None:
    line = text.lstrip().partition("\n")[0]
    found = finder.dates.first_date(line, at_start=True)
    return found[0] if found and not re.search(r"\w", line[found[2] :]) else None


def _signed(text: str, finder: HeadingFinder) -> str | None:
    """The date beside the signature in the last lines of a document, or alone on the line below it."""
    lines = text.rstrip().split("\n")[-_SIGNATURE_LINES:]
    for line, below in zip(reversed(lines), ["", *reversed(lines[1:])], strict=True):
        end = finder.signatures.end(line)
        if end is None:
            continue
        found = finder.dates.first_date(line, end)
        date = found[0] if found else _under_heading(below, finder)
        if date:
            return date
    return None


def _own_text(
    start: int, end: int, path: tuple[str, ...], date: str | None, text: str, pages: PageFinder, node: SectionNode
) -> Section:
    return Section(
        code="preamble", title="", path=path, rule=None, date=date, start=start, end=end,
        body_start=max(start, min(node.body, end)) if node.level != "root" else start,
        page_start=pages.at(start), page_end=pages.at(max(start, end - 2)),
    )  # fmt: skip
