"""The text block of each page, by which lines are known to be full, short or set in."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from emr_rerank.record import Page, PrintedLine

# A text block reaches at least to this share of the page, however short its lines.
_NARROWEST = 0.75


@dataclass(slots=True)
class Margins:
    """The text block of a page: left and right edge, usual letter size and line step, in points."""

    left: float
    right: float
    size: float
    gap: float


def all_margins(pages: Sequence[Page]) -> list[Margins]:
    """The margins of every page; a page of short lines takes the right margin usual for pages of its width."""
    own = [_margins(page) for page in pages]
    usual: dict[float, list[float]] = {}
    for page, margins in zip(pages, own, strict=True):
        usual.setdefault(page.width, []).append(margins.right)
    for page, margins in zip(pages, own, strict=True):
        rights = sorted(usual[page.width])
        margins.right = max(margins.right, rights[len(rights) // 2], _NARROWEST * page.width)
    return own


def _margins(page: Page) -> Margins:
    """The text block of a page: its left and right edge, usual letter size and line step, in points."""
    boxes = [line.bbox for line in page.lines] + [table.bbox for table in page.tables]
    if not boxes:
        return Margins(0.0, page.width, 10.0, 16.0)
    heights = sorted(line.bbox[3] - line.bbox[1] for line in page.lines) or [10.0]
    sizes = sorted(line.size for line in page.lines if line.size) or heights
    tops = sorted(line.bbox[1] for line in page.lines)
    steps = sorted(b - a for a, b in pairwise(tops) if b - a > 0.5 * heights[0])
    return Margins(
        left=min(box[0] for box in boxes),
        right=max([right_edge(line) for line in page.lines] + [table.bbox[2] for table in page.tables]),
        size=sizes[len(sizes) // 2],
        gap=steps[len(steps) // 3] if steps else 1.6 * heights[len(heights) // 2],
    )


def right_edge(line: PrintedLine) -> float:
    """Right edge without a closing mark, which may hang over the margin."""
    hangs = line.text[-1:] in "，。、；：！？）】”’"
    return line.bbox[2] - (line.bbox[3] - line.bbox[1] if hangs else 0.0)
