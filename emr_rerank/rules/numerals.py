"""Numbers in figures and in words, as records print them: 4,000, 半, 十二, 二三十, half a, two."""

import re

_HAN = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_ENGLISH = {
    "half a": 0.5, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_FIGURES = re.compile(r"\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_ONE_OR_TWO = "[一二两三四五六七八九]{1,2}"
_WORDS = re.compile(rf"(?P<tens>{_ONE_OR_TWO})?(?P<ten>十)(?P<ones>{_ONE_OR_TWO})?|(?P<units>{_ONE_OR_TWO})")


def numeral(text: str) -> tuple[float, float] | None:
    """The least and the greatest number meant, equal for a plain number; None where the text prints none.

    Two neighbours are a range: 三四 is 3 to 4, 二三十 20 to 30, 十五六 15 to 16.
    """
    plain = text.strip().lower()
    if _FIGURES.fullmatch(plain):
        value = float(plain.replace(",", ""))
        return value, value
    if plain == "半":
        return 0.5, 0.5
    if plain in _ENGLISH:
        return _ENGLISH[plain], _ENGLISH[plain]
    found = _WORDS.fullmatch(plain)
    if not found:
        return None
    tens = _digits(found["tens"] or ("一" if found["ten"] else ""))
    ones = _digits(found["ones"] or found["units"] or "")
    low, high = 10 * tens[0] + ones[0], 10 * tens[-1] + ones[-1]
    wrong = (len(tens) > 1 and len(ones) > 1) or any(each[0] > each[-1] for each in (tens, ones))
    return None if wrong else (low, high)


def single(text: str) -> float | None:
    """The one number that a text prints; None where it prints none or a range."""
    ends = numeral(text)
    return ends[0] if ends and ends[0] == ends[1] else None


def _digits(words: str) -> list[int]:
    return [_HAN[word] for word in words] or [0]
