"""Token ids of pairs and of single texts, as FlagEmbedding joins and cuts them, from two tokenizer calls a batch.

FlagEmbedding 1.4.2 (`inference/reranker/encoder_only/base.py`) cuts a question at 3/4 of the limit and a passage at the
limit, joins them as `<s> question </s></s> passage </s>`, and cuts the passage again to fit. Under transformers 5 it
joins by decoding the ids and tokenising the text again, which changes some texts with unknown characters; the ids here
are those of `prepare_for_model`, which the models were trained with.
"""

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from emr_rerank.errors import ModelError
from emr_rerank.evidence.embedder import file_hash

Ids = list[int]
Pair = tuple[str, str]
FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "sentencepiece.bpe.model",
)
_PROBE = ("a b", "c d e")
_FORMS = "肌酐 108μmol/L，ＷＢＣ１２．１×10⁹/L ﬁ é e\u0301\u3000Ⅲ☃ <s> NaCl\t0.9%"
"""Text whose ids differ where libraries normalise or split in another way."""


class KnownIds(Protocol):
    """Passages whose ids are known already."""

    def find(self, texts: Sequence[str]) -> dict[str, Ids]:
        """The ids of those texts that are known, special tokens left out."""


class PairTokenizer:
    """The fast tokenizer of a model folder.

    Args:
        folder: holds the tokenizer's files.
        max_tokens: of a pair or a single text, special tokens included.

    Raises:
        ModelError: the tokenizer is not a fast one, or joins pairs in another way than XLM-RoBERTa.
    """

    def __init__(self, folder: Path, max_tokens: int) -> None:
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(str(folder))
        self.folder, self.max_tokens = folder, max_tokens
        self.begin, self.end, self.pad = tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id
        self.size = len(tokenizer)
        expected = tokenizer(*_PROBE)["input_ids"]
        self._backend: Any = getattr(tokenizer, "backend_tokenizer", None)
        if self._backend is not None:
            self._backend.no_truncation()
            self._backend.no_padding()
        if self._backend is None or self.pairs([_PROBE]) != [expected]:
            raise ModelError(
                f"The tokenizer in {folder} does not join pairs as XLM-RoBERTa does.", "Set engine to 'flagembedding'."
            )

    @cached_property
    def fingerprint(self) -> str:
        """`sha256:…` over what ids depend on: the tokenizer's files, how the libraries read them, the limit."""
        files = file_hash([self.folder / name for name in FILES if (self.folder / name).is_file()])
        made = repr((files, self.max_tokens, self.passages([_FORMS])[_FORMS]))
        return f"sha256:{hashlib.sha256(made.encode()).hexdigest()}"

    def pairs(self, pairs: Sequence[Pair], known: KnownIds | None = None) -> list[Ids]:
        """`<s> question </s></s> passage </s>` of each pair; each distinct text is tokenised once, a known one never.

        Args:
            pairs: questions and passages.
            known: ids that this tokenizer (that is, one of the same fingerprint) gave for passages earlier.
        """
        questions = self._distinct([question for question, _ in pairs], self.max_tokens * 3 // 4)
        passages = self.passages([passage for _, passage in pairs], known)
        heads = {text: [self.begin, *ids, self.end, self.end] for text, ids in questions.items()}
        room = {text: self.max_tokens - len(head) - 1 for text, head in heads.items()}
        return [[*heads[q], *passages[p][: room[q]], self.end] for q, p in pairs]

    def passages(self, texts: Sequence[str], known: KnownIds | None = None) -> dict[str, Ids]:
        """Ids of each distinct passage as a pair takes them up: without special tokens, cut at the limit."""
        found = known.find(list(dict.fromkeys(texts))) if known is not None else {}
        return found | self._distinct([text for text in texts if text not in found], self.max_tokens)

    def singles(self, texts: Sequence[str]) -> list[Ids]:
        """`<s> text </s>` of each text."""
        ids = self._distinct(texts, self.max_tokens - 2)
        return [[self.begin, *ids[text], self.end] for text in texts]

    def _distinct(self, texts: Sequence[str], most: int) -> dict[str, Ids]:
        if not texts:
            return {}
        distinct = list(dict.fromkeys(texts))
        encoded = self._backend.encode_batch_fast(distinct, add_special_tokens=False)
        return {text: encoding.ids[:most] for text, encoding in zip(distinct, encoded, strict=True)}
