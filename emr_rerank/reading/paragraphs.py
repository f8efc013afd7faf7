"""Which printed lines make one paragraph: what is wrapped, what begins anew."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from emr_rerank.reading.heading_cues import OPEN
from emr_rerank.reading.margins import Margins, right_edge
from emr_rerank.record import Page, PrintedLine

Printed = tuple[Page, PrintedLine, Margins]

_LIST_ITEM = re.compile(
    r"^(?:[（(]?\d{1,2}\s*[、.．)）](?!\d)|[①-⑳]|[（(][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}[、.．]"
    r"|[-•●○■□◆▪*·]\s)"
)
_LABEL_RUN = re.compile(r"^\S{1,10}[:：]\S*(?:\s{2,}\S{1,10}[:：]\S*)+")
# Items numbered inside the line, the first of them left out: a paragraph of this kind goes on where its line ends.
_RUN_IN_ITEM = re.compile(r"(?<=[^\s\d.、])\s*(?:(?<![\d.])(?:[2-9]|1\d)\s*[、.．)）]?\s*(?=[\u4e00-\u9fff])|[②-⑳])")
_SENTENCE_ENDS = "。；;！？!?.．…:："
_LONE_NUMBER = re.compile(r"(?:[^\d\s./:：×*-])\s*(?:\d{1,2}\s*[、.．]?|[①-⑳])$")
# Letters that no printer parts from each other: 150/93mmHg, 3×4cm, W:8Kg, 10^9/L, with the marks that cling to them.
_TOKEN = re.compile(r"[（(“‘《【\[]*(?:[A-Za-z0-9.,%/+\-*^:~×μµ°℃]+|.)[，。、；：！？）】”’》)\],.;:!?]*")


# A line this full that ends in a comma goes on, whatever did not fit behind it.
_FAIRLY_FULL = 0.8
_FAR_RIGHT = 0.4


class Blocks(Protocol):
    """Knows the headings that begin a printed line."""

    def opens_block(self, text: str) -> bool:
        """Whether a printed line is a heading, or begins with one."""

    def may_run_in(self, text: str, *, cut_off: bool) -> bool:
        """Whether the heading that begins the line may as well stand inside a paragraph, one that is cut off or not."""


def display_width(text: str) -> int:
    """Width in half-width columns: 2 for a Chinese or other wide letter, 1 for the rest."""
    return len(text) if text.isascii() else sum(map(_letter_width, text))


@lru_cache(maxsize=16384)
def _letter_width(letter: str) -> int:
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def continues(
    paragraph: Sequence[Printed],
    after: Printed,
    blocks: Blocks,
) -> bool:
    """Whether a printed line goes on with the paragraph before it."""
    page, line, margins = after
    last_page, last, last_margins = paragraph[-1]
    if _LABEL_RUN.match(line.text) or _back_from_right(last, last_margins, line, margins):
        return False
    if _begins_anew(paragraph, line, margins, blocks):
        return False
    if _set_in_alike(paragraph, line, margins):
        return False
    wraps = _reaches_margin(last, line, last_margins) or _hangs_on(paragraph, line, margins)
    if _differs(last, line) or not wraps:
        return False
    if page.number == last_page.number:
        step = line.bbox[1] - last.bbox[1]
        if step > 1.7 * margins.gap or step < 0:
            return False
    return not _indented(paragraph, line, margins)


def _set_in_alike(paragraph: Sequence[Printed], line: PrintedLine, margins: Margins) -> bool:
    """Whether the line is set in as the first line of the paragraph is, in a record that sets first lines in."""
    if not margins.indent or _LIST_ITEM.match(paragraph[0][1].text):
        return False
    _, first, first_margins = paragraph[0]
    insets = first.bbox[0] - first_margins.left, line.bbox[0] - margins.left
    return all(abs(inset - margins.indent) <= 0.4 * (margins.size or 10.0) for inset in insets)


def _hangs_on(paragraph: Sequence[Printed], line: PrintedLine, margins: Margins) -> bool:
    """Whether a sentence that is not over goes on at the margin, in a record that sets first lines in."""
    _, last, last_margins = paragraph[-1]
    cut_off = last.text[-1:] not in _SENTENCE_ENDS
    long = right_edge(last) > (last_margins.left + last_margins.right) / 2
    return bool(margins.indent) and cut_off and long and _hangs_out(paragraph, line, margins)


def _begins_anew(paragraph: Sequence[Printed], line: PrintedLine, margins: Margins, blocks: Blocks) -> bool:
    """Whether a heading or list number at the line's start begins a block, and was not merely wrapped there."""
    heading = blocks.opens_block(line.text)
    item = bool(_LIST_ITEM.match(line.text)) and not _broken_number(paragraph[-1][1].text, line.text)
    if not heading and not item:
        return False
    hangs, cut_off = _hangs_out(paragraph, line, margins), _cut_off(paragraph, line)
    if heading and (line.text[:1] in OPEN or not blocks.may_run_in(line.text, cut_off=cut_off)):
        return not hangs or not re.search(r"[，。；,;]", line.text)
    return not (hangs or cut_off or _numbered_inside(paragraph, line))


def _cut_off(paragraph: Sequence[Printed], line: PrintedLine) -> bool:
    """Whether the prose before the line stops in mid-sentence, or at a number that waits for its item."""
    text = "".join(printed.text for _, printed, _ in paragraph)
    if _LONE_NUMBER.search(text):
        return True
    prose = len(paragraph) > 1 or bool(re.search(r"[，。；]|[a-z][.,;] ", text))
    return prose and text[-1:] not in _SENTENCE_ENDS and bool(re.search(r"[，。；,;：:]|[a-z]\.", line.text))


def _numbered_inside(paragraph: Sequence[Printed], line: PrintedLine) -> bool:
    """Whether the paragraph numbers its items inside the lines."""
    return bool(_RUN_IN_ITEM.search("".join(printed.text for _, printed, _ in paragraph) + line.text))


def _back_from_right(last: PrintedLine, last_margins: Margins, line: PrintedLine, margins: Margins) -> bool:
    """Whether the last line was set to the right, as signatures are, and this one begins on the left."""
    far, near = (last.bbox[0] - last_margins.left), (line.bbox[0] - margins.left)
    return far > _FAR_RIGHT * (last_margins.right - last_margins.left) and near < 0.5 * far


def _hangs_out(paragraph: Sequence[Printed], line: PrintedLine, margins: Margins) -> bool:
    """Whether the paragraph began with a first-line indent and this line stands at the margin: it goes on.

    Then a heading or number at its start is one inside the running paragraph.
    """
    _, first, first_margins = paragraph[0]
    em = margins.size or 10.0
    return first.bbox[0] - first_margins.left >= line.bbox[0] - margins.left + 1.2 * em


def _broken_number(before: str, after: str) -> bool:
    """A decimal or list number cut at the line end (`血钾4` / `.2`, `12` / `.5`) is no list item."""
    return bool(re.search(r"\d[.．]?$|[第约≥≤<>＜＞]$", before)) and bool(re.match(r"\d+[.．)）]\d", after))


def _differs(last: PrintedLine, line: PrintedLine) -> bool:
    if last.size and line.size and abs(last.size - line.size) > 0.15 * max(last.size, line.size):
        return True
    return last.bold and not line.bold


def _reaches_margin(last: PrintedLine, line: PrintedLine, margins: Margins) -> bool:
    """Whether the first word of the next line would not have fitted behind the last one."""
    if re.search(r"[a-z]-$", last.text) and line.text[:1].islower():
        return True
    letter = (last.bbox[2] - last.bbox[0]) / max(1, display_width(last.text))
    word = _TOKEN.match(line.text)
    needed = _token_width(word.group(), letter, last.size) if word else 2 * letter
    slack = (1.5 if line.text[:1].isascii() else 2.5) * letter
    full = right_edge(last) - last.bbox[0] >= _FAIRLY_FULL * (margins.right - margins.left)
    if full and last.text[-1:] in "，、,:：":
        return True
    return right_edge(last) + needed + slack >= margins.right


def _token_width(token: str, letter: float, size: float) -> float:
    """How wide a token is printed, in points. `letter` is the mean half-width letter of the line, `size` its font's.

    Capitals and digits of proportional fonts are wider than half a Han letter, most small letters are not.
    """
    mean = (display_width(token) + 1) * letter * (1.15 if token.isascii() else 1.0)
    if size <= 0:
        return mean
    wide = sum(_letter_width(character) == 2 for character in token)
    broad = sum(character.isdigit() or character.isupper() for character in token)
    return max(mean, size * (wide + 0.6 * broad + 0.5 * (len(token) - wide - broad)))


def _indented(paragraph: Sequence[Printed], line: PrintedLine, margins: Margins) -> bool:
    """Whether the line is set in as a new paragraph is: further than the line before, and not a hanging item."""
    _, last, last_margins = paragraph[-1]
    inset, last_inset = line.bbox[0] - margins.left, last.bbox[0] - last_margins.left
    em = margins.size or 10.0
    if inset <= last_inset + 0.8 * em:
        return False
    hanging = len(paragraph) == 1 and (_LIST_ITEM.match(last.text) or re.match(r"^\S{1,12}[:：]", last.text))
    return not (hanging and inset - last_inset < 8 * em)
