"""Text that does not run from left to right: pages set sideways, vertical margin notes, watermarks."""

from collections import Counter
from collections.abc import Sequence

from emr_rerank.reading.characters import is_cjk
from emr_rerank.reading.words import Word

_MIN_STACK = 3
_TILT = 3.0  # degrees that a line may be off a right angle and still count as set along it


def quarter(angle: float) -> int | None:
    """The right angle that an angle amounts to (0, 90, 180, 270), or None for tilted text."""
    nearest = round(angle / 90) * 90
    return nearest % 360 if abs(angle - nearest) <= _TILT else None


def main_direction(words: Sequence[Word]) -> int:
    """The right angle in which most characters run; 0 for a page as it should be."""
    if all(word.angle == 0 for word in words):
        return 0
    counts: Counter[int] = Counter()
    for word in words:
        direction = quarter(word.angle)
        if direction is not None:
            counts[direction] += len(word.text)
    return max(counts, key=lambda direction: (counts[direction], direction == 0)) if counts else 0


def part_slanted(words: Sequence[Word]) -> tuple[list[Word], list[Word], list[Word]]:
    """(level words, words of vertical notes, words of tilted watermarks), the latter two joined to lines."""
    if all(word.angle == 0 for word in words):
        return list(words), [], []
    level = [word for word in words if quarter(word.angle) == 0]
    vertical = [word for word in words if quarter(word.angle) in (90, 180, 270)]
    tilted = [word for word in words if quarter(word.angle) is None]
    return level, _joined(vertical), _joined(tilted)


def part_stacks(words: Sequence[Word]) -> tuple[list[Word], list[Word]]:
    """(other words, vertical lines of upright letters in a margin: each letter under the one before).

    A stack counts only where no other word stands on its outer side, so that a column of one-letter cells is none.
    """
    runs = [run for run in _stacks(words) if len(run) >= _MIN_STACK]
    if not runs:
        return list(words), []
    inside = {id(word) for run in runs for word in run}
    others = [word for word in words if id(word) not in inside]
    left = min((word.x0 for word in others), default=float("inf"))
    right = max((word.x1 for word in others), default=float("-inf"))
    notes: list[Word] = []
    for run in runs:
        if max(word.x1 for word in run) <= left or min(word.x0 for word in run) >= right:
            notes += _joined(run, vertical=True)
        else:
            others += run
    return others, notes


def _stacks(words: Sequence[Word]) -> list[list[Word]]:
    """Runs of single Han letters that follow each other straight down, in the order of the file."""
    runs: list[list[Word]] = []
    last: Word | None = None
    for word in words:
        single = len(word.text) == 1 and is_cjk(word.text)
        below = last is not None and abs(word.x0 - last.x0) < 0.2 * word.size
        if single and last is not None and below and 0.5 * word.size < word.top - last.top < 2.0 * word.size:
            runs[-1].append(word)
        elif single:
            runs.append([word])
        last = word if single else None
    return runs


def _joined(words: Sequence[Word], *, vertical: bool = False) -> list[Word]:
    """Characters that follow each other in one direction, as one word each run; all of them when `vertical`."""
    lines: list[Word] = []
    for word in words:
        last = lines[-1] if lines else None
        if last is not None and (vertical or _follows(last, word)):
            last.text += (" " if word.spaced else "") + word.text
            last.x0, last.top = min(last.x0, word.x0), min(last.top, word.top)
            last.x1, last.bottom = max(last.x1, word.x1), max(last.bottom, word.bottom)
            last.rights = [last.x1] * len(last.text)
        else:
            lines.append(word)
    return lines


def _follows(line: Word, word: Word) -> bool:
    reach = 1.2 * word.size
    return abs(line.angle - word.angle) < _TILT and (
        word.x0 - line.x1 < reach
        and line.x0 - word.x1 < reach
        and word.top - line.bottom < reach
        and line.top - word.bottom < reach
    )
