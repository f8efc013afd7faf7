"""Letters of which every match of a pattern holds at least one: a text without any of them need not be searched."""

import re
from collections.abc import Iterable
from re import _constants, _parser  # type: ignore[attr-defined]  # the standard library parses patterns nowhere else
from typing import Any

_FOLDED = frozenset("iIkKsS")  # IGNORECASE takes letters beyond ASCII for these
_LONGEST_RANGE = 64


def needed_letters(pattern: re.Pattern[str]) -> frozenset[str] | None:
    """The smallest set found; None where none is certain."""
    return _of_all(_parser.parse(pattern.pattern), pattern.flags)


def _of_all(items: Iterable[tuple[Any, Any]], flags: int) -> frozenset[str] | None:
    """Of items that follow one another: the smallest set of one of them."""
    sets = [found for kind, value in items if (found := _of(kind, value, flags)) is not None]
    return min(sets, key=len, default=None)


def _of(kind: Any, value: Any, flags: int) -> frozenset[str] | None:
    if kind is _constants.LITERAL:
        return _cases(chr(value), flags)
    if kind is _constants.IN:
        return _union([_of_class(item, bounds, flags) for item, bounds in value])
    if kind is _constants.BRANCH:
        return _union([_of_all(branch, flags) for branch in value[1]])
    if kind is _constants.SUBPATTERN:
        _, added, removed, items = value
        return _of_all(items, (flags | added) & ~removed)
    if kind in (_constants.MAX_REPEAT, _constants.MIN_REPEAT) and value[0] > 0:
        return _of_all(value[2], flags)
    return None


def _of_class(kind: Any, value: Any, flags: int) -> frozenset[str] | None:
    """One item of [...]; a negated or named class is none."""
    if kind is _constants.LITERAL:
        return _cases(chr(value), flags)
    if kind is _constants.RANGE and value[1] - value[0] < _LONGEST_RANGE:
        return _union([_cases(chr(code), flags) for code in range(value[0], value[1] + 1)])
    return None


def _union(sets: list[frozenset[str] | None]) -> frozenset[str] | None:
    return None if None in sets else frozenset().union(*(found for found in sets if found is not None))


def _cases(letter: str, flags: int) -> frozenset[str] | None:
    if not flags & re.IGNORECASE:
        return frozenset(letter)
    return None if letter in _FOLDED else frozenset((letter.lower(), letter.upper())) if letter.isascii() else None
