"""Damage that pdfium passes over without a word."""

import re
import zlib

_FLATE = re.compile(rb"/Filter\s*\[?\s*/FlateDecode\s*\]?(?:(?!endobj).){0,400}?stream\r?\n", re.DOTALL)


def has_broken_streams(data: bytes) -> bool:
    """Whether a compressed stream of the file does not decompress: pdfium would end the page there without a word."""
    if b"/Encrypt" in data:
        return False
    return any(not _inflates(data, match.end()) for match in _FLATE.finditer(data))


def _inflates(data: bytes, start: int) -> bool:
    end = data.find(b"endstream", start)
    stream = zlib.decompressobj()
    try:
        while start < end and not stream.eof:
            stream.decompress(data[start : min(end, start + 65536)], 1 << 20)
            while stream.unconsumed_tail:
                stream.decompress(stream.unconsumed_tail, 1 << 20)
            start += 65536
    except zlib.error:
        return False
    return stream.eof
