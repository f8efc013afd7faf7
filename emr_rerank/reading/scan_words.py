"""From recognised characters to words: cut at spaces and at gaps that columns leave."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median

from emr_rerank.reading.characters import is_cjk, repaired
from emr_rerank.reading.recognition import Letter, TextLine
from emr_rerank.reading.scan_spelling import respelled
from emr_rerank.reading.words import Word

_NARROW = 0.55  # width of a Latin letter or digit against a Han character
_LETTER_HEIGHT = 0.75  # font size against the height of a detected box
_MADE_UP = 0.6
_COLUMN_GAP = 0.8  # of the font size, more than two neighbours are apart: a column gap that the recogniser passed over
_OPEN = "，。；：、！？,.;:!?（）()“”"  # their ink fills a part of their square only
_GUESSED_WIDTH = "，：；（）！？,:;()!?～~"  # full or half: a picture does not tell
# Recognition drops the space between a date and a time.
_GLUED_TIME = re.compile(r"(?<=\d{4}[-/.]\d{2}[-/.]\d{2})(?=\d{2}[:：]\d{2})")


def words_of(line: TextLine, scale: float, rules_dir: Path | None = None) -> list[Word]:
    """The words of a line, in points; `scale` is pixels a point.

    A word's confidence is that of its worst character. Signs that only differ in width (，and ,) do not count: their
    width is a guess, whatever they are.

    Raises:
        RuleError: a rule file is wrong.
    """
    letters = [Letter(repaired(text), x, confidence) for text, x, confidence in line.letters]
    letters = [_blank(letter) for letter in letters if letter.text]
    spelling = respelled("".join(letter.text for letter in letters), rules_dir)
    letters = [letter._replace(text=text) for letter, text in zip(letters, spelling, strict=True)]
    unit = _unit(line, letters)
    glued = {match.start() for match in _GLUED_TIME.finditer("".join(letter.text for letter in letters))}
    words: list[Word] = []
    before: Letter | None = None
    spaced = True
    for number, letter in enumerate(letters):
        if letter.text.isspace():
            before, spaced = None, True
            continue
        if number in glued or (before is not None and _apart(before, letter, unit)):
            spaced, before = number in glued, None
        half = _width(letter.text) * unit / 2
        if before is None:
            left = max(line.x0, letter.x - half) / scale
            top, bottom = line.top / scale, line.bottom / scale
            size = (bottom - top) * _LETTER_HEIGHT
            words.append(Word("", left, top, left, bottom, size, confidence=1.0, spaced=spaced))
        else:
            words[-1].rights[-1] = words[-1].x1 = (before.x + letter.x) / 2 / scale
        _add(words[-1], letter, min(line.x1, letter.x + half) / scale)
        before, spaced = letter, False
    return words


def _blank(letter: Letter) -> Letter:
    """A space in the place of a picture sign (☑, ■) that was made up out of a wide gap."""
    made_up = letter.confidence < _MADE_UP and unicodedata.category(letter.text) == "So"
    return letter._replace(text=" ") if made_up else letter


def _add(word: Word, letter: Letter, right: float) -> None:
    word.text += letter.text
    word.x1 = max(right, word.x1)
    word.rights.append(word.x1)
    if letter.text not in _GUESSED_WIDTH:
        word.confidence = min(word.confidence or 0.0, letter.confidence)


def _unit(line: TextLine, letters: Sequence[Letter]) -> float:
    """Width of a Han character in pixels: the median of what neighbours are apart, else from the height of the line."""
    steps = [
        (after.x - before.x) / ((_width(before.text) + _width(after.text)) / 2)
        for before, after in pairwise(letters)
        if not before.text.isspace() and not after.text.isspace()
    ]
    usual = (line.bottom - line.top) * _LETTER_HEIGHT
    return min(max(median(steps), 0.6 * usual), 1.2 * usual) if len(steps) >= 3 else usual


def _apart(before: Letter, after: Letter, unit: float) -> bool:
    if before.text in _OPEN or after.text in _OPEN:
        return False
    touching = (_width(before.text) + _width(after.text)) / 2 * unit
    return after.x - before.x - touching > _COLUMN_GAP * unit


def _width(character: str) -> float:
    return 1.0 if is_cjk(character) else _NARROW
