"""Repairs of single characters that PDF producers and fonts get wrong."""

import unicodedata
from collections import Counter
from functools import lru_cache

# CJK Radicals Supplement (U+2E80-2EF3) to the ideographs they stand for: EquivalentUnifiedIdeograph.txt of Unicode
# 15; NFKC mends two of them only. Fonts that share a glyph between radical and ideograph make producers write the
# radical.
_RADICALS = (
    "⺁⺂⺃⺄⺅⺆⺈⺉⺊⺋⺌⺍⺎⺏⺐⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺫⺬⺭⺯⺰⺱"
    "⺲⺳⺴⺶⺹⺺⺻⺼⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦"
    "⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲"
)
_IDEOGRAPHS = (
    "厂乛乚乙亻冂刀刂卜㔾小尐兀尣尢巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爬丬牛犭王目示礻糹纟罓"
    "罒㓁冗羊耂肀聿肉艹艺艻虎衤覀西见角讠贝车辶辷辸邑钅長镸长门阝雨青韦页风飞食飠饣马骨鬼鱼鸟"
    "卤麦黄黾斉齐歯齿竜龙龜亀"
)
REPAIRS: dict[int, str | None] = {
    **{ord(radical): ideograph for radical, ideograph in zip(_RADICALS, _IDEOGRAPHS, strict=True)},
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)},
    # pdfium writes the hyphen at a line end as U+FFFE or U+0002
    0xFFFE: "-",
    0x0002: "-",
    0x00AD: "-",
    0x2010: "-",
    0x2011: "-",
    # no-break and full-width spaces are spaces; zero-width marks and byte-order marks are nothing
    0x00A0: " ",
    0x3000: " ",
    0x200B: None,
    0x200C: None,
    0x200D: None,
    0x2060: None,
    0xFEFF: None,
    0x0000: None,
}


def repaired(text: str) -> str:
    """Text with radicals turned into ideographs and odd hyphens and spaces into plain ones; all else as printed."""
    return text if text.isascii() and text.isprintable() else text.translate(REPAIRS)


def is_cjk(character: str) -> bool:
    """Whether a character is set on the Han grid: ideographs, radicals, full-width forms and CJK punctuation."""
    code = ord(character)
    return 0x2E80 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0xFF00 <= code <= 0xFFEF or code >= 0x20000


def garbled_share(text: str) -> float:
    """Share of control, private-use and replacement characters: what a text layer without ToUnicode looks like."""
    counts = Counter(text)
    letters = sum(count for character, count in counts.items() if not character.isspace())
    bad = sum(count for character, count in counts.items() if _is_bad(character))
    return bad / letters if letters else 0.0


@lru_cache(maxsize=16384)
def _is_bad(character: str) -> bool:
    if character.isspace():
        return False
    return character == "\ufffd" or unicodedata.category(character) in ("Cc", "Co", "Cn")
