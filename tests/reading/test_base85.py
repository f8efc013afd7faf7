"""ASCII base 85 as PDF has it: the same bytes as the standard library gives, and none for what is no base 85."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emr_rerank.reading.base85 import from_base_85


@given(st.binary(max_size=200), st.sampled_from([0, 20]), st.booleans())
def test_what_was_encoded_comes_back(data: bytes, width: int, zeros: bool) -> None:
    data += bytes(8 * zeros)
    assert from_base_85(base64.a85encode(data, wrapcol=width) + b"~>\n") == data


@pytest.mark.parametrize(
    ("text", "data"),
    [
        (b"<~87cURD]j~>", b"Hello "),
        (b"87 cU\r\nR\tD\x00]j~>", b""),
        (b"87cUR\x0cD]j~>", b"Hello "),
        (b"~>", b""),
        (b"87cURD]jv~>", b""),
        (b"87cURD]j\xff~>", b""),
        (b"uuuuu~>", b""),
        (b"87czUR~>", b""),
        (b"z~>", bytes(4)),
    ],
)
def test_letters_that_can_not_be(text: bytes, data: bytes) -> None:
    assert from_base_85(text) == data
