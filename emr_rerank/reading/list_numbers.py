"""Numbers and bullets before headings and list items: 3、 （三） 三、 ③ IV. ■"""

import re

_NUMBER = (
    r"(?:第[一二三四五六七八九十]+[、.．章节部分]*|[（(](?P<bn>\d{1,2}|[一二三四五六七八九十]{1,3})[)）]"
    r"|(?P<an>\d{1,2}(?!\d))|(?P<cn>[一二三四五六七八九十]{1,3})(?=\s*[、.．])|(?P<circle>[①-⑳])"
    r"|(?P<roman>[IVX]{1,4})(?=\.)|[◆◇■□●○•▪▶►▲△★☆※*#\-]{1,3}(?=\s|[\u4e00-\u9fff【]))"
)
_MARKS = r"\s*[、.．,，:：)）]?\s*"
NUMBERED = re.compile(_NUMBER + _MARKS)


def number_of(mark: re.Match[str]) -> tuple[int | None, str]:
    """Value and style of a match of NUMBERED; (None, '') for Roman and chapter numbers, and for bullets."""
    for style in ("an", "bn", "cn", "circle"):
        text = mark[style]
        if text:
            return number_value(text), style
    return None, ""


def number_value(text: str) -> int | None:
    """The value of 3, 三, 十二 or ③."""
    if text.isdigit() and text.isascii():
        return int(text)
    if "①" <= text[0] <= "⑳":
        return ord(text[0]) - ord("①") + 1
    digits = "零一二三四五六七八九"
    tens, ten, ones = text.partition("十")
    if ten:
        return (digits.index(tens) if tens else 1) * 10 + (digits.index(ones) if ones else 0)
    return digits.index(text) if text in digits else None
