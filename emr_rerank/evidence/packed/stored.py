"""Token ids kept for later: those of a record's passages in one value, found again by a digest of each passage's text.

Little-endian: magic, CRC-32 (zlib) of what follows, number of passages n (uint64); then n digests in rising order
(uint64, BLAKE2b of 8 bytes over the text), n lengths (uint16) and the ids end to end (uint32). A text whose digest is
not there is simply not known, so ids never serve another passage than the one that they were made of.
"""

import hashlib
import struct
import zlib
from collections.abc import Mapping, Sequence

import numpy as np

from emr_rerank.evidence.packed.tokens import Ids

MAGIC = b"eri1"
HEAD = struct.Struct("<4sIQ")
CHECKED_AT = 8
DIGEST_BYTES = 8


class StoredIds:
    """Ids of some passages, special tokens left out.

    Args:
        content: as `packed_ids` made it.

    Raises:
        ValueError: it is damaged.
    """

    def __init__(self, content: bytes) -> None:
        if len(content) < HEAD.size:
            raise ValueError("damaged")
        magic, checksum, count = HEAD.unpack_from(content)
        lengths_at, ids_at = HEAD.size + 8 * count, HEAD.size + 10 * count
        if magic != MAGIC or zlib.crc32(memoryview(content)[CHECKED_AT:]) != checksum or len(content) < ids_at:
            raise ValueError("damaged")
        self._digests = np.frombuffer(content, "<u8", count, HEAD.size)
        self._ends = np.cumsum(np.frombuffer(content, "<u2", count, lengths_at), dtype=np.int64)
        self._ids = np.frombuffer(content, "<u4", offset=ids_at)
        if len(self._ids) != (self._ends[-1] if count else 0):
            raise ValueError("damaged")

    def __len__(self) -> int:
        return len(self._digests)

    def find(self, texts: Sequence[str]) -> dict[str, Ids]:
        """The ids of those texts that are known."""
        if not len(self) or not texts:
            return {}
        wanted = np.array([_digest(text) for text in texts], dtype=np.uint64)
        places = np.minimum(np.searchsorted(self._digests, wanted), len(self) - 1)
        known = (self._digests[places] == wanted).tolist()
        ends, starts = self._ends[places].tolist(), np.where(places > 0, self._ends[places - 1], 0).tolist()
        return {
            text: self._ids[start:end].tolist()
            for text, start, end, there in zip(texts, starts, ends, known, strict=True)
            if there
        }


def packed_ids(passages: Mapping[str, Ids]) -> bytes:
    """The ids of passages, by text, in one value."""
    by_digest = {_digest(text): ids for text, ids in passages.items()}
    order = sorted(by_digest)
    body = b"".join(
        [
            struct.pack("<Q", len(order)),
            np.array(order, "<u8").tobytes(),
            np.array([len(by_digest[digest]) for digest in order], "<u2").tobytes(),
            *(np.array(by_digest[digest], "<u4").tobytes() for digest in order),
        ]
    )
    return struct.pack("<4sI", MAGIC, zlib.crc32(body)) + body


def _digest(text: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=DIGEST_BYTES).digest(), "little"
    )
