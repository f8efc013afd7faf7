"""Token ids of a record's passages, made once when it is archived, so that a question tokenises only itself.

They belong to one tokenizer, told by its fingerprint, and within it to the text of each passage, told by a digest
(`packed.stored`): another tokenizer's ids, or those of another way of showing a sentence, are never used.
"""

import logging
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from emr_rerank.evidence.bge import BgeOptions, BgeReranker, passage_tokenizer
from emr_rerank.evidence.calibrated import CalibratedReranker
from emr_rerank.evidence.models import EMBEDDED
from emr_rerank.evidence.passage import passage
from emr_rerank.evidence.reranker import Reranker
from emr_rerank.record import Record
from emr_rerank.settings import Settings

if TYPE_CHECKING:
    from emr_rerank.evidence.packed.stored import StoredIds
    from emr_rerank.evidence.packed.tokens import PairTokenizer

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class PassageIds:
    """Ids as the archive keeps them.

    Attributes:
        tokenizer: fingerprint of the tokenizer that made them.
        content: see `packed.stored`.
    """

    tokenizer: str
    content: bytes

    @cached_property
    def ids(self) -> "StoredIds | None":
        """The ids; None, which the log tells once, where the content is damaged."""
        from emr_rerank.evidence.packed.stored import StoredIds

        try:
            return StoredIds(self.content)
        except ValueError:
            _LOG.warning("The archived token ids of a record are damaged; its sentences are tokenised instead.")
            return None


def uses_passage_ids(settings: Settings) -> bool:
    """Whether the reranker of the settings takes token ids: a bge model on the packed engine."""
    return settings.reranker != EMBEDDED and settings.engine == "packed"


def passage_ids(record: Record, settings: Settings) -> PassageIds | None:
    """The ids of all passages of a record; None where the reranker takes none. Loads the tokenizer, not the weights.

    The few sentences that are read with the clause they go on from (`RecordIndex.contexts`) are tokenised when a
    question asks for them.

    Raises:
        ModelError: the tokenizer can't be loaded.
    """
    if not uses_passage_ids(settings):
        return None
    from emr_rerank.evidence.packed.stored import packed_ids

    tokenizer = _tokenizer(settings.reranker, settings.offline)
    made = tokenizer.passages([passage(sentence) for sentence in record.sentences])
    return PassageIds(tokenizer.fingerprint, packed_ids(made))


def with_passage_ids(reranker: Reranker, stored: PassageIds | None) -> Reranker:
    """The reranker, using stored ids where they are its own tokenizer's; scores stay the same."""
    if isinstance(reranker, CalibratedReranker):
        return replace(reranker, reranker=with_passage_ids(reranker.reranker, stored))
    if stored is None or not isinstance(reranker, BgeReranker) or reranker.tokenizer is None:
        return reranker
    if stored.tokenizer != reranker.tokenizer.fingerprint or stored.ids is None:
        return reranker
    return reranker.knowing(stored.ids)


@lru_cache(maxsize=1)
def _tokenizer(model: str, offline: bool) -> "PairTokenizer":
    return passage_tokenizer(model, BgeOptions(offline=offline))
