"""Damage and bombs in compressed streams, which pdfium passes over without a word.

A stream that breaks off ends the page there: text is missing and nothing says so. A stream of a few kilobytes may
unpack to gigabytes. Both show when the streams are unpacked once, piece by piece, before the file is opened.
"""

import base64
import re
import zlib
from collections.abc import Iterator

from emr_rerank.errors import FileTooLargeError
from emr_rerank.settings import Settings

_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_FILTER = re.compile(rb"/Filter\s*(\[[^\]]*\]|/\w+)")
_DICTIONARY = 2000  # bytes in front of a stream that its dictionary lies in
_PIECE = 1 << 20


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
    for match in _STREAM.finditer(data):
        head = data[max(0, match.start() - _DICTIONARY) : match.start()]
        found = _FILTER.search(head, max(0, head.rfind(b"obj")))
        end = data.find(b"endstream", match.end())
        names = re.findall(rb"/(\w+)", found[1]) if found else []
        if end < 0 or names not in ([b"FlateDecode"], [b"ASCII85Decode", b"FlateDecode"]):
            continue
        packed = view[match.end() : end]
        yield packed if len(names) == 1 else memoryview(_from_base_85(bytes(packed)))


def _from_base_85(text: bytes) -> bytes:
    """The bytes; none when a letter of the text can't be one, so that they do not inflate."""
    try:
        return base64.a85decode(text.split(b"~>")[0].removeprefix(b"<~"))
    except ValueError:
        return b""


def _unpacks(packed: memoryview, limit: int) -> bool:
    stream = zlib.decompressobj()
    size = 0
    try:
        for start in range(0, len(packed), _PIECE):
            rest: bytes | memoryview = packed[start : start + _PIECE]
            while rest and not stream.eof:
                size += len(stream.decompress(rest, _PIECE))
                if size > limit:
                    raise FileTooLargeError(
                        f"A compressed part of the file unpacks to more than the limit of {limit >> 20} MiB.",
                        "Export the record again, or raise max_unpacked_mb.",
                    )
                rest = stream.unconsumed_tail
    except zlib.error:
        return False
    return stream.eof
