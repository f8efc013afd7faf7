"""The font of boxes, as FreeType reads it."""

import io
import struct

import pytest
from PIL import ImageFont

from emr_rerank.reading.cell_font import cell_font


@pytest.mark.parametrize(
    ("character", "box"),
    [
        ("男", (900, 897)),
        ("。", (900, 897)),
        ("한", (900, 897)),
        ("𠮷", (900, 897)),
        ("A", (160, 700)),
        ("℃", (160, 700)),
        ("ｱ", (160, 700)),
        (" ", None),
        ("\u3000", None),
    ],
)
def test_every_character_but_spaces_has_a_box(character: str, box: tuple[int, int] | None) -> None:
    font = ImageFont.truetype(io.BytesIO(cell_font()), 1000)
    ink = font.getmask(character).getbbox()
    assert (ink and (ink[2] - ink[0], ink[3] - ink[1])) == box
    assert font.getlength(character) == 1000
    assert font.getmetrics() == (880, 120)


def test_the_checksums_hold_and_the_file_is_small() -> None:
    file = cell_font()
    assert len(file) < 1024
    for place in range(12, 12 + 16 * struct.unpack_from(">H", file, 4)[0], 16):
        checksum, start, length = struct.unpack_from(">3I", file, place + 4)
        words = struct.unpack_from(f">{(length + 3) // 4}I", file, start)
        assert sum(words) & 0xFFFFFFFF == checksum
