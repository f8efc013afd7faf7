"""Numbers in figures and in words; two neighbours in words are a range, never one number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emr_rerank.rules.numerals import numeral, single


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("3", (3, 3)),
        ("4,000", (4000, 4000)),
        ("0.25", (0.25, 0.25)),
        ("半", (0.5, 0.5)),
        ("两", (2, 2)),
        ("十", (10, 10)),
        ("十二", (12, 12)),
        ("二十", (20, 20)),
        ("三十六", (36, 36)),
        ("half a", (0.5, 0.5)),
        ("Twelve", (12, 12)),
        ("三四", (3, 4)),
        ("两三", (2, 3)),
        ("三五", (3, 5)),
        ("十五六", (15, 16)),
        ("二十七八", (27, 28)),
        ("二三十", (20, 30)),
    ],
)
def test_numbers(text: str, ends: tuple[float, float]) -> None:
    assert numeral(text) == ends
    assert single(text) == (ends[0] if ends[0] == ends[1] else None)


@pytest.mark.parametrize("text", ["", "一半", "四三", "二三十五六", "十十", "几", "3-4", "1,23", "no"])
def test_what_is_no_number(text: str) -> None:
    assert numeral(text) is None and single(text) is None


@given(st.text("一二两三四五六七八九十半0123456789.,", max_size=5))
def test_any_text_is_read_or_left(text: str) -> None:
    ends = numeral(text)
    assert ends is None or ends[0] <= ends[1]
