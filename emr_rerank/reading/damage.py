"""Damage and bombs in compressed streams, which pdfium passes over without a word.

A stream that breaks off ends the page there: text is missing and nothing says so. A stream of a few kilobytes may
unpack to gigabytes. Both show when the streams are unpacked once, piece by piece, before the file is opened.
"""

import re
import zlib
from collections.abc import Iterator

from emr_rerank.errors import FileTooLargeError
from emr_rerank.reading.base85 import from_base_85
from emr_rerank.settings import Settings

_BEGIN, _END = b"stream", b"endstream"
_FILTER = re.compile(rb"/Filter\s*(\[[^\]]*\]|/\w+)")
_DICTIONARY = 2000  # bytes in front of a stream that its dictionary lies in
_PIECE = 1 << 16  # bytes packed, and four times as many unpacked: what stays in a processor's cache


def check_streams(data: bytes, settings: Settings) -> bool:
    """Whether every compressed stream of the file unpacks to its end.

    Streams of an encrypted file can't be told broken from here; it counts as whole.

    Raises:
        FileTooLargeError: a stream unpacks to more than `settings.max_unpacked_mb`.
    """
    if b"/Encrypt" in data:
        return True
    limit = settings.max_unpacked_mb << 20
    whole = True
    for packed in _deflated(data):  # all of them, for a bomb may come after a broken one
        whole &= _unpacks(packed, limit)
    return whole


def _deflated(data: bytes) -> Iterator[memoryview]:
    """The bytes of each stream that is deflated, plainly or as ASCII base 85 (how reportlab writes)."""
    view = memoryview(data)
    for begin, start, end in _streams(data):
        head = data[max(0, begin - _DICTIONARY) : begin]
        found = _FILTER.search(head, max(0, head.rfind(b"obj")))
        names = re.findall(rb"/(\w+)", found[1]) if found else []
        if names == [b"FlateDecode"]:
            yield view[start:end]
        elif names == [b"ASCII85Decode", b"FlateDecode"]:
            yield memoryview(from_base_85(data[start:end]))


def _streams(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(keyword, first byte, end) of whatever may be a stream; one that is found inside another hides none."""
    begin = data.find(_BEGIN)
    while begin >= 0:
        start = begin + len(_BEGIN)
        line_end = next((mark for mark in (b"\r\n", b"\n") if data.startswith(mark, start)), None)
        if line_end and data[begin - 3 : begin] != b"end":
            end = data.find(_END, start)
            if end < 0:
                return
            yield begin, start + len(line_end), end
        begin = data.find(_BEGIN, start)


def _unpacks(packed: memoryview, limit: int) -> bool:
    stream = zlib.decompressobj()
    size = 0
    try:
        for start in range(0, len(packed), _PIECE):
            rest: bytes | memoryview = packed[start : start + _PIECE]
            while rest and not stream.eof:
                size += len(stream.decompress(rest, 4 * _PIECE))
                if size > limit:
                    raise FileTooLargeError(
                        f"A compressed part of the file unpacks to more than the limit of {limit >> 20} MiB.",
                        "Export the record again, or raise max_unpacked_mb.",
                    )
                rest = stream.unconsumed_tail
    except zlib.error:
        return False
    return stream.eof
