"""One pattern of many names: a prefix tree reads thousands as fast as a few."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_Node = dict[str, "_Node"]
"""Letter → the same; the empty letter marks the end of a name."""


@dataclass(frozen=True)
class _Border:
    """What may not stand before a name of Latin letters or digits, and behind one that ends in a letter."""

    before: str
    behind: str = "(?![a-z])"


def any_name(names: Iterable[str]) -> str:
    """A pattern of all names, the longest first at each place; Latin ones stand between word borders."""
    return _pattern(names, _Border("(?<![a-zA-Z0-9])"))


def any_term(names: Iterable[str]) -> str:
    """`any_name` over lower-case text in which a hyphen binds letters: the ck of ck-mb is no name."""
    return _pattern(names, _Border("(?<![a-z0-9])(?<![a-z]-)", "(?![a-z])(?!-[a-z])"))


def any_word(words: Iterable[str]) -> str:
    """`any_name`, but a digit may stand right before a Latin one: 5mg."""
    return _pattern(words, _Border("(?<![a-zA-Z])"))


def _pattern(names: Iterable[str], border: _Border) -> str:
    latin: _Node = {}
    other: _Node = {}
    for name in names:
        node = latin if name[0].isascii() and name[0].isalnum() else other
        for letter in name:
            node = node.setdefault(letter, {})
        node[""] = {}
    ways = [f"{_lead(latin)}{border.before}(?:{_branch(latin, border)})"] if latin else []
    ways += [f"{_lead(other)}{_branch(other, border)}"] if other else []
    return f"(?:{'|'.join(ways)})" if ways else "(?!)"


def _lead(node: _Node) -> str:
    """A look-ahead for the first letters: one test instead of one a name."""
    return f"(?=[{''.join(map(re.escape, node))}])"


def _branch(node: _Node, border: _Border, last: str = "") -> str:
    ways = [re.escape(letter) + _branch(child, border, letter) for letter, child in node.items() if letter]
    if "" in node:
        plain = last.isascii() and last.isalpha()
        ways.append(border.behind if plain else r"(?!\d)" if last.isascii() and last.isdigit() else "")
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"
