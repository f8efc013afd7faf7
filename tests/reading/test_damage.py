"""Compressed streams that break off or unpack without end are told before the file is opened."""

import base64
import zlib

import pytest

from emr_rerank.errors import FileTooLargeError
from emr_rerank.reading.damage import check_streams
from emr_rerank.settings import Settings

PACKED = zlib.compress(bytes(range(256)) * 200)


def pdf(*streams: tuple[bytes, bytes]) -> bytes:
    """Objects with streams, as (filter, bytes)."""
    objects = (
        b"%d 0 obj\n<< /Filter %b /Length %d >>\nstream\r\n%b\nendstream\nendobj\n" % (number, name, len(body), body)
        for number, (name, body) in enumerate(streams, start=1)
    )
    return b"%PDF-1.4\n" + b"".join(objects)


@pytest.mark.parametrize(
    ("stream", "whole"),
    [
        ((b"/FlateDecode", PACKED), True),
        ((b"[ /FlateDecode ]", PACKED), True),
        ((b"[ /ASCII85Decode /FlateDecode ]", base64.a85encode(PACKED) + b"~>"), True),
        ((b"/DCTDecode", b"no deflate"), True),
        ((b"/FlateDecode", PACKED[:-30]), False),
        ((b"/FlateDecode", PACKED[:60] + bytes(20) + PACKED[80:]), False),
        ((b"[ /ASCII85Decode /FlateDecode ]", base64.a85encode(PACKED[:-30]) + b"~>"), False),
        ((b"[ /ASCII85Decode /FlateDecode ]", b"\x80\x81 no letters of it"), False),
    ],
)
def test_broken_streams_are_told(stream: tuple[bytes, bytes], whole: bool) -> None:
    assert check_streams(pdf((b"/FlateDecode", PACKED), stream), Settings()) is whole


def test_a_stream_that_unpacks_to_too_much_is_refused() -> None:
    bomb = zlib.compress(bytes(3 << 20), 9)
    assert check_streams(pdf((b"/FlateDecode", bomb)), Settings(max_unpacked_mb=3))
    broken = (b"/FlateDecode", PACKED[:-30])
    with pytest.raises(FileTooLargeError, match=r"limit of 2 MiB.*max_unpacked_mb"):
        check_streams(pdf(broken, (b"/FlateDecode", bomb)), Settings(max_unpacked_mb=2))


def test_the_word_stream_in_front_hides_no_stream() -> None:
    broken = pdf((b"/FlateDecode", PACKED[:-30]))
    assert not check_streams(b"%PDF-1.4\n% stream\n" + broken, Settings())
    assert check_streams(pdf((b"/FlateDecode", PACKED)) + b"endstream\nno deflate endstream", Settings())
