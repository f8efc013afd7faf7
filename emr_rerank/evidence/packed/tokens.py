"""Token ids of pairs and of single texts, as FlagEmbedding joins and cuts them, from two tokenizer calls a batch.

FlagEmbedding 1.4.2 (`inference/reranker/encoder_only/base.py`) cuts a question at 3/4 of the limit and a passage at the
limit, joins them as `<s> question </s></s> passage </s>`, and cuts the passage again to fit. Under transformers 5 it
joins by decoding the ids and tokenising the text again, which changes some texts with unknown characters; the ids here
are those of `prepare_for_model`, which the models were trained with.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from emr_rerank.errors import ModelError

Ids = list[int]
Pair = tuple[str, str]
_PROBE = ("a b", "c d e")


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
        self.max_tokens = max_tokens
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

    def pairs(self, pairs: Sequence[Pair]) -> list[Ids]:
        """`<s> question </s></s> passage </s>` of each pair; each distinct text is tokenised once."""
        questions = self._distinct([question for question, _ in pairs], self.max_tokens * 3 // 4)
        passages = self._distinct([passage for _, passage in pairs], self.max_tokens)
        heads = {text: [self.begin, *ids, self.end, self.end] for text, ids in questions.items()}
        room = {text: self.max_tokens - len(head) - 1 for text, head in heads.items()}
        return [[*heads[q], *passages[p][: room[q]], self.end] for q, p in pairs]

    def singles(self, texts: Sequence[str]) -> list[Ids]:
        """`<s> text </s>` of each text."""
        ids = self._distinct(texts, self.max_tokens - 2)
        return [[self.begin, *ids[text], self.end] for text in texts]

    def _distinct(self, texts: Sequence[str], most: int) -> dict[str, Ids]:
        distinct = list(dict.fromkeys(texts))
        encoded = self._backend.encode_batch_fast(distinct, add_special_tokens=False)
        return {text: encoding.ids[:most] for text, encoding in zip(distinct, encoded, strict=True)}
