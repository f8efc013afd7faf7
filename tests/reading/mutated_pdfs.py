"""Small PDFs of every make that the reader meets, and the ways in which files go wrong or are made to."""

import io
import random
import re
from collections.abc import Callable
from functools import cache

import pypdfium2
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

_NUMBER = re.compile(rb"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])")
_REFERENCE = re.compile(rb"\d+ 0 R")
_NAME = re.compile(rb"/[A-Za-z]\w*")
_ODD_NUMBERS = (b"0", b"-1", b"1", b"65536", b"2147483647", b"-2147483648", b"4294967296", b"1e38", b"0.0000001", b"45")
MAKES = ("plain", "deflated", "base 85", "object streams", "picture", "encrypted")


@cache
def whole(make: str) -> bytes:
    """A record of two pages with headings, text and a lab table."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    locked = StandardEncryption("", ownerPassword="owner") if make == "encrypted" else None
    canvas = Canvas(out, invariant=1, pageCompression=int(make != "plain"), encrypt=locked)
    for page in range(2):
        canvas.setFont("STSong-Light", 10)
        rows = (
            "入院记录",
            f"主诉：反复胸闷{page}年。",
            "过敏史：青霉素过敏。",
            "项目  结果  单位  参考范围",
            "肌酐  108  μmol/L  57-97",
        )
        for place, text in enumerate(rows):
            canvas.drawString(60, 760 - 20 * place, text)
        canvas.grid([60, 200, 300], [500, 520, 540])
        if make == "picture":
            canvas.drawImage(ImageReader(Image.new("RGB", (60, 40), (200, 120, 40))), 60, 200, 300, 200)
        canvas.showPage()
    canvas.save()
    if make == "object streams":
        return _resaved(out.getvalue())
    data = out.getvalue()
    return data if make == "base 85" else _without_base_85(data, make)


def _resaved(data: bytes) -> bytes:
    out = io.BytesIO()
    with pypdfium2.PdfDocument(data) as document:
        document.save(out)
    return out.getvalue()


def _without_base_85(data: bytes, make: str) -> bytes:
    return _resaved(data) if make == "deflated" else data


def _flip(data: bytearray, chance: random.Random) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _cut(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    del data[at : at + chance.randrange(1, 40)]


def _zero(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) - 8)
    data[at : at + 8] = bytes(8)


def _copy(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    data[at:at] = data[chance.randrange(len(data)) :][:60]


def _swap(pattern: re.Pattern[bytes], new: Callable[[list[bytes], random.Random], bytes]) -> Callable[..., None]:
    """Puts something else in the place of one match: what makes /Length, /Kids, /Width or /MediaBox lie."""

    def mutate(data: bytearray, chance: random.Random) -> None:
        found = list(pattern.finditer(data))
        if found:
            match = chance.choice(found)
            data[match.start() : match.end()] = new([other.group() for other in found], chance)

    return mutate


MUTATIONS: dict[str, Callable[[bytearray, random.Random], None]] = {
    "flip": _flip,
    "cut": _cut,
    "zero": _zero,
    "copy": _copy,
    "number": _swap(_NUMBER, lambda found, chance: chance.choice(_ODD_NUMBERS)),
    "reference": _swap(_REFERENCE, lambda found, chance: chance.choice(found)),
    "name": _swap(_NAME, lambda found, chance: chance.choice(found)),
}


def mutated(make: str, seed: int, how: str, count: int) -> bytes:
    """A whole PDF after `count` mutations of one kind."""
    data, chance = bytearray(whole(make)), random.Random(seed)
    for _ in range(count):
        MUTATIONS[how](data, chance)
    return bytes(data)
