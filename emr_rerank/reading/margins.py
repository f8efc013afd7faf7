"""The text block of each page, by which lines are known to be full, short or set in, and what stands outside it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from emr_rerank.reading.words import is_vertical
from emr_rerank.record import Page, PrintedLine
from emr_rerank.rules.captions import caption_words
from emr_rerank.rules.running import running_rules

# A text block reaches at least to this share of the page, however short its lines.
_NARROWEST = 0.75
# Lines that must end near an edge before it counts as the right margin: a stamp or a table may stick out.
_SUPPORT = 3
_HEAD, _FOOT = 0.1, 0.9  # shares of the page height
_CENTRED_INSET = 0.15  # share of the text block's width
_APART = 1.3  # line steps between the text and a line of the paper's edge
_CONTENT = re.compile(r"[，。；]|[:：]\d{4}\D|\d[:：]\d\d")
_LABEL = re.compile(r"([^\s:：]{1,8})[:：]")


@dataclass(slots=True)
class Margins:
    """The text block of a page: left and right edge, usual letter size and line step, in points.

    `indent` is how far first lines of paragraphs are set in, 0 where they are not.
    """

    left: float
    right: float
    size: float
    gap: float
    indent: float = 0.0


def is_centred(line: PrintedLine, margins: Margins) -> bool:
    """Whether a line stands in the middle, well set in on both sides."""
    left, right = line.bbox[0] - margins.left, margins.right - line.bbox[2]
    return left > _CENTRED_INSET * (margins.right - margins.left) and abs(left - right) < 2 * margins.size


def all_margins(pages: Sequence[Page]) -> list[Margins]:
    """The margins of every page; a page of short lines takes the right margin usual for pages of its width."""
    own = [_margins(page) for page in pages]
    usual: dict[float, list[float]] = {}
    for page, margins in zip(pages, own, strict=True):
        usual.setdefault(page.width, []).append(margins.right)
    for page, margins in zip(pages, own, strict=True):
        rights = sorted(usual[page.width])
        margins.right = max(margins.right, rights[len(rights) // 2], _NARROWEST * page.width)
    indents = [indent for page, margins in zip(pages, own, strict=True) for indent in _indents(page, margins)]
    if len(indents) >= _SUPPORT:
        for margins in own:
            margins.indent = sorted(indents)[len(indents) // 2]
    return own


def _indents(page: Page, margins: Margins) -> list[float]:
    """How far lines are set in that are full and go on in a line at the margin."""
    found = []
    lines = sorted((line for line in page.lines if not is_vertical(line)), key=lambda line: line.bbox[1])
    for line, after in pairwise(lines):
        inset = line.bbox[0] - margins.left
        full = margins.right - right_edge(line) <= 2.5 * margins.size
        near = after.bbox[1] - line.bbox[1] <= 1.7 * margins.gap
        if full and near and after.bbox[0] - margins.left < 0.5 * margins.size and inset > 1.2 * margins.size:
            found.append(inset)
    return found


def _margins(page: Page) -> Margins:
    """The text block of a page: its left and right edge, usual letter size and line step, in points."""
    lines = [line for line in page.lines if not is_vertical(line)]
    boxes = [line.bbox for line in lines] + [table.bbox for table in page.tables]
    if not boxes:
        return Margins(0.0, page.width, 10.0, 16.0)
    heights = sorted(line.bbox[3] - line.bbox[1] for line in lines) or [10.0]
    sizes = sorted(line.size for line in lines if line.size) or heights
    tops = sorted(line.bbox[1] for line in lines)
    steps = sorted(b - a for a, b in pairwise(tops) if b - a > 0.5 * heights[0])
    size = sizes[len(sizes) // 2]
    return Margins(
        left=min(box[0] for box in boxes),
        right=_right([right_edge(line) for line in lines] + [table.bbox[2] for table in page.tables], size),
        size=size,
        gap=steps[len(steps) // 3] if steps else 1.6 * heights[len(heights) // 2],
    )


def _right(edges: Sequence[float], size: float) -> float:
    """The outermost edge near which several lines end; the outermost of all where lines end here and there."""
    ordered = sorted(edges, reverse=True)
    for index, edge in enumerate(ordered[: 1 - _SUPPORT]):
        if edge - ordered[index + _SUPPORT - 1] <= 2 * size:
            return edge
    return ordered[0]


def right_edge(line: PrintedLine) -> float:
    """Right edge without a closing mark, which may hang over the margin."""
    hangs = line.text[-1:] in "，。、；：！？）】”’"
    return line.bbox[2] - (line.bbox[3] - line.bbox[1] if hangs else 0.0)


def take_off_edges(pages: Sequence[Page], overrides: Path | None = None) -> list[Page]:
    """The pages without the patient's label on top and the page number at the foot, which become running lines.

    Comparing pages finds these on long records; this finds them by their words on records too short to compare.
    """
    labels = frozenset(caption_words("identity", overrides))
    numbers = [re.compile(rule.pattern) for rule in running_rules(overrides) if rule.kind == "page_number"]
    return [_without_edges(page, labels, numbers) for page in pages]


def _without_edges(page: Page, labels: frozenset[str], numbers: Sequence[re.Pattern[str]]) -> Page:
    order = sorted(page.lines, key=lambda line: line.bbox[1])
    tops = [line.bbox[1] for line in order] + [table.bbox[1] for table in page.tables]
    bottoms = [line.bbox[3] for line in order] + [table.bbox[3] for table in page.tables]
    off: list[PrintedLine] = []
    for line in order:
        height = line.bbox[3] - line.bbox[1]
        below = min((top for top in tops if top > line.bbox[1] + 0.5 * height), default=page.height)
        above = max((bottom for bottom in bottoms if bottom < line.bbox[3] - 0.5 * height), default=0.0)
        if line.bbox[3] < _HEAD * page.height and below - line.bbox[3] >= _APART * height:
            named = [label.replace(" ", "") for label in _LABEL.findall(line.text)]
            if len(named) >= 2 and labels.issuperset(named):
                off.append(line)
        elif line.bbox[1] > _FOOT * page.height and line.bbox[1] - above >= _APART * height:
            text = re.sub(r"\s", "", line.text)
            if not _CONTENT.search(text) and any(number.search(text) for number in numbers):
                off.append(line)
    if not off:
        return page
    kept = tuple(line for line in page.lines if line not in off)
    return page.model_copy(update={"lines": kept, "running": page.running + tuple(off)})
