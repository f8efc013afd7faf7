"""What makes a title a heading: a colon, brackets, a gap, a number before it, or a cue of its rule."""

import re

from emr_rerank.rules.sections import SectionRule

OPEN, CLOSE = "【[〖〔<《", "】]〗〕>》"
_GLOSS = re.compile(r"\s*[（(/]?\s*[A-Za-z][A-Za-z0-9 .&/'-]{0,40}[)）]?\s*(?=[:：]|$)")

_HAN_GLOSS = re.compile(r"\s*[（(/]?\s*[\u4e00-\u9fff]{2,10}[)）]?\s*(?=[:：])")

# What a form says of a title, before its colon: 入院情况（简要病史、阳性体征）：
_REMARK = re.compile(r"\s*[（(][^（）()\n]{1,40}[)）]\s*(?=[:：])")

# What OCR, or a hurried hand, puts for the colon behind a heading.
_MISREAD_COLON = re.compile(r"\s*[;；.．]\s*(?=\S)")


def cued_body(
    text: str, end: int, rule: SectionRule, where: str, opening: bool, numbered: bool, is_row: bool
) -> int | None:
    """Offset of the body when the title that ends at `end` is printed as a heading, else None."""
    if is_row:
        match = re.compile(r"\s*[:：]?\t+").match(text, end)
        return match.end() if match and sum(map(bool, text.split("\t"))) <= 2 else None
    if opening:
        match = re.compile(rf"\s*[{re.escape(CLOSE)}]\s*[:：]?\s*").match(text, end)
        return match.end() if match else None
    if text[end - 1].isascii():
        gloss = _HAN_GLOSS.match(text, end)
    else:
        gloss = _GLOSS.match(text, end) or _REMARK.match(text, end)
    end = gloss.end() if gloss else end
    colon = re.compile(r"\s*(?:如下)?\s*[:：][:：;；]*\s*").match(text, end)
    if colon:
        return colon.end()
    if rule.not_before and re.compile(rule.not_before).match(text, end):
        return None
    if rule.cue:
        cue = re.compile(rule.cue).match(text, end)
        if cue:
            return cue.end()
    if numbered and rule.bare_after_number and end < len(text):
        return end
    if numbered and text[end : end + 1] in ("；", ";"):
        return end + 1
    if where == "line_start":
        misread = _MISREAD_COLON.match(text, end)
        if misread and not text[end - 1].isascii():
            return misread.end()
        gap = re.compile(r" {2,}|\t+").match(text, end) or (
            re.compile(r" ").match(text, end) if not text[end - 1].isascii() else None
        )
        return gap.end() if gap else None
    return None
