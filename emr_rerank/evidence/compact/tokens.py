"""The tokeniser of the shipped networks: SentencePiece Unigram pieces of XLM-R, cut to Chinese, English and units."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from emr_rerank.errors import ModelError
from emr_rerank.evidence.compact.network import FOLDER

FILE = FOLDER / "tokenizer.json"
MOST = 128
"""Tokens of a text or a pair, those that mark its ends included."""
MOST_OF_QUESTION = MOST // 2
BEGIN, END = 0, 2


def pair_ids(question: str, passages: Sequence[str]) -> list[list[int]]:
    """Token ids of the question with each passage: `<s> question </s></s> passage </s>`. What is too long is cut."""
    asked, *told = _pieces([question, *passages])
    asked = [BEGIN, *asked[:MOST_OF_QUESTION], END, END]
    return [[*asked, *passage[: MOST - len(asked) - 1], END] for passage in told]


def text_ids(texts: Sequence[str]) -> list[list[int]]:
    """Token ids of each text: `<s> text </s>`. What is too long is cut."""
    return [[BEGIN, *pieces[: MOST - 2], END] for pieces in _pieces(texts)]


def _pieces(texts: Sequence[str]) -> list[list[int]]:
    """The pieces of each text, without marks."""
    return [each.ids for each in _tokenizer().encode_batch(list(texts), add_special_tokens=False)]


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    try:
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(FILE))
    except Exception as error:  # the library raises bare Exceptions for unreadable files
        raise ModelError(
            f"The embedded models' tokeniser can't be loaded ({type(error).__name__}).", "Install emr-rerank again."
        ) from None
