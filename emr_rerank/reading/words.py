"""Words as they stand on the page, and from words to printed lines.

A word here is a run of characters that nothing separates: no printed space, no gap. Chinese text makes long words, a
table cell makes one or a few. All boxes are points with the origin at the top left of the page as it is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter

from emr_rerank.reading.characters import is_cjk
from emr_rerank.record import BBox, PrintedLine


@dataclass(slots=True)
class Word:
    """A run of characters with its box.

    `rights` holds the right edge of every character; `spaced` tells that a space is printed before the word.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool = False
    angle: float = 0.0
    confidence: float | None = None
    spaced: bool = False
    rights: list[float] = field(default_factory=list)

    @property
    def middle(self) -> float:
        """Height of the vertical middle."""
        return (self.top + self.bottom) / 2


def visual_rows(words: Sequence[Word]) -> list[list[Word]]:
    """Words grouped to printed rows, from top to bottom, each from left to right.

    A word joins a row when they overlap by more than half the height of the lower of the two.
    """
    if len(words) == 1:
        return [list(words)]
    rows: list[list[Word]] = []
    spans: list[tuple[float, float]] = []
    for word in sorted(words, key=_height):
        top, bottom = word.top, word.bottom
        for place in range(len(rows) - 1, max(-1, len(rows) - 4), -1):
            first, last = spans[place]
            overlap = (bottom if bottom < last else last) - (top if top > first else first)
            if overlap > 0.5 * min(last - first, bottom - top):
                rows[place].append(word)
                break
        else:
            rows.append([word])
            spans.append((top, bottom))
    for row in rows:
        row.sort(key=_left)
    return rows


def _height(word: Word) -> float:
    return word.top + word.bottom


_left = attrgetter("x0")


def row_box(words: Sequence[Word]) -> BBox:
    """The box around words, rounded to hundredths of a point."""
    if len(words) == 1:
        word = words[0]
        return round(word.x0, 2), round(word.top, 2), round(word.x1, 2), round(word.bottom, 2)
    return (
        round(min(word.x0 for word in words), 2),
        round(min(word.top for word in words), 2),
        round(max(word.x1 for word in words), 2),
        round(max(word.bottom for word in words), 2),
    )


def joined(words: Sequence[Word]) -> str:
    """The text of one row of words; letter-spaced Han titles (病 程 记 录) are closed up."""
    if len(words) == 1:
        return words[0].text
    if all(len(word.text) == 1 and is_cjk(word.text) for word in words):
        return "".join(word.text for word in words)
    text = words[0].text
    for before, word in pairwise(words):
        text += " " + word.text if word.spaced or word.x0 - before.x1 >= 0.1 * word.size else word.text
    return text


def line_of(words: Sequence[Word]) -> PrintedLine:
    """One row of words as a printed line. It is bold when all of it is."""
    confidences = [word.confidence for word in words if word.confidence is not None]
    longest = max(words, key=lambda word: len(word.text)) if len(words) > 1 else words[0]
    return PrintedLine(
        text=joined(words),
        bbox=row_box(words),
        size=round(longest.size, 2),
        bold=all(word.bold for word in words),
        confidence=round(sum(confidences) / len(confidences), 4) if confidences else None,
    )


def is_vertical(line: PrintedLine) -> bool:
    """Whether a line runs down or up the page: a note in the margin."""
    x0, top, x1, bottom = line.bbox
    return len(line.text) > 1 and bottom - top > 1.5 * (x1 - x0)
