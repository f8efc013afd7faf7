"""A TrueType font of half a kilobyte with an outline for every character: one box for wide ones, another for the rest.

pdfium measures a text object by the outlines of its characters, and leaves out of the text what has no width. The boxes
lie well inside the advance width of what they stand for, as ink does, for pdfium adds them to the box of a character.
"""

import struct

NAME = b"EMR Character Cells"
"""pdfium keeps fonts under their names: no font of a machine is called so."""

_UNITS = 1000
_ASCENT, _DESCENT = 880, -120  # the em square of a Chinese font
_WIDE = (50, -70, 950, 827)  # the usual ink of a Chinese character; pdfium makes the top a 64th higher
_SLIM = (20, 0, 180, 700)  # an i is some 200 wide
_GLYPHS = (None, _WIDE, _SLIM)
_CHARACTERS = (  # first, last, glyph; spaces have none
    (0x21, 0x7E, 2),
    (0xA1, 0x1FFF, 2),
    (0x2010, 0x2E7F, 2),
    (0x2E80, 0x2FFF, 1),  # radicals, then Chinese, Japanese and Korean
    (0x3001, 0xFF60, 1),
    (0xFF61, 0xFFEF, 2),  # half-width forms
    (0x10000, 0x10FFFF, 1),
)


def cell_font() -> bytes:
    """The font file, tables as in the OpenType specification, less those that FreeType does without."""
    outlines = [_outline(box) for box in _GLYPHS]
    places = [sum(map(len, outlines[:count])) // 2 for count in range(len(outlines) + 1)]
    metrics = [(_UNITS, box[0] if box else 0) for box in _GLYPHS]
    return _file(
        {
            b"cmap": _character_map(),
            b"glyf": b"".join(outlines),
            b"head": _head(),
            b"hhea": struct.pack(
                ">I3hH11hH", 0x10000, _ASCENT, _DESCENT, 0, _UNITS, *[0] * 3, 1, *[0] * 7, len(_GLYPHS)
            ),
            b"hmtx": b"".join(struct.pack(">Hh", *pair) for pair in metrics),
            b"loca": struct.pack(f">{len(places)}H", *places),
            b"maxp": struct.pack(">I14H", 0x10000, len(_GLYPHS), 4, 1, 0, 0, 2, *[0] * 8),
        }
    )


def _head() -> bytes:
    versions = struct.pack(">4I", 0x10000, 0x10000, 0, 0x5F0F3CF5)  # the file's checksum, left out, and magic number
    grid = struct.pack(">2H2q", 0, _UNITS, 0, 0)  # no flags, no dates
    box = struct.pack(">4h", 0, _DESCENT, _UNITS, _ASCENT)
    return versions + grid + box + struct.pack(">2H3h", 0, 8, 2, 0, 0)  # upright, legible from 8 pixels, short places


def _outline(box: tuple[int, int, int, int] | None) -> bytes:
    """A glyph: one contour round the box, from its lower left corner."""
    if box is None:
        return b""
    left, bottom, right, top = box
    wide, high = right - left, top - bottom
    steps = (left, 0, wide, 0, bottom, high, 0, -high)  # four across, four up, each from the point before
    return struct.pack(">5h2H4B8h", 1, *box, 3, 0, 1, 1, 1, 1, *steps)


def _character_map() -> bytes:
    """One subtable, Windows and all of Unicode, of format 13: whole ranges share a glyph."""
    groups = b"".join(struct.pack(">3I", *group) for group in _CHARACTERS)
    return struct.pack(">4HI2H3I", 0, 1, 3, 10, 12, 13, 0, 16 + len(groups), 0, len(_CHARACTERS)) + groups


def _file(tables: dict[bytes, bytes]) -> bytes:
    """The tables, given in the order of their tags, behind their directory."""
    power = len(tables).bit_length() - 1
    entries = [struct.pack(">I4H", 0x10000, len(tables), 16 << power, power, 16 * len(tables) - (16 << power))]
    bodies, place = [], 12 + 16 * len(tables)
    for tag, table in tables.items():
        body = table + bytes(-len(table) % 4)
        checksum = sum(struct.unpack(f">{len(body) // 4}I", body)) & 0xFFFFFFFF
        entries.append(struct.pack(">4s3I", tag, checksum, place, len(table)))
        bodies.append(body)
        place += len(body)
    return b"".join(entries + bodies)
