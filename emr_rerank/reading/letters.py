"""The characters of a page with their boxes, as arrays; and where runs of them end.

Hundreds of thousands of characters make a long record, so they are cut to words by whole columns, not one by one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from emr_rerank.reading.characters import REPAIRS, is_cjk
from emr_rerank.reading.words import Word

# Gaps in units of the font size. Table columns can be 0.3 apart. Han text that is justified or letter-spaced has gaps
# up to half a character, but then it has them everywhere.
_GAP = 0.3
_GAP_SPACED_HAN = 0.5
_OVERLAP_BACK = -0.4
_SAME_BASELINE = 0.25
# A gap that pdfium takes for a space: between Han letters it must stand out from the gaps beside it; between Han and
# Latin ones many word processors put it everywhere, and then it is none.
_SPACE_IN_HAN = 0.15
_SPACE_BESIDE_HAN = 0.12
_STANDS_OUT = 2.5
_STRUCK_TWICE = 0.35  # of a character's width: how far apart old printers strike it to make it bold

Floats = NDArray[np.float64]
Codes = NDArray[np.uint32]


class Style(NamedTuple):
    """How a character is set. `angle` is in degrees, counter-clockwise, as seen on the page."""

    size: float
    bold: bool
    angle: float


@dataclass(slots=True)
class Letters:
    """Visible characters in the order of the file.

    `codes` are Unicode; `boxes` is n × 4 (x0, top, x1, bottom), points from the top left; `numbers` lead back to the
    character's style; `spaced` tells that a space is printed before it, `guessed` that one is guessed from a gap.
    """

    codes: Codes
    boxes: Floats
    numbers: NDArray[np.int64]
    spaced: NDArray[np.bool_]
    guessed: NDArray[np.bool_]

    def chosen(self, which: NDArray[np.bool_]) -> "Letters":
        """The letters where `which` is true."""
        return Letters(
            self.codes[which], self.boxes[which], self.numbers[which], self.spaced[which], self.guessed[which]
        )


@dataclass(frozen=True)
class _Kinds:
    """Tables over the Basic Multilingual Plane: what a character becomes, and whether it is a space or Han."""

    repaired: Codes
    space: NDArray[np.bool_]
    han: NDArray[np.bool_]


@lru_cache(maxsize=1)
def _kinds() -> _Kinds:
    repaired = np.arange(0x10000, dtype=np.uint32)
    for code, text in REPAIRS.items():
        repaired[code] = ord(text) if text else 0
    space = np.zeros(0x10000, dtype=np.bool_)
    space[[code for code in range(0x3001) if chr(code).isspace()]] = True
    han = np.zeros(0x10000, dtype=np.bool_)
    han[[code for code in range(0x2E80, 0x10000) if is_cjk(chr(code))]] = True
    return _Kinds(repaired, space, han)


def spaces(codes: Codes) -> NDArray[np.bool_]:
    """Which characters are white space."""
    return _kinds().space[np.minimum(codes, 0xFFFF)]


def repaired_codes(codes: Codes) -> Codes:
    """Codes mended as `characters.repaired` does with text; 0 for what is to be left out."""
    if codes.size and int(codes.max()) < 0x10000:
        return _kinds().repaired[codes]
    return np.where(codes < 0x10000, _kinds().repaired[np.minimum(codes, 0xFFFF)], codes).astype(np.uint32)


def words_of(letters: Letters, style_of: Callable[[int], Style]) -> list[Word]:
    """Join characters to words, in the order of the file; the style is asked for once a word.

    A word ends at a printed space, at a gap, and where the baseline changes. Of the spaces that are only guessed from
    gaps those count that stand between two letters other than Han, or in a gap that is wider than those around it.
    """
    letters, struck = _without_second_strikes(letters)
    count = len(letters.codes)
    if not count:
        return []
    han = (letters.codes >= 0x10000) | _kinds().han[np.minimum(letters.codes, 0xFFFF)]
    starts = _starts(letters, han, style_of)
    return _cut(letters, starts, struck, style_of)


def _starts(letters: Letters, han: NDArray[np.bool_], style_of: Callable[[int], Style]) -> NDArray[np.int64]:
    """Where words begin: first by spaces and leaps, then by gaps in units of each run's own font size."""
    boxes = letters.boxes
    gap = boxes[1:, 0] - boxes[:-1, 2]
    fall = np.abs(boxes[1:, 3] - boxes[:-1, 3])
    height = np.maximum(boxes[1:, 3] - boxes[1:, 1], 1.0)
    ends = letters.spaced[1:] | (letters.guessed[1:] & ~han[:-1] & ~han[1:])
    leaps = ends | (np.abs(gap) > 1.5 * height) | (fall > height)
    runs = np.concatenate(([0], np.flatnonzero(leaps) + 1))
    sizes = [style_of(number).size for number in letters.numbers[runs].tolist()]
    lengths = np.diff(np.append(runs, len(letters.codes)))
    size = np.repeat(np.array(sizes), lengths)[1:]
    size = np.where(size > 0, size, height)
    level = fall <= _SAME_BASELINE * size
    pairs = han[1:] & han[:-1]
    wide = gap >= _GAP * size
    apart = letters.guessed[1:] & ~leaps & _stands_out(gap / size, letters.codes, han, leaps)
    broken = leaps | ~level | (gap < _OVERLAP_BACK * size) | (wide & ~pairs) | (gap >= _GAP_SPACED_HAN * size) | apart
    for place in np.flatnonzero((gap >= _GAP * size) & pairs & ~broken).tolist():
        first = place == 0 or bool(broken[place - 1])
        broken[place] = not first and gap[place] > 2 * gap[place - 1]
    return np.concatenate(([0], np.flatnonzero(broken) + 1))


def _stands_out(gap: Floats, codes: Codes, han: NDArray[np.bool_], leaps: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which gaps (in font sizes) beside Han letters are printed spaces by their width."""
    inside = np.where(leaps, 0.0, np.abs(gap))
    beside = np.maximum(np.append(0.0, inside[:-1]), np.append(inside[1:], 0.0))
    between_han = han[1:] & han[:-1] & (gap >= _SPACE_IN_HAN) & (gap > _STANDS_OUT * beside)
    mixed = (han[1:] != han[:-1]) & ~leaps
    ideographs = (codes >= 0x3400) & (codes < 0xFF00)
    latin = (codes < 0x7B) & (((codes >= 0x30) & (codes < 0x3A)) | (codes >= 0x41))
    letters = mixed & (ideographs | latin)[1:] & (ideographs | latin)[:-1]  # beside marks nobody leaves room
    count = int(letters.sum())
    everywhere = count >= 2 and 5 * int((inside[letters] >= 0.1).sum()) >= 4 * count
    beside_han = mixed & (gap >= (np.inf if everywhere else _SPACE_BESIDE_HAN))
    found: NDArray[np.bool_] = between_han | beside_han
    return found


def _cut(
    letters: Letters, starts: NDArray[np.int64], struck: NDArray[np.bool_], style_of: Callable[[int], Style]
) -> list[Word]:
    boxes = letters.boxes
    text = letters.codes.astype("<u4").tobytes().decode("utf-32-le", errors="replace")
    rights: list[float] = boxes[:, 2].tolist()
    lefts = boxes[starts, 0].tolist()
    tops = np.minimum.reduceat(boxes[:, 1], starts).tolist()
    reach = np.maximum.reduceat(boxes[:, 2], starts).tolist()
    bottoms = np.maximum.reduceat(boxes[:, 3], starts).tolist()
    twice = np.logical_or.reduceat(struck, starts).tolist()
    spaced = letters.spaced[starts].tolist()
    numbers = letters.numbers[starts].tolist()
    words = []
    for place, (start, end) in enumerate(pairwise([*starts.tolist(), len(text)])):
        size, bold, angle = style_of(numbers[place])
        top, bottom = tops[place], bottoms[place]
        words.append(
            Word(
                text[start:end], lefts[place], top, reach[place], bottom, size or bottom - top, bold or twice[place],
                angle, None, spaced[place], rights[start:end],
            )
        )  # fmt: skip
    return words


def _without_second_strikes(letters: Letters) -> tuple[Letters, NDArray[np.bool_]]:
    """The letters without those struck again a little beside themselves; and which ones were struck twice."""
    codes, boxes = letters.codes, letters.boxes
    again = np.zeros(len(codes), dtype=np.bool_)
    if len(codes) > 1:
        same = (codes[1:] == codes[:-1]) & ~letters.spaced[1:] & (np.abs(boxes[1:, 3] - boxes[:-1, 3]) < 1.0)
        shift, width = boxes[1:, 2] - boxes[:-1, 2], boxes[1:, 2] - boxes[1:, 0]
        again[1:] = same & (np.abs(shift) < _STRUCK_TWICE * width)
    if not again.any():
        return letters, again
    kept = ~again
    return letters.chosen(kept), np.append(again[1:], False)[kept]
