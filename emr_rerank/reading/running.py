"""Running headers, footers and page numbers: found by comparing pages, taken out of their lines.

A line runs when it stands at the same height at the edge of at least three pages with the same text; numbers in it may
change only in step with the pages. A page number is known by its look alone. Whatever stands further in than the first
body line never runs, so text that merely repeats in the body stays.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Literal
from unicodedata import normalize

from emr_rerank.record import Page, PrintedLine
from emr_rerank.rules.running import RunningRule, running_rules

_HEAD, _FOOT = 0.18, 0.86  # shares of the page height
_LINES = 6
_SAME_HEIGHT = 4.0
_MIN_PAGES = 3
# A header misses few pages of its stretch (pictures, charts); a title that happens to come up misses many.
_MAX_GAP = 3
_MIN_SHARE = 0.8
_DIGITS = re.compile(r"\d+")

Side = Literal["head", "foot"]


@dataclass(slots=True)
class _EdgeLine:
    """A line near the edge of a page, with what makes it comparable."""

    page: int
    place: int
    side: Side
    line: PrintedLine
    text: str
    numbers: tuple[str, ...] = ()
    numbered: bool = False
    runs: bool = False
    keeps: bool = False


@dataclass(frozen=True)
class _Marks:
    """The running rules, compiled by kind."""

    kinds: dict[str, tuple[re.Pattern[str], ...]] = field(default_factory=dict)

    def found(self, kind: str, text: str) -> bool:
        return any(pattern.search(text) for pattern in self.kinds.get(kind, ()))

    def without(self, text: str, *kinds: str) -> str:
        for kind in kinds:
            for pattern in self.kinds.get(kind, ()):
                text = pattern.sub("", text)
        return text


def take_off_running(pages: Sequence[Page], overrides: Path | None = None) -> list[Page]:
    """The pages with their running lines moved from `lines` to `running`.

    Raises:
        RuleError: a rule file is wrong.
    """
    marks = _marks(running_rules(overrides))
    by_page = [_edge_lines(page, index, marks) for index, page in enumerate(pages)]
    _mark_repeated((line for lines in by_page for line in lines), marks)
    _keep_titles(by_page, marks)
    return [_parted(page, lines) for page, lines in zip(pages, by_page, strict=True)]


def _marks(rules: Iterable[RunningRule]) -> _Marks:
    kinds: dict[str, list[re.Pattern[str]]] = defaultdict(list)
    for rule in rules:
        kinds[rule.kind].append(re.compile(rule.pattern))
    return _Marks({kind: tuple(patterns) for kind, patterns in kinds.items()})


def _edge_lines(page: Page, index: int, marks: _Marks) -> list[_EdgeLine]:
    """Lines near the upper and lower edge, each side from the edge inwards."""
    order = sorted(range(len(page.lines)), key=lambda place: page.lines[place].bbox[1])
    middle = {place: (page.lines[place].bbox[1] + page.lines[place].bbox[3]) / 2 / page.height for place in order}
    head = [place for place in order if middle[place] < _HEAD][:_LINES]
    foot = [place for place in reversed(order) if middle[place] > _FOOT and place not in head][:_LINES]
    found: list[_EdgeLine] = []
    for side, places in (("head", head), ("foot", foot)):
        for place in places:
            found.append(_edge_line(page.lines[place], index, place, "head" if side == "head" else "foot", marks))
    return found


def _edge_line(line: PrintedLine, page: int, place: int, side: Side, marks: _Marks) -> _EdgeLine:
    text = normalize("NFKC", re.sub(r"\s", "", line.text))  # OCR takes ： for : on one page and not on the next
    bare = marks.without(text, "page_number", "stamp")
    edge = _EdgeLine(page, place, side, line, _DIGITS.sub("#", bare), tuple(_DIGITS.findall(bare)), bare != text)
    edge.runs = edge.numbered and not re.search(r"\w", bare)
    return edge


def _mark_repeated(lines: Iterable[_EdgeLine], marks: _Marks) -> None:
    groups: dict[tuple[str, str], list[_EdgeLine]] = defaultdict(list)
    for line in lines:
        if not line.runs and not marks.found("body", re.sub(r"\s", "", line.line.text)):
            groups[line.side, line.text].append(line)
    for group in groups.values():
        for place in _same_height(group):
            for stretch in [place] if _in_step(place) else _same_numbers(place):
                if _is_running(stretch):
                    for line in stretch:
                        line.runs = True


def _same_height(group: Sequence[_EdgeLine]) -> list[list[_EdgeLine]]:
    """The group parted by height on the page."""
    parts: list[list[_EdgeLine]] = []
    for line in sorted(group, key=lambda line: line.line.bbox[1]):
        if parts and line.line.bbox[1] - median(other.line.bbox[1] for other in parts[-1]) <= _SAME_HEIGHT:
            parts[-1].append(line)
        else:
            parts.append([line])
    return parts


def _in_step(group: Sequence[_EdgeLine]) -> bool:
    """Whether every number in the lines stays, or grows by one a page."""
    for values in zip(*(line.numbers for line in group), strict=True):
        stays = len(set(values)) == 1
        if not stays and len({int(value) - line.page for value, line in zip(values, group, strict=True)}) > 1:
            return False
    return True


def _same_numbers(group: Sequence[_EdgeLine]) -> list[list[_EdgeLine]]:
    parts: dict[tuple[str, ...], list[_EdgeLine]] = defaultdict(list)
    for line in group:
        parts[line.numbers].append(line)
    return list(parts.values())


def _is_running(group: Sequence[_EdgeLine]) -> bool:
    """Whether the pages of the group make a stretch without holes somewhere, or every other page of one."""
    on = sorted({line.page for line in group})
    breaks = [place for place in range(1, len(on)) if on[place] - on[place - 1] > _MAX_GAP]
    for start, end in zip([0, *breaks], [*breaks, len(on)], strict=True):
        stretch = on[start:end]
        step = 2 if len({page % 2 for page in stretch}) == 1 else 1
        if len(stretch) >= _MIN_PAGES and len(stretch) >= _MIN_SHARE * ((stretch[-1] - stretch[0]) / step + 1):
            return True
    return False


def _keep_titles(by_page: Sequence[Sequence[_EdgeLine]], marks: _Marks) -> None:
    """Names of documents stay where they begin; names of one-page reports stay on every page."""
    before: set[str] = set()
    for lines in by_page:
        titles = {line.text for line in lines if line.runs and marks.found("title", line.text)}
        for line in lines:
            if line.runs and not line.numbered:
                report = marks.found("report", line.text)
                line.keeps = report or (line.text in titles and line.text not in before)
        before = titles


def _parted(page: Page, lines: Sequence[_EdgeLine]) -> Page:
    """The page without its running lines; on each side the first line that does not run ends the search."""
    taken: set[int] = set()
    for side in ("head", "foot"):
        for line in lines:
            if line.side != side:
                continue
            if not line.runs:
                break
            if not line.keeps:
                taken.add(line.place)
    if not taken:
        return page
    body = tuple(line for place, line in enumerate(page.lines) if place not in taken)
    off = tuple(page.lines[place] for place in sorted(taken))
    return page.model_copy(update={"lines": body, "running": page.running + off})
