"""Ids come back by text, and damage of any kind is noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emr_rerank.evidence.packed.stored import StoredIds, packed_ids

TEXTS = st.text(max_size=20) | st.sampled_from(["", "\0", "\ud800", "入院记录 › 主诉 | 乏力3天"])
IDS = st.lists(st.integers(0, 2**32 - 1), max_size=12)
PASSAGES = {"甲": [5, 250_001], "": [], "乙 | 肌酐 108": [7] * 512, "c": [2**32 - 1]}


@given(passages=st.dictionaries(TEXTS, IDS, max_size=8), asked=st.lists(TEXTS, max_size=8, unique=True))
def test_known_passages_come_back_and_others_are_unknown(passages: dict[str, list[int]], asked: list[str]) -> None:
    stored = StoredIds(packed_ids(passages))
    assert len(stored) == len(passages)
    assert stored.find(list(passages)) == passages
    assert stored.find(asked) == {text: passages[text] for text in asked if text in passages}


@given(data=st.data())
def test_any_damage_is_noticed(data: st.DataObject) -> None:
    content = packed_ids(PASSAGES)
    place = data.draw(st.integers(0, len(content) - 1))
    changed = bytearray(content)
    changed[place] ^= data.draw(st.integers(1, 255))
    for damaged in (bytes(changed), content[:place], content + content[: place + 1]):
        with pytest.raises(ValueError, match="damaged"):
            StoredIds(damaged)


def test_the_value_is_compact() -> None:
    assert len(packed_ids(PASSAGES)) == 16 + 10 * 4 + 4 * (2 + 512 + 1)
