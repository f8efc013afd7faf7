"""What the question rules say of a question's wording: shape, times, and the words that are no content."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from emr_rerank.evidence.days import TODAY
from emr_rerank.evidence.periods import count_of, day_of, operation_of, period_of, until_of
from emr_rerank.evidence.terms import Named
from emr_rerank.findings import FactKind, Relation
from emr_rerank.rules.questions import QuestionRule

MASK = "\ue000"
"""Stands for every character of a name while the rules read the wording."""
OPERATION = "concept.operation"
Span = tuple[int, int]


@dataclass
class Phrasing:
    """What the rules said, while they are read; `event` and `context` are half-open spans of the question."""

    shape: str | None = None
    window: str | None = None
    day: str | None = None
    until: str | None = None
    stay_day: int | None = None
    period: str | None = None
    past: bool = False
    unresolved: bool = False
    operation: str | None = None
    event: Span | None = None
    relation: Relation | None = None
    context: list[Span] = field(default_factory=list)
    kinds: list[FactKind] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    means: list[str] = field(default_factory=list)
    shows: list[str] = field(default_factory=list)
    must_show: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    values: bool = True
    treated: bool = False


def read_phrasing(text: str, named: Sequence[Named], rules: Iterable[QuestionRule]) -> tuple[Phrasing, str]:
    """What every rule says, and the question with names masked and wording blanked out, offsets kept."""
    masked = mask(text, ((item.start, item.end) for item in named))
    phrasing = Phrasing()
    wording: list[Span] = []
    for rule in rules:
        if rule.entity is not None:
            continue
        matches = list(re.finditer(rule.pattern, text if rule.raw else masked, re.IGNORECASE))
        if rule.event:
            matches = [match for match in matches if _is_event(match.span("event"), named)]
        if not matches:
            continue
        if any([_note_time(rule, matches, phrasing), _note_matter(rule, phrasing)]):
            phrasing.rules.append(rule.id)
        if rule.raw:
            phrasing.context.extend(match.span() for match in matches)
        if rule.phrase:
            wording.extend(match.span() for match in matches)
    return phrasing, mask(masked, wording, " ")


def mask(text: str, spans: Iterable[Span], mark: str = MASK) -> str:
    """The text with every character of the spans replaced."""
    for start, end in spans:
        text = text[:start] + mark * (end - start) + text[end:]
    return text


def _is_event(span: Span, named: Sequence[Named]) -> bool:
    """Whether a stretch names something that happens: no analyte; operations have rules of their own."""
    inside = [item for item in named if item.start < span[1] and span[0] < item.end]
    return not any(item.analyte or item.term == OPERATION for item in inside)


def _note_time(rule: QuestionRule, matches: Sequence[re.Match[str]], phrasing: Phrasing) -> bool:
    """Take over what a rule tells of time; whether it tells any."""
    if rule.day and phrasing.day is None:
        found = next((match for match in matches if day_of(match)), None)
        phrasing.day = day_of(found) if found else None
        phrasing.until = until_of(found) if found else None
        phrasing.unresolved = phrasing.unresolved or found is None
    if rule.today:
        phrasing.day = phrasing.day or TODAY
    if rule.stay_day:
        phrasing.stay_day = phrasing.stay_day or count_of(rule, matches[0])
    if rule.period and phrasing.period is None and phrasing.day is None:
        phrasing.period = next((when for match in matches if (when := period_of(rule, match))), None)
    if rule.operation and phrasing.operation is None:
        phrasing.operation = operation_of(rule, matches[0])
    if rule.event and phrasing.event is None:
        phrasing.event, phrasing.relation = matches[0].span("event"), rule.event
    phrasing.past = phrasing.past or rule.past
    phrasing.unresolved = phrasing.unresolved or rule.unresolved
    phrasing.window = phrasing.window or rule.window
    flags = (rule.day, rule.today, rule.stay_day, rule.period, rule.past, rule.unresolved)
    return any(flags) or any((rule.window, rule.operation, rule.event))


def _note_matter(rule: QuestionRule, phrasing: Phrasing) -> bool:
    """Take over what a rule tells of matter and shape; whether it tells any."""
    phrasing.shape = phrasing.shape or rule.shape
    phrasing.kinds.extend(rule.kinds)
    phrasing.sections.extend(rule.sections)
    phrasing.means.extend(rule.means)
    phrasing.shows.extend([rule.shows] if rule.shows else [])
    phrasing.must_show.extend([rule.shows] if rule.shows and rule.must_show else [])
    phrasing.values = phrasing.values and rule.values
    phrasing.treated = phrasing.treated or rule.treated
    return bool(rule.shape or rule.kinds or rule.sections or rule.means or rule.shows or not rule.values)
