"""The items of a list of diagnoses: numbered ones, or parted by signs."""

import re
from dataclasses import dataclass

from emr_rerank.facts.passage import Passage
from emr_rerank.rules.diagnoses import diagnosis_rules
from emr_rerank.rules.printed import fold

_NUMBERED = re.compile(
    r"(?<![\d.A-Za-z])(?<![A-Za-z] )(\d{1,2})\s*[.、．)）]\s*(?!\d+(?:[^\d型级期度]|$))(?=\S)"
    r"|(?<![\d.A-Za-z])(\d{1,2})\s*[、)）]\s*|([①-⑳])"
)
_LONGEST = 60
_LONGEST_ENGLISH = 140


@dataclass(frozen=True)
class Item:
    """One diagnosis; offsets inside the sentence. `number` as printed, None where none is."""

    start: int
    end: int
    number: int | None


def list_items(passage: Passage, text: str, start: int, end: int) -> list[Item]:
    """The diagnoses of a list, each without its number, closing signs and what is signed behind it."""
    rules = diagnosis_rules(passage.rules_dir)
    text = fold(text)
    cut = rules.cut.search(text, start, end)
    end = cut.start() if cut else end
    marks = [mark for mark in _NUMBERED.finditer(text, start, end) if _depth(text, start, mark.start()) == 0]
    spans: list[tuple[int, int, int | None]] = []
    if marks:
        edges = [*(mark.start() for mark in marks[1:]), end]
        spans = [(mark.end(), edge, _number(mark)) for mark, edge in zip(marks, edges, strict=True)]
    else:
        spans = [(left, right, None) for left, right in _pieces(passage, text, start, end)]
    items: list[Item] = []
    for left, right, place in spans:
        span = stripped(text, left, right)
        limit = _LONGEST if re.search("[一-鿿]", text[span[0] : span[1]]) else _LONGEST_ENGLISH
        printed = text[span[0] : span[1]]
        if rules.noise.search(printed) and items and not marks:
            break
        if 1 < len(printed) <= limit and not rules.noise.search(printed) and not rules.titled(printed):
            items.append(Item(*span, place))
    return items


def _pieces(passage: Passage, text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Unnumbered diagnoses: parted by ；, in Chinese by ，and 、 too unless a qualifier follows."""
    qualifier = diagnosis_rules(passage.rules_dir).qualifier
    chinese = bool(re.search("[一-鿿]", text[start:end]))
    signs = "；;。\n" + ("，,、" if chinese and passage.sentence.section_code != "pathology_report" else "")
    pieces: list[tuple[int, int]] = []
    left = start
    for place in [*(at for at in range(start, end) if text[at] in signs and _depth(text, start, at) == 0), end]:
        piece = text[left:place].strip()
        if pieces and piece and text[left - 1] in "，,、" and qualifier.match(piece):
            pieces[-1] = (pieces[-1][0], place)
        elif piece:
            pieces.append((left, place))
        left = place + 1
    return pieces


def _depth(text: str, start: int, at: int) -> int:
    """How many brackets are open."""
    return max(
        0, sum(text.count(sign, start, at) for sign in "(（[") - sum(text.count(sign, start, at) for sign in ")）]")
    )


def stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without signs and blanks at its ends."""
    while start < end and text[start] in ' \t:：、.,，；;“"':
        start += 1
    while end > start and text[end - 1] in ' \t。；;.,，、?？”"':
        end -= 1
    return start, end


def _number(mark: re.Match[str]) -> int:
    return ord(mark[3]) - ord("①") + 1 if mark[3] else int(mark[1] or mark[2])
