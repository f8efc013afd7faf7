"""From placed characters to words, and from words to printed lines.

A word here is a run of characters that nothing separates: no printed space, no gap. Chinese text makes long words, a
table cell makes one or a few. All boxes are points with the origin at the top left of the page as it is looked at.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from emr_rerank.reading.characters import is_cjk, repaired
from emr_rerank.record import BBox, PrintedLine

# Gaps in units of the font size. Table columns can be 0.3 apart. Han text that is justified or letter-spaced has gaps
# up to half a character, but then it has them everywhere.
GAP = 0.3
GAP_SPACED_HAN = 0.5
OVERLAP_BACK = -0.4
SAME_BASELINE = 0.25


class Glyph(NamedTuple):
    """A character with its box; `number` leads back to its style.

    A space needs no box; a space that is only guessed from a gap is the empty string.
    """

    number: int
    text: str
    x0: float
    top: float
    x1: float
    bottom: float


class Style(NamedTuple):
    """How a character is set. `angle` is in degrees, counter-clockwise, as seen on the page."""

    size: float
    bold: bool
    angle: float


@dataclass(slots=True)
class Word:
    """A run of characters with its box.

    `rights` holds the right edge of every character; `spaced` tells that a space is printed before the word;
    `gap` is the space between its last two characters.
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
    gap: float = 0.0
    rights: list[float] = field(default_factory=list)

    @property
    def middle(self) -> float:
        """Height of the vertical middle."""
        return (self.top + self.bottom) / 2


def build_words(glyphs: Iterable[Glyph], style_of: Callable[[int], Style]) -> list[Word]:
    """Join characters, in the order of the file, to words; the style is asked for once a word."""
    words: list[Word] = []
    word: Word | None = None
    spaced = False
    for number, text, x0, top, x1, bottom in glyphs:
        if not text:
            word = _after_guessed_space(word)
            continue
        text = repaired(text)
        if text.isspace():
            word, spaced = None, True
        if not text or text.isspace():
            continue
        if word is not None and _continues(word, text, x0, bottom):
            if x1 - word.rights[-1] < 0.35 * (x1 - x0) and text == word.text[-1]:
                word.bold = True  # struck twice, a little apart: how old printers make bold
                continue
            word.text += text
            word.x1 = max(word.x1, x1)
            word.top = min(word.top, top)
            word.bottom = max(word.bottom, bottom)
            word.gap = x0 - word.rights[-1]
            word.rights.append(x1)
            spaced = False
            continue
        size, bold, angle = style_of(number)
        word = Word(text, x0, top, x1, bottom, size or bottom - top, bold, angle, None, spaced, 0.0, [x1])
        spaced = False
        words.append(word)
    return words


def _after_guessed_space(word: Word | None) -> Word | None:
    # pdfium guesses spaces into justified and letter-spaced Han text; the gap to the next character decides there
    return word if word is not None and is_cjk(word.text[-1]) else None


def _continues(word: Word, text: str, x0: float, bottom: float) -> bool:
    gap = x0 - word.rights[-1]
    even = gap <= 2 * word.gap or len(word.text) == 1
    limit = GAP_SPACED_HAN if even and is_cjk(text) and is_cjk(word.text[-1]) else GAP
    level = abs(bottom - word.bottom) <= SAME_BASELINE * word.size
    return level and OVERLAP_BACK * word.size <= gap < limit * word.size


def visual_rows(words: Sequence[Word]) -> list[list[Word]]:
    """Words grouped to printed rows, from top to bottom, each from left to right.

    A word joins a row when they overlap by more than half the height of the lower of the two.
    """
    rows: list[list[Word]] = []
    spans: list[tuple[float, float]] = []
    for word in sorted(words, key=lambda word: word.middle):
        for place in range(len(rows) - 1, max(-1, len(rows) - 4), -1):
            top, bottom = spans[place]
            overlap = min(bottom, word.bottom) - max(top, word.top)
            if overlap > 0.5 * min(bottom - top, word.bottom - word.top):
                rows[place].append(word)
                break
        else:
            rows.append([word])
            spans.append((word.top, word.bottom))
    for row in rows:
        row.sort(key=lambda word: word.x0)
    return rows


def row_box(words: Sequence[Word]) -> BBox:
    """The box around words, rounded to hundredths of a point."""
    return (
        round(min(word.x0 for word in words), 2),
        round(min(word.top for word in words), 2),
        round(max(word.x1 for word in words), 2),
        round(max(word.bottom for word in words), 2),
    )


def joined(words: Sequence[Word]) -> str:
    """The text of one row of words; letter-spaced Han titles (病 程 记 录) are closed up."""
    if len(words) > 1 and all(len(word.text) == 1 and is_cjk(word.text) for word in words):
        return "".join(word.text for word in words)
    text = words[0].text
    for before, word in pairwise(words):
        text += " " + word.text if word.spaced or word.x0 - before.x1 >= 0.1 * word.size else word.text
    return text


def line_of(words: Sequence[Word]) -> PrintedLine:
    """One row of words as a printed line. It is bold when all of it is."""
    confidences = [word.confidence for word in words if word.confidence is not None]
    longest = max(words, key=lambda word: len(word.text))
    return PrintedLine(
        text=joined(words),
        bbox=row_box(words),
        size=round(longest.size, 2),
        bold=all(word.bold for word in words),
        confidence=round(sum(confidences) / len(confidences), 4) if confidences else None,
    )
