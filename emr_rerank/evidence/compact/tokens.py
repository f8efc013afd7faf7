"""The tokeniser of the shipped networks: SentencePiece Unigram pieces of XLM-R, cut to Chinese, English and units."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from emr_rerank.errors import ModelError
from emr_rerank.evidence.compact.network import FOLDER

FILE = FOLDER / "tokenizer.json"
MOST = 128
"""Tokens of a text or a pair; of a pair only the passage is cut."""


def pair_ids(question: str, passages: Sequence[str]) -> list[list[int]]:
    """Token ids of the question with each passage: `<s> question </s></s> passage </s>`."""
    encoded = _tokenizer("only_second").encode_batch([(_bounded(question), passage) for passage in passages])
    return [each.ids for each in encoded]


def text_ids(texts: Sequence[str]) -> list[list[int]]:
    """Token ids of each text."""
    return [each.ids for each in _tokenizer("longest_first").encode_batch(list(texts))]


def _bounded(question: str) -> str:
    """The beginning of an overlong question: a character is at most one token and a few signs of a word one."""
    return question[: MOST // 2]


@lru_cache(maxsize=2)
def _tokenizer(cut: str) -> Any:
    try:
        from tokenizers import Tokenizer

        made = Tokenizer.from_file(str(FILE))
    except Exception as error:  # the library raises bare Exceptions for unreadable files
        raise ModelError(
            f"The embedded models' tokeniser can't be loaded ({type(error).__name__}).", "Install emr-rerank again."
        ) from None
    made.enable_truncation(MOST, strategy=cut)
    return made
