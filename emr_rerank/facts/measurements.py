"""Several facts of one analyte: which are one measurement, which contradict each other, in which order they stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

from emr_rerank.facts.notes import THIS_MORNING, written_at
from emr_rerank.facts.timeline import days_between
from emr_rerank.findings import Citation, Fact


@dataclass(frozen=True)
class Measurement:
    """One measurement: the fact that proves it best, and the facts that quote it."""

    fact: Fact
    quotes: tuple[Fact, ...] = ()

    @property
    def told_by(self) -> tuple[Fact, ...]:
        """Every fact that tells it, the best proof first."""
        return (self.fact, *self.quotes)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every place that tells it, the best proof first, then in reading order."""
        facts = (self.fact, *sorted(self.quotes, key=lambda fact: fact.start))
        return tuple(
            Citation(page=fact.page, start=fact.start, end=fact.end, sentence=fact.sentence, text=fact.text)
            for fact in facts
        )

    def quoted_by(self, fact: Fact) -> bool:
        """Whether the fact tells the same value (to the digits printed) at the same time, or later in words."""
        if not same_value(fact, self.fact):
            return False
        if fact.time is None or self.fact.time is None:
            return True
        if "T" in fact.time and "T" in self.fact.time:
            return fact.time == self.fact.time
        days = days_between(self.fact.time, fact.time)
        return days is not None and (days == 0 or ("T" in self.fact.time and days >= -1))

    def cited(self, quote: Fact) -> "Measurement":
        """The measurement with one more quotation."""
        return Measurement(self.fact, (*self.quotes, quote))


def merged(facts: Sequence[Fact]) -> list[Measurement]:
    """One measurement for all facts that tell it."""
    kept: list[Measurement] = []
    for fact in sorted(facts, key=_precision):
        place = next((place for place, each in enumerate(kept) if each.quoted_by(fact)), None)
        if place is None:
            kept.append(Measurement(fact))
        else:
            kept[place] = kept[place].cited(fact)
    return kept


def _precision(fact: Fact) -> tuple[bool, bool, str, int]:
    """Results printed with their reference range first (tables), then those with a clock time."""
    return (fact.reference is None, not (fact.time and "T" in fact.time), fact.time or "", fact.start)


def same_value(fact: Fact, other: Fact) -> bool:
    """Whether two printed values agree, to the digits that both print and within 2 %."""
    if fact.value == other.value:
        return True
    if isinstance(fact.value, str) or isinstance(other.value, str):
        return False
    digits = min(_digits(fact.text), _digits(other.text))
    close = abs(fact.value - other.value) < 0.02 * abs(fact.value)
    return close and round(fact.value, digits) == round(other.value, digits)


def contradictions(facts: Sequence[Fact]) -> Iterator[tuple[Fact, Fact]]:
    """Pairs of one analyte and unit with two values at one time, told by different sentences.

    One time is one minute, or one morning that both call `this morning` with no word of a repeat. A day alone is no
    contradiction: an analyte can be measured twice.
    """
    timed = [fact for fact in facts if _moment(fact) and isinstance(fact.value, float)]
    timed.sort(key=lambda fact: (*_matter(fact), fact.start))
    for _, group in groupby(timed, key=_matter):
        for fact, other in combinations(group, 2):
            if fact.sentence != other.sentence and not same_value(fact, other):
                yield fact, other


def in_time_order(facts: Sequence[Fact]) -> list[Fact]:
    """Dated facts of one analyte by time; a value known by day only is never first or last beside timed ones.

    Such a value stands behind the timed values of its day that its note could know, never before the first timed one
    of the day nor behind the last; where no place is left, at the ends of the series, it is left out.
    """
    ordered = sorted((fact for fact in facts if _timed(fact)), key=lambda fact: (fact.time or "", fact.start))
    days = {(fact.time or "")[:10] for fact in ordered}
    ordered += [fact for fact in facts if not _timed(fact) and fact.time not in days]
    ordered.sort(key=lambda fact: (fact.time or "", fact.start))
    bare = [fact for fact in facts if not _timed(fact) and fact.time in days]
    for fact in sorted(bare, key=lambda each: (written_at(each) or "", each.start)):
        _insert(ordered, fact)
    return ordered


def _insert(ordered: list[Fact], fact: Fact) -> None:
    """Put a value without a clock time among the values of its day."""
    of_day = [place for place, other in enumerate(ordered) if (other.time or "")[:10] == fact.time]
    latest = written_at(fact) or ""
    known = [place for place in of_day if _latest(ordered[place]) <= latest]
    place = max(known, default=of_day[0]) + 1
    if place == len(ordered):
        place -= 1
    if place > 0:
        ordered.insert(place, fact)


def _latest(fact: Fact) -> str:
    """The latest time that a value can have."""
    return (fact.time if _timed(fact) else written_at(fact)) or ""


def _moment(fact: Fact) -> str | None:
    if _timed(fact):
        return fact.time
    return f"{fact.time} morning" if fact.time and THIS_MORNING in fact.notes else None


def _matter(fact: Fact) -> tuple[str, str, str]:
    return fact.name, _moment(fact) or "", fact.unit or ""


def _timed(fact: Fact) -> bool:
    return fact.time is not None and "T" in fact.time


def _digits(text: str) -> int:
    return len(text.partition(".")[2])
