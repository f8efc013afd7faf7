"""Letters that every match of a pattern must hold."""

import re

import pytest

from emr_rerank.rules.needed_letters import needed_letters


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        (r"\d{1,2}月\d{1,2}日", "月"),
        (r"(?:今|昨)[日天]", "今昨"),
        (r"(?i:day)\s*\d", "dD"),
        (r"(?i)ski", None),
        (r"(?i)ago|昨", None),
        (r"(?:月)?\d", None),
        (r"(?:月|\d)天", "天"),
        (r"[^月]\d", None),
        (r"(?<=月)\d", None),
        (r"(?:[1-3]月)+", "月"),
        (r"\w[\d-]", None),
    ],
)
def test_needed_letters(pattern: str, letters: str | None) -> None:
    assert needed_letters(re.compile(pattern)) == (None if letters is None else frozenset(letters))
