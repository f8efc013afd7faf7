"""ASCII base 85 of PDF (ISO 32000-1, 7.4.3), decoded by whole columns; the standard library goes letter by letter."""

import base64

import numpy as np

_FIRST, _LAST = 0x21, 0x75  # "!" is 0, "u" is 84
_POWERS = np.array([85**4, 85**3, 85**2, 85, 1], dtype=np.uint64)


def from_base_85(text: bytes) -> bytes:
    """The bytes; none when a letter of the text can't be one, or a group is worth more than four bytes hold."""
    letters = b"".join(text.split(b"~>")[0].removeprefix(b"<~").split())
    if b"z" in letters:  # rare: only runs of zeros are written so
        return _one_by_one(letters)
    short = -len(letters) % 5
    codes = np.frombuffer(letters + b"u" * short, dtype=np.uint8)
    if not codes.size:
        return b""
    if codes.min() < _FIRST or codes.max() > _LAST:
        return b""
    groups = (codes.reshape(-1, 5) - np.uint8(_FIRST)).astype(np.uint64) @ _POWERS
    if groups.max() > 0xFFFFFFFF:
        return b""
    return groups.astype(">u4").tobytes()[: len(groups) * 4 - short]


def _one_by_one(letters: bytes) -> bytes:
    try:
        return base64.a85decode(letters)
    except ValueError:
        return b""
