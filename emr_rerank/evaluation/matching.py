"""Whether a shown sentence is an expected one."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from emr_rerank.evaluation.dataset import ExpectedEvidence
from emr_rerank.findings import Evidence
from emr_rerank.record import Section, Sentence

SHORTEST = 4
"""A shorter sentence lies inside too many texts to prove anything."""


def expected_rank(wanted: ExpectedEvidence, shown: Iterable[Evidence | Sentence]) -> int | None:
    """Rank, from 1, of the first shown sentence on the expected page that holds the expected text or lies inside it."""
    text = _squeeze(wanted.text)
    for rank, item in enumerate(shown, start=1):
        squeezed = _squeeze(item.text)
        if wanted.page in pages_of(item) and (text in squeezed or (len(squeezed) >= SHORTEST and squeezed in text)):
            return rank
    return None


def best_rank(wanted: Iterable[ExpectedEvidence], shown: Sequence[Evidence | Sentence]) -> int | None:
    """Rank of the first shown sentence that is any of the expected ones."""
    ranks = (expected_rank(evidence, shown) for evidence in wanted)
    return min((rank for rank in ranks if rank is not None), default=None)


def pages_of(item: Evidence | Sentence) -> frozenset[int]:
    """The pages a sentence stands on."""
    return frozenset((item.page, *(page for page, _ in item.more_boxes)))


def codes_around(item: Evidence, sections: Iterable[Section]) -> frozenset[str]:
    """Codes of the sections that a sentence lies in, from its document down to its own part.

    An inline heading may open a part of its own inside the printed one that was expected.
    """
    nodes = (node for section in sections for node in section.walk())
    return frozenset((item.section_code, *(node.code for node in nodes if node.start <= item.start < node.end)))


def _squeeze(text: str) -> str:
    """Without white space, full and half width alike (OCR can't tell ～ from ~)."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
