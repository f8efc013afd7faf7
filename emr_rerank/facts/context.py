"""Whether, when and of whom a mention is asserted: ConText (Harkema et al. 2009) over cues kept as rules.

Two axes of the method are folded into one value, the safer first: family (another person), conditional, absent,
possible, historical, present.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from emr_rerank.record import Assertion
from emr_rerank.rules.context import ContextCues, ContextRule, Cue, context_cues
from emr_rerank.rules.printed import fold_case

_ORDER: tuple[Assertion, ...] = ("family", "conditional", "absent", "possible", "historical")
_STOPS = re.compile(r"[。；;！!\n]|\.(?=\s|$)")
# no comma before a year: on June 2, 2024
_COMMAS = re.compile(r"[，。；;！!?？\n\t]|,(?!\s*(?:19|20)\d\d\b)|\.(?=\s|$)")
_CLAUSES = re.compile(r"[，,。；;！!\n\t]+|\.(?=\s|$)")
_ITEMS = re.compile(r"[、和及或]|\bor\b|\band\b")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORDS = re.compile(r"[^\W\u3400-\u9fff]+")
_VALUE = re.compile(r"[^\t。；;\n]+")
_REST_OF_LABEL = re.compile(r"[\u3400-\u9fffA-Za-z ]{0,4}[:：]")
_LABEL = re.compile(r"[:：]")
_LAST_ITEM = re.compile(r"\s*(?:(?:or|nor)\b|[及或])")
_LONGEST_ITEM = 12


@dataclass(frozen=True)
class Scope:
    """The stretch of a sentence that a cue rules; a mention may reach into a cue before it, which begins at `cue`."""

    start: int
    end: int
    assertion: Assertion
    rule: str
    cue: int

    def holds(self, start: int, end: int) -> bool:
        """Whether the scope reaches the mention there."""
        return end <= self.end and (self.start <= start or self.cue < start < self.start < end)


def assertion_of(
    text: str, start: int, end: int, section_code: str, rules_dir: Path | None = None
) -> tuple[Assertion, str | None]:
    """How the mention `text[start:end]` of a sentence is asserted, and the id of the rule that decided, if any did."""
    default = context_cues(rules_dir).defaults.get(section_code)
    if default is not None and default.assertion == "family":
        return "family", default.id
    reached = [scope for scope in scopes(text, rules_dir) if scope.holds(start, end)]
    for assertion in _ORDER:
        for scope in reached:
            if scope.assertion == assertion:
                return assertion, scope.rule
    if default is None or default.assertion not in _ORDER:
        return "present", None
    now = next((scope for scope in reached if scope.assertion == "present"), None)
    return ("present", now.rule) if now and default.assertion == "historical" else (default.assertion, default.id)


@lru_cache(maxsize=4096)
def sentence_assertion(text: str, section_code: str, rules_dir: Path | None = None) -> Assertion:
    """How a whole sentence asserts what it says: present if a clause is, absent if every clause is.

    Any other mixture takes the first of family, conditional, possible, historical.
    """
    found = set(_clause_assertions(text, section_code, rules_dir))
    if not found or "present" in found:
        return "present" if found else assertion_of(text, 0, 0, section_code, rules_dir)[0]
    return next((assertion for assertion in _ORDER if assertion in found - {"absent"}), "absent")


def assertion_of_terms(
    text: str, terms: Sequence[str], section_code: str, rules_dir: Path | None = None
) -> Assertion | None:
    """How a sentence asserts the first of the given surface forms that stands in it; None when none does.

    Letters are compared without case, Latin forms as whole words. A form that stands several times is present when
    one of its places is, else what its first place says. A label (过敏史：) is as what follows it, and counts only
    where the form stands nowhere else.
    """
    plain = fold_case(text)
    for term in terms:
        folded, whole = _whole(term)
        places = [found.span() for found in whole.finditer(plain)] if folded and folded in plain else []
        labels = {place: label.end() for place in places if (label := _REST_OF_LABEL.match(text, place[1]))}
        said = [place for place in places if place not in labels]
        found = [assertion_of(text, start, end, section_code, rules_dir)[0] for start, end in said]
        found = found or [
            _assertion_of_label(text, *place, behind, section_code, rules_dir) for place, behind in labels.items()
        ]
        if found:
            return "present" if "present" in found else found[0]
    return None


def _assertion_of_label(
    text: str, start: int, end: int, behind: int, section_code: str, rules_dir: Path | None
) -> Assertion:
    """How a label's matter is asserted: by the cue that is its value (过敏史：无), else by the words `behind` it."""
    own = assertion_of(text, start, end, section_code, rules_dir)[0]
    value = _VALUE.match(text, behind)
    if own != "present" or value is None:
        return own
    return sentence_assertion(value.group(), section_code, rules_dir)


@lru_cache(maxsize=4096)
def _whole(term: str) -> tuple[str, re.Pattern[str]]:
    """The term in one case, and the pattern that finds it as a whole word."""
    plain = fold_case(term.strip())
    before = "(?<![a-z0-9])" if plain[:1].isascii() and plain[:1].isalnum() else ""
    after = "(?!-?[a-z0-9])" if plain[-1:].isascii() and plain[-1:].isalnum() else ""
    return plain, re.compile(before + re.escape(plain) + after)


@lru_cache(maxsize=64)
def _cues_in(text: str, rules_dir: Path | None) -> tuple[Cue, ...]:
    return context_cues(rules_dir).find(text)


@lru_cache(maxsize=4096)
def scopes(text: str, rules_dir: Path | None = None) -> tuple[Scope, ...]:
    """All scopes of a sentence."""
    cues = context_cues(rules_dir)
    found = _cues_in(text, rules_dir)
    made = []
    for cue in found:
        for rule in cue.rules:
            if rule.assertion in (*_ORDER, "present"):
                reach = _forward if rule.direction == "forward" else _backward
                start, end = reach(text, cue, rule, found, cues)
                if start < end:
                    before = cue.start if rule.direction == "forward" else start
                    made.append(Scope(start, end, rule.assertion, rule.id, before))
    return tuple(made)


def _forward(text: str, cue: Cue, rule: ContextRule, found: tuple[Cue, ...], cues: ContextCues) -> tuple[int, int]:
    end = _next(_STOPS, text, cue.end)
    if rule.scope == "near":
        end = min(_next(_COMMAS, text, cue.end), cue.end + rule.reach)
    elif rule.scope == "clause":
        end = _next(_COMMAS, text, cue.end)
    elif rule.scope == "list":
        end = _list_end(text, cue.end, end, found, cues)
    for other in found:
        if cue.end <= other.start < end and _ends(other, rule):
            end = other.start
    return cue.end, end


def _backward(text: str, cue: Cue, rule: ContextRule, found: tuple[Cue, ...], cues: ContextCues) -> tuple[int, int]:
    edges = _STOPS if rule.scope in ("sentence", "label") else _COMMAS
    start = max((stop.end() for stop in edges.finditer(text, 0, cue.start)), default=0)
    if rule.reach:
        start = max(start, cue.start - rule.reach)
    if rule.scope == "label":
        colon = _LABEL.search(text, start, cue.start)
        return start, colon.start() if colon else start
    for other in found:
        if start < other.end <= cue.start and _ends(other, rule) and _between(text, other, cue):
            start = other.end
    return start, cue.start


def _between(text: str, other: Cue, cue: Cue) -> bool:
    """Whether words stand between two cues: in `has resolved` the terminator belongs to the cue behind it."""
    return any(letter.isalnum() for letter in text[other.end : cue.start])


def _ends(cue: Cue, scope_rule: ContextRule) -> bool:
    return any(rule.assertion == "end" and (not rule.ends or scope_rule.assertion in rule.ends) for rule in cue.rules)


def _list_end(text: str, start: int, stop: int, found: tuple[Cue, ...], cues: ContextCues) -> int:
    """Past a comma the list goes on while only bare items follow, up to a terminator if one comes."""
    end = min(stop, _next(_COMMAS, text, start))
    if not text[start:end].strip():
        return start
    ends = [cue.start for cue in found if any(_starts_anew(rule) for rule in cue.rules)]
    while end < stop and text[end] in "，,":
        following = min(stop, _next(_COMMAS, text, end + 1), *(place for place in ends if place > end))
        clause = text[end + 1 : following]
        longest = max(map(_length, _ITEMS.split(clause)), default=0)
        closing = _LAST_ITEM.match(clause)
        if not clause.strip() or longest > _LONGEST_ITEM or (cues.breaks(clause) and not closing):
            break
        end = following
    return end


def _starts_anew(rule: ContextRule) -> bool:
    """Whether a terminator begins something new (伴, 但); one of denials alone (阳性) tells of the item before it."""
    return rule.assertion == "end" and rule.ends != ("absent",)


def _length(item: str) -> int:
    """Of an item of a list: its Chinese letters, other words counted as two."""
    return len(_HAN.findall(item)) + 2 * len(_LATIN_WORDS.findall(item))


def _next(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.search(text, start)
    return found.start() if found else len(text)


def _clause_assertions(text: str, section_code: str, rules_dir: Path | None) -> Iterator[Assertion]:
    """One assertion a clause: of what stands outside its cues, or of a cue that is all there is (`过敏史：无`)."""
    cues = _cues_in(text, rules_dir)
    edges = [0, *(edge for stop in _CLAUSES.finditer(text) for edge in stop.span()), len(text)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        inside = [cue for cue in cues if start <= cue.start < end]
        covered = {place for cue in inside for place in range(cue.start, cue.end)}
        last = next((at for at in range(end - 1, start - 1, -1) if at not in covered and text[at].isalnum()), None)
        if last is not None:
            yield assertion_of(text, last, last + 1, section_code, rules_dir)[0]
            continue
        stated = {rule.assertion for cue in inside for rule in cue.rules}
        yield from [assertion for assertion in _ORDER if assertion in stated][:1]
