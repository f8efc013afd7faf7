"""The text of a table cell, and how its wrapped lines join."""

import re
from collections.abc import Sequence

from emr_rerank.reading.words import Word, joined, visual_rows

_RUNS_ON = re.compile(r"[-/^×*~～(（]$")
_NUMBER_RUNS_ON = re.compile(r"\d[.:]$")
_NEEDS_SPACE = re.compile(r"[A-Za-z0-9,;)%.]$")
_WORD_STARTS = re.compile(r"^[A-Za-z0-9(]")


def cell_text(words: Sequence[Word]) -> str:
    """All words of a cell as one line: printed lines joined, Han without a space, Latin words with one."""
    if len(words) == 1:
        return words[0].text
    text = ""
    for row in visual_rows(words):
        text = join_lines(text, joined(row))
    return text


def runs_on(text: str) -> bool:
    """Whether a printed line ends inside a unit or range (mL/, 57-), which goes on below."""
    return bool(_RUNS_ON.search(text))


def join_lines(before: str, after: str) -> str:
    """Two printed lines of one cell as one; a unit or range broken at its sign (10^9/ + L, 57- + 97) closes up."""
    if not before or not after:
        return before or after
    if runs_on(before) or after[0] in "-/^~～%)）" or (_NUMBER_RUNS_ON.search(before) and after[0].isdigit()):
        return before + after
    spaced = _NEEDS_SPACE.search(before) and _WORD_STARTS.match(after)
    return f"{before} {after}" if spaced else before + after


def split_word(word: Word, borders: Sequence[float]) -> list[Word]:
    """A word cut at vertical borders (points from the left), where a character's middle lies beyond one."""
    if not any(word.x0 + 1 < border < word.x1 - 1 for border in borders) or len(word.rights) != len(word.text):
        return [word]
    parts: list[Word] = []
    left = word.x0
    column = -1
    for character, right in zip(word.text, word.rights, strict=True):
        here = sum(border <= (left + right) / 2 for border in borders)
        if here == column:
            parts[-1].text += character
            parts[-1].x1 = right
            parts[-1].rights.append(right)
        else:
            part = Word(character, left, word.top, right, word.bottom, word.size, word.bold, word.angle)
            part.confidence, part.rights = word.confidence, [right]
            parts.append(part)
            column = here
        left = right
    return parts
