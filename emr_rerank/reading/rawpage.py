"""What a page yields before it is understood: words, ruling lines, images. The same whatever library read it."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from emr_rerank.reading.words import Word

# Thicker than this, a filled bar is no ruling line (points).
RULE_THICKNESS = 3.0


class Edge(NamedTuple):
    """A ruling line, or one side of a ruled box."""

    orientation: Literal["h", "v"]
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(slots=True)
class RawPage:
    """Words in the order of the file, ruling lines, and how much of the page images cover (0 to 1).

    `objects` counts what the page draws; `garbled` is the share of characters that map to no real one; `outside` counts
    characters that are printed beyond the edges of the page and are not among the words.
    """

    number: int
    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    image_share: float = 0.0
    objects: int = 0
    garbled: float = 0.0
    outside: int = 0

    @property
    def characters(self) -> int:
        """How many characters the page's own text layer gave."""
        return sum(len(word.text) for word in self.words)


def edges_of_box(x0: float, top: float, x1: float, bottom: float) -> list[Edge]:
    """The ruling lines that a drawn box amounts to: one for a thin box, four sides for a wide one."""
    if bottom - top <= RULE_THICKNESS and x1 - x0 <= RULE_THICKNESS:
        return []
    if bottom - top <= RULE_THICKNESS:
        middle = (top + bottom) / 2
        return [Edge("h", x0, middle, x1, middle)]
    if x1 - x0 <= RULE_THICKNESS:
        middle = (x0 + x1) / 2
        return [Edge("v", middle, top, middle, bottom)]
    return [
        Edge("h", x0, top, x1, top),
        Edge("h", x0, bottom, x1, bottom),
        Edge("v", x0, top, x0, bottom),
        Edge("v", x1, top, x1, bottom),
    ]
