"""One pattern of many names: a prefix tree reads thousands as fast as a few."""

import re
from collections.abc import Iterable

_Node = dict[str, "_Node"]
"""Letter → the same; the empty letter marks the end of a name."""


def any_name(names: Iterable[str]) -> str:
    """A pattern of all names, the longest first at each place; Latin ones stand between word borders."""
    return _pattern(names, "(?<![a-zA-Z0-9])")


def any_word(words: Iterable[str]) -> str:
    """`any_name`, but a digit may stand right before a Latin one: 5mg."""
    return _pattern(words, "(?<![a-zA-Z])")


def _pattern(names: Iterable[str], border: str) -> str:
    latin: _Node = {}
    other: _Node = {}
    for name in names:
        node = latin if name[0].isascii() and name[0].isalnum() else other
        for letter in name:
            node = node.setdefault(letter, {})
        node[""] = {}
    ways = [f"{_lead(latin)}{border}(?:{_branch(latin)})"] if latin else []
    ways += [f"{_lead(other)}{_branch(other)}"] if other else []
    return f"(?:{'|'.join(ways)})" if ways else "(?!)"


def _lead(node: _Node) -> str:
    """A look-ahead for the first letters: one test instead of one a name."""
    return f"(?=[{''.join(map(re.escape, node))}])"


def _branch(node: _Node, last: str = "") -> str:
    ways = [re.escape(letter) + _branch(child, letter) for letter, child in node.items() if letter]
    if "" in node:
        plain = last.isascii() and last.isalpha()
        ways.append(r"(?![a-z])" if plain else r"(?!\d)" if last.isascii() and last.isdigit() else "")
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"
