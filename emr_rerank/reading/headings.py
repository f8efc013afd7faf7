"""Finds the headings of one logical line, by the section rules: own line, line start, inline, dated."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from emr_rerank.reading.dates import DateReader, date_reader
from emr_rerank.reading.heading_cues import CLOSE, OPEN, cued_body
from emr_rerank.reading.list_numbers import NUMBERED, number_of
from emr_rerank.reading.signatures import Signatures, signatures
from emr_rerank.reading.title_index import TitleIndex, title_index, title_key
from emr_rerank.rules.sections import SectionRule, Where, section_rules

_LONGEST_OWN_LINE = 64
_LARGE = 1.25
_CLAUSE = re.compile(r"^|(?<=[。；;，,！？!?：:\s）)】\]·.])(?=[^\s。；;，,！？!?：:）)】\].])")
_RUN_ON_NUMBER = re.compile(
    r"(?<=[^\d\s.,/:：\-×xX*^~～第年月日至约(（])(?:\d{1,2}[、.．,，)）]?|[①-⑳])\s*(?=[^\s\d.])"
)
_HOSPITAL = re.compile(r"^[^。，；：:]{2,28}?(?:医院|卫生院|医学中心|医疗中心|保健院|Hospital|Medical Center)")
_TRAILING_NOTE = re.compile(r"\s*[（(](?P<note>[^()（）]{1,40})[)）]$")
_CONTINUED = re.compile(r"续|(?i:cont(?:inued|'d|\.)?)")
_HAN_WITH_GLOSS = re.compile(r"^(?P<han>[^A-Za-z]*[\u4e00-\u9fff）)])[（(/]?[A-Za-z][A-Za-z0-9 .&/'-]*[)）]?$")
_LATIN_WITH_GLOSS = re.compile(r"^(?P<latin>[a-z][a-z0-9.&/'-]*?)[（(/]?[\u4e00-\u9fff]{2,12}[)）]?$")
_SUBTITLE = re.compile(r"\s+[-–—]+\s*.{2,40}$|[—–]{1,2}.{2,40}$")
_SENTENCE_ENDS = "。；;！？!?"


@dataclass(frozen=True)
class Heading:
    """A heading found in a line; offsets index the line's text.

    `start` is where the section begins (its number included), `body` the first character after title and colon.
    """

    rule: SectionRule
    start: int
    title_start: int
    title_end: int
    body: int
    own_line: bool
    at_line_start: bool
    number: int | None = None
    style: str = ""
    date: str | None = None
    continued: bool = False


@dataclass(frozen=True)
class HeadingFinder:
    """Finds headings by the section rules in force."""

    index: TitleIndex
    signatures: Signatures
    dates: DateReader

    def opens_block(self, text: str) -> bool:
        """Whether a printed line is a heading, or begins with one."""
        return any(heading.at_line_start for heading in self.candidates(text, lines_only=True))

    def may_run_in(self, text: str, *, cut_off: bool) -> bool:
        """Whether the heading that begins a printed line may as well stand inside a paragraph: `3、查体：…`.

        In a paragraph that is `cut_off` before it, any part may; a document or a heading alone on its line never.
        """
        rules = [heading.rule for heading in self.candidates(text, lines_only=True) if not heading.own_line]
        return any(rule.level == "part" and (cut_off or "inline" in rule.where) for rule in rules)

    def candidates(
        self,
        text: str,
        *,
        is_row: bool = False,
        lines_only: bool = False,
        size: float = 0.0,
        centred: bool = False,
    ) -> list[Heading]:
        """Every heading that some rule sees in the line, in order of place, likeliest rule first.

        `size` is that of the line's letters against the usual, 0 when unknown; `centred` of a line centred and bold.

        Whether a rule may fire also depends on the sections that are open; `sections.py` chooses.
        """
        may_be_whole = not is_row and len(text) <= _LONGEST_OWN_LINE
        whole = list(self._whole_line(text)) if may_be_whole else []
        if not whole and may_be_whole and (size >= _LARGE or centred):
            where: Where = "large" if size >= _LARGE else "centred"
            whole = [Heading(rule, 0, 0, len(text), len(text), True, True) for rule in self._set_apart(text, where)]
        if whole:
            return whole
        found = list(self._line_start(text, is_row=is_row))
        if not lines_only and not is_row:
            found.extend(heading for heading in self._inline(text) if heading.start > 0 or heading.rule.ends)
        return found

    def _set_apart(self, text: str, where: Where) -> Iterator[SectionRule]:
        key = title_key(text)
        return (rule for pattern, rule in self.index.set_apart if where in rule.where and pattern.fullmatch(key))

    def _whole_line(self, text: str) -> Iterator[Heading]:
        """Headings alone on their line: document titles with a date before or behind, part titles."""
        title_start, title_end, date, note = self._strip_date(text)
        number = NUMBERED.match(text, title_start)
        starts = [title_start]
        if number and number.end() < title_end:
            starts.append(number.end())
        seen: set[str] = set()
        for start in starts:
            bare = text[start:title_end].strip()
            inner = bare.strip(OPEN + CLOSE + ":： \t").strip()
            key = title_key(inner)
            for rule in self._rules_for(key, dated=date is not None):
                if rule.id in seen or (date is not None and rule.level != "document"):
                    continue
                if rule.timed and (date is None or "T" not in date):
                    continue
                seen.add(rule.id)
                at = text.find(inner, start) if inner else title_start
                value, style = number_of(number) if number and start == number.end() else (None, "")
                yield Heading(
                    rule,
                    0,
                    at,
                    at + len(inner),
                    len(text),
                    True,
                    True,
                    value,
                    style,
                    date,
                    bool(_CONTINUED.search(note)),
                )

    def _strip_date(self, text: str) -> tuple[int, int, str | None, str]:
        """(start, end) of the line without a leading or trailing date, that date, and a trailing note in brackets."""
        start, end, date, note = 0, len(text.rstrip()), None, ""
        lead = self.dates.first_date(text, 0, at_start=True)
        if lead:
            date, start = lead[0], lead[2]
            start += len(text[start:end]) - len(text[start:end].lstrip(" ,，、:：-—|"))
        else:
            tail = self.dates.first_date(text)
            if tail and tail[2] == end and tail[1] > 0:
                date, end = tail[0], tail[1]
                end = len(re.sub(r"(?:记录时间|记录日期|时间|日期|(?i:date))?[\s:：,，—\-(（]*$", "", text[:end]))
        subtitle = _SUBTITLE.search(text, start, end)
        if subtitle and subtitle.start() > start:
            end = subtitle.start()
        remark = _TRAILING_NOTE.search(text[start:end])
        if remark and remark.start() > 0 and title_key(text[start:end]) not in self.index.by_title:
            note = remark["note"]
            end = start + remark.start()
        return start, end, date, note

    def _rules_for(self, key: str, *, dated: bool) -> Iterator[SectionRule]:
        where = "dated" if dated else "own_line"
        han, latin = _HAN_WITH_GLOSS.match(key), _LATIN_WITH_GLOSS.match(key)
        keys = dict.fromkeys((key, han["han"] if han else key, latin["latin"] if latin else key))
        for title in (*keys, *(_HOSPITAL.sub("", title) for title in keys)):
            for rule in self.index.by_title.get(title, ()):
                stands = where in rule.where or (dated and "own_line" in rule.where)
                if stands and (title in keys or rule.level == "document"):
                    yield rule
        for title in filter(self.index.any_pattern.fullmatch, keys):
            for pattern, rule in self.index.patterns:
                if where in rule.where and pattern.fullmatch(title):
                    yield rule

    def _line_start(self, text: str, *, is_row: bool) -> Iterator[Heading]:
        number = NUMBERED.match(text)
        starts: list[tuple[int, re.Match[str] | None]] = [(0, None)]
        if number and number.end() < len(text):
            starts.insert(0, (number.end(), number))
        for start, mark in starts:
            yield from self._titles_at(text, 0, start, mark, "line_start", is_row)

    def _inline(self, text: str) -> Iterator[Heading]:
        last = -1
        for begin in _clause_starts(text):
            number = NUMBERED.match(text, begin)
            starts: list[tuple[int, re.Match[str] | None]] = [(begin, None)]
            if number and begin < number.end() < len(text):
                starts.insert(0, (number.end(), number))
            for start, mark in starts:
                found = list(self._titles_at(text, begin, start, mark, "inline", False))
                if found and found[0].title_start > last:
                    last = found[0].title_start
                    yield from found
                    break
            else:
                begins = text[:begin].rstrip(" .．")[-1:] in _SENTENCE_ENDS  # the line's start too: '' is in it
                yield from self._clause_at(text, begin, starts[0][0], "inline" if begins else "clause")

    def _clause_at(self, text: str, begin: int, words: int, where: Where) -> Iterator[Heading]:
        """What the pattern of a rule finds at the start of a clause, or behind its number; inline: of a sentence."""
        if not (self.index.any_clause.match(text, begin) or self.index.any_clause.match(text, words)):
            return
        for pattern, rule in self.index.clauses:
            if where not in rule.where and "clause" not in rule.where:
                continue
            match = pattern.match(text, begin) or pattern.match(text, words)
            if match:
                yield Heading(rule, begin, begin, match.end(), match.end(), False, False)

    def _titles_at(
        self, text: str, begin: int, start: int, mark: re.Match[str] | None, where: str, is_row: bool
    ) -> Iterator[Heading]:
        """Headings whose title stands at `start`, behind the number `mark` that stands at `begin`."""
        opening = start < len(text) and text[start] in OPEN
        at = start + 1 if opening else start
        while at < len(text) and text[at] == " ":
            at += 1
        if at >= len(text):
            return
        for pattern, rules in self.index.by_letter.get(text[at].lower(), ()):
            match = pattern.match(text, at)
            if not match:
                continue
            for rule in rules:
                body = cued_body(text, match.end(), rule, where, opening, mark is not None, is_row)
                if body is None or where not in rule.where:
                    continue
                if where == "inline" and rule.not_after and _before_in_sentence(rule.not_after, text[:begin]):
                    continue
                value, style = number_of(mark) if mark else (None, "")
                own = not text[body:].strip()
                yield Heading(rule, begin, at, match.end(), body, own, begin == 0, value, style)
            return


def heading_finder(overrides: Path | None = None) -> HeadingFinder:
    """The finder for the rules in force, built once a folder."""
    return _build(section_rules(overrides), date_reader(overrides))


@lru_cache(maxsize=8)
def _build(rules: tuple[SectionRule, ...], dates: DateReader) -> HeadingFinder:
    return HeadingFinder(title_index(rules), signatures(rules), dates)


def _clause_starts(text: str) -> list[int]:
    starts = {match.start() for match in _CLAUSE.finditer(text)}
    starts |= {match.start() for match in _RUN_ON_NUMBER.finditer(text)}
    return sorted(starts)


def _before_in_sentence(pattern: str, text: str) -> bool:
    return bool(re.search(pattern, text[max(text.rfind(mark) for mark in _SENTENCE_ENDS) + 1 :]))


def first_allowed(headings: Sequence[Heading], open_codes: Sequence[str]) -> Heading | None:
    """The first heading whose rule may fire while sections of these codes are open."""
    for heading in headings:
        rule = heading.rule
        if rule.only_in and not set(rule.only_in) & set(open_codes):
            continue
        if set(rule.not_in) & set(open_codes) or (rule.ends and not set(rule.ends) & set(open_codes)):
            continue
        return heading
    return None
