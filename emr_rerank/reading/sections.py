"""Builds the section tree: documents of the stay, their parts, inline parts of a paragraph."""

import re
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise, zip_longest
from pathlib import Path

from emr_rerank.reading.date_order import in_calendar_order
from emr_rerank.reading.headings import Heading, HeadingFinder, first_allowed, heading_finder
from emr_rerank.reading.list_numbers import number_value
from emr_rerank.reading.record_text import LogicalLine, RecordText
from emr_rerank.reading.section_nodes import SectionNode, freeze
from emr_rerank.record import Place, Section

_ITEM = re.compile(
    r"(?:^|(?<=[。；;，,！？!?：:）)\s\n]))"
    r"(?:(?P<an>\d{1,2})(?!\d)\s*(?:(?P<mark>[、.．)）])(?!\d)|(?=[ \u4e00-\u9fff]))|(?P<circle>[①-⑳]))",
    re.MULTILINE,
)
_HEADS_OF_LINE = 0.5
_SKIPS = 3


def build_sections(read: RecordText, overrides: Path | None = None) -> tuple[Section, ...]:
    """The section tree over a record's text. Top-level sections tile the text; children tile their parent."""
    return _grow(read, overrides).finish(read.places) if read.text else ()


def rules_fired(read: RecordText, overrides: Path | None = None) -> frozenset[str]:
    """Ids of the section rules that open or close something in a record, stops included."""
    return frozenset(_grow(read, overrides).fired)


def _grow(read: RecordText, overrides: Path | None) -> "_Tree":
    tree = _Tree(read.text, heading_finder(overrides))
    for line, following in zip_longest(read.lines, read.lines[1:]):
        tree.take(line, following)
    return tree


class _Tree:
    """Open sections from the root to the deepest; grows line by line."""

    def __init__(self, text: str, finder: HeadingFinder) -> None:
        self.text = text
        self.finder = finder
        self.dated = in_calendar_order(text, finder.dates.month_first(text))
        "the text as it is read for dates and headings; offsets are those of `text`"
        self.root = SectionNode("", "", None, "root", 0, 0)
        self.stack = [self.root]
        self.close_at: int | None = None
        self.title_size = 0.0
        self.fired: set[str] = set()
        self.signed_at: int | None = None
        "where the line below the last signature begins"

    def take(self, line: LogicalLine, following: LogicalLine | None) -> None:
        """Open and close what one logical line opens and closes; `following` is the line after it."""
        text = self.dated[line.start : line.end]
        if self.close_at is not None:
            self._close_inline(line.start)
        if line.kind == "header":
            return
        found = self.finder.candidates(text, is_row=line.kind == "row", size=line.size, centred=line.centred)
        taken = 0
        for _, same in groupby(found, key=lambda heading: heading.title_start):
            heading = first_allowed(list(same), [node.code for node in self.stack])
            if heading and heading.title_start >= taken and self._fits_layout(heading, line, following):
                self._close_by_number(line.start, line.start + heading.title_start + 1)
                self._open(heading, line)
                taken = heading.body
        self._close_by_number(line.start, line.end)
        if any(node.inline for node in self.stack):
            self.close_at = line.end

    def _fits_layout(self, heading: Heading, line: LogicalLine, following: LogicalLine | None) -> bool:
        """A bare date heads a note only on the left of the page (a signature's date stands right)."""
        if heading.rule.level == "document" and heading.title_start == heading.title_end:
            return line.left < _HEADS_OF_LINE and not self._dates_signature(line, following)
        document = self._document()
        if heading.rule.level == "part" and document and document.closed:
            return document.code in heading.rule.only_in
        if heading.rule.level == "stop" and not heading.rule.ends:
            return document is not None or not heading.at_line_start
        if set(heading.rule.where) & {"large", "centred"}:
            return line.size >= 0.95 * self.title_size
        return True

    def _dates_signature(self, line: LogicalLine, following: LogicalLine | None) -> bool:
        """Whether a bare date right below a signature is the signature's: nothing, or another document, follows it."""
        if line.start != self.signed_at:
            return False
        after = self.dated[following.start : following.end] if following else ""
        return not after or any(heading.rule.level == "document" for heading in self.finder.candidates(after))

    def _open(self, heading: Heading, line: LogicalLine) -> None:
        rule = heading.rule
        self.fired.add(rule.id)
        start, title = line.start + heading.start, self._title(heading, line)
        if rule.level == "stop" and rule.ends:
            self._end_run_in(rule.ends, start)
            return
        if rule.level == "stop" and not heading.at_line_start:
            self._close_inline(start)
            return
        if rule.level == "stop":
            self.signed_at = line.end + 1
            self._close_to(lambda node: node.level in ("root", "document"), start)
            return
        if rule.level == "document":
            if self._goes_on(heading, line, title) or self._dates_open_document(heading, start):
                return
            start, date = self._merge_bare_date(start, heading.date)
            self.title_size = max(self.title_size, line.size if heading.title_end > heading.title_start else 0.0)
            self._close_to(lambda node: node.level == "root", start)
            self._push(heading, title, line.start + heading.body, start, date, line_size=line.size)
            return
        inline = not heading.at_line_start
        parents: set[str] = {*rule.parents, *(rule.inside if inline else ())}
        if self._repeats_title(rule.id, start):
            return
        parent = self._parent(rule.id, parents)
        self._close_to(lambda node: node is parent, start)
        self._push(heading, title, line.start + heading.body, start, heading.date, inline)

    def _parent(self, rule: str, codes: set[str]) -> SectionNode:
        """The innermost open part of these codes, the outer one of two of one code; else the document."""
        above = self.root
        for outer, node in pairwise(self.stack):
            hangs = node.code in codes and node.rule != rule and outer.code != node.code
            if node.level != "part" or hangs:
                above = node
        return above

    def _repeats_title(self, rule: str, start: int) -> bool:
        """Whether the heading says again, under another name, what the heading right above it said."""
        last = self.stack[-1]
        return last.rule == rule and last.level == "part" and not self.text[last.body : start].strip()

    def _title(self, heading: Heading, line: LogicalLine) -> str:
        whole = self.text[line.start : line.end]
        printed = whole[heading.title_start : heading.title_end] or whole.strip()
        return re.sub(r"(?<=[\u4e00-\u9fff])[ \u3000]+(?=[\u4e00-\u9fff])", "", printed)

    def _push(
        self,
        heading: Heading,
        title: str,
        body: int,
        start: int,
        date: str | None,
        inline: bool = False,
        line_size: float = 0.0,
    ) -> None:
        rule = heading.rule
        mark = re.sub(r"[\s\d①-⑳（(【\[]", "", self.text[start : body - (heading.body - heading.title_start)])[:1]
        node = SectionNode(
            rule.code, title, rule.id, rule.level, start, body, date, heading.number, heading.style, mark, inline,
            labels=rule.date_labels, closed=rule.closed, size=line_size, run_in=not heading.own_line,
            date_cue=rule.date_cue,
        )  # fmt: skip
        self.stack[-1].children.append(node)
        self.stack.append(node)

    def _goes_on(self, heading: Heading, line: LogicalLine, title: str) -> bool:
        """Whether the heading is that of the open document, or the title over it, printed again on its next page."""
        document = self._document()
        if document is None or heading.date:
            return False
        if document.code in heading.rule.over and line.tops_page and heading.title_end > heading.title_start:
            return True
        if document.code != heading.rule.code:
            return False
        return heading.continued or (heading.rule.repeats and line.tops_page and document.title == title)

    def _dates_open_document(self, heading: Heading, start: int) -> bool:
        """A bare date right under a document's heading is that document's date, not a new note."""
        document = self._document()
        bare = heading.date is not None and heading.title_start == heading.title_end
        if not bare or document is None or document.date or document.code == "progress_note":
            return False
        at = document.body
        for child in document.children:
            if self.text[at : child.start].strip() or child.children:
                return False
            at = child.body
        if self.text[at:start].strip():
            return False
        document.date = heading.date
        return True

    def _merge_bare_date(self, start: int, date: str | None) -> tuple[int, str | None]:
        """A bare date line right above a document's heading belongs to it: begin there."""
        document = self._document()
        if date is None and document and not document.children and document.date:
            bare = self.text[document.start : start].strip() == document.title
            if bare and self.finder.dates.first_date(document.title, at_start=True):
                self.stack[0].children.pop()
                self.stack = [self.root]
                return document.start, document.date
        return start, date

    def _document(self) -> SectionNode | None:
        return next((node for node in self.stack if node.level == "document"), None)

    def _close_to(self, keep: Callable[[SectionNode], bool], start: int) -> None:
        while len(self.stack) > 1 and not keep(self.stack[-1]):
            self.stack.pop().end = start

    def _close_inline(self, start: int) -> None:
        """A part opened inside a paragraph ends with it."""
        while any(node.inline for node in self.stack):
            self.stack.pop().end = start
        self.close_at = None

    def _end_run_in(self, codes: Sequence[str], start: int) -> None:
        """End the open parts of these codes that began in the running text, and what hangs below them."""
        first = next((node for node in self.stack if node.code in codes and node.run_in and node.level == "part"), None)
        while first in self.stack:
            self.stack.pop().end = start

    def _close_by_number(self, start: int, end: int) -> None:
        """Close a numbered part where the next number of its own list stands: `3.查体：… 4.患者…`."""
        node = next((node for node in reversed(self.stack) if node.number is not None), None)
        if node is None or node.number is None or node.level != "part":
            return
        inner, inner_marks = 0, set[str]()
        for match in _ITEM.finditer(self.text, max(start, node.body), end):
            value = number_value(match["an"] or match["circle"]) or 0
            mark = match["mark"] or ""
            if value <= max(1, node.number) or (
                value == inner + 1 and inner and (mark in inner_marks or mark != node.mark)
            ):
                inner, inner_marks = value, {mark} if value == 1 else inner_marks | {mark}
            elif value <= node.number + _SKIPS and node.style == ("an" if match["an"] else "circle"):
                while node in self.stack:
                    self.stack.pop().end = match.start()
                return

    def finish(self, places: Sequence[Place]) -> tuple[Section, ...]:
        """Close what is open and freeze the tree."""
        for node in self.stack:
            node.end = len(self.text)
        return freeze(self.root, self.dated, self.finder, places)
