"""Walks a chain once, in flat memory, and says what was done to it.

Every row was hashed together with its number. A row that fits its place, or another number, is genuine; a row that fits
none was changed or slipped in. Rows that moved together by one distance kept their order (something was removed or
slipped in before them); of the others, the fewest that must have moved are called reordered.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Row

from emr_rerank.audit.chain import GENESIS, Head, columns_agree, fits
from emr_rerank.record import Noun

Kind = Literal["changed", "removed", "reordered", "inserted", "truncated"]

MOST_PROBLEMS = 1000
"""Problems that are listed; the rest are counted."""
MOST_STRETCHES = 1000
"""Interruptions of the chain that are looked into; rows beyond are only counted."""
NEAR = 200
"""How far from its place a row's number is sought while walking."""
MOST_TRIALS = 200_000
"""Hashes tried at the end to fit rows from far away into the numbers that are missing."""


class Problem(Noun):
    """Something done to the journal."""

    sequence: int = Field(description="number of the row concerned; of the first, where several are missing in a row")
    event_id: str | None = Field(None, description="null when the event itself is gone")
    kind: Kind
    message: str


@dataclass(frozen=True)
class Stretch:
    """Rows `first` to `last` that stand `moved` places before the numbers they were appended with."""

    first: int
    last: int
    moved: int
    event_id: str

    @property
    def numbers(self) -> range:
        """The numbers they were appended with."""
        return range(self.first + self.moved, self.last + self.moved + 1)


@dataclass
class Walk:
    """What is remembered while walking. Call `step` with each row by its number, then `finish`."""

    head: Head
    rows: int = 0
    more: int = 0
    problems: list[Problem] = field(default_factory=list)
    _stretches: list[Stretch] = field(default_factory=list)
    _strangers: list[Row[Any]] = field(default_factory=list)
    _before: tuple[int, str | None, str] = (0, None, GENESIS)
    _unseen: range = range(0)

    def note(self, sequence: int, event_id: str | None, kind: Kind, message: str) -> None:
        """Put a problem down, or count it when there are many already."""
        if len(self.problems) >= MOST_PROBLEMS:
            self.more += 1
            return
        self.problems.append(Problem(sequence=sequence, event_id=event_id, kind=kind, message=message))

    def step(self, row: Row[Any]) -> None:
        """Take the next row in."""
        self.rows += 1
        if not isinstance(row.sequence, int):
            self.note(0, str(row.event_id), "inserted", "its number is not a whole number")
            return
        moved = self._distance(row)
        if len(self._stretches) + len(self._strangers) >= MOST_STRETCHES and moved != self._moved():
            self.more += 1
            self._unseen = range(self._unseen.start or row.sequence, row.sequence + 1)
        elif moved is None:
            self._strangers.append(row)
        else:
            self._genuine(row, moved)

    def finish(self) -> None:
        """Compare the end with the head row, and name what is missing, moved, changed or slipped in."""
        if self._before[0] == self.head.events and self._before[2] != self.head.hash:
            self._rewritten()
        self._place_strangers()
        self._stretches.sort(key=lambda stretch: stretch.first)
        kept = _in_order(self._stretches)
        for stretch in self._stretches:
            if stretch not in kept:
                till = f" to {stretch.numbers[-1]}" if len(stretch.numbers) > 1 else ""
                self.note(stretch.first, stretch.event_id, "reordered", f"appended as {stretch.numbers[0]}{till}")
        known = [*(stretch.numbers for stretch in self._stretches), self._unseen]
        self._missing(self._judge_strangers(known))

    def _moved(self) -> int | None:
        return self._stretches[-1].moved if self._stretches else 0

    def _distance(self, row: Row[Any]) -> int | None:
        """How far before its number the row stands, the likeliest distance first; None when it fits none nearby."""
        recent = [stretch.moved for stretch in self._stretches[-2:]]
        for moved in dict.fromkeys([*reversed(recent), 0]):
            if fits(row, row.sequence + moved):
                return moved
        if len(self._strangers) >= MOST_STRETCHES:
            return None
        near = (sign * distance for distance in range(1, NEAR + 1) for sign in (1, -1))
        return next((moved for moved in near if row.sequence + moved > 0 and fits(row, row.sequence + moved)), None)

    def _genuine(self, row: Row[Any], moved: int) -> None:
        last = self._stretches[-1] if self._stretches else None
        if last is not None and last.moved == moved and last.last == row.sequence - 1:
            self._stretches[-1] = replace(last, last=row.sequence)
        else:
            self._stretches.append(Stretch(row.sequence, row.sequence, moved, row.event_id))
        number = row.sequence + moved
        if number == 1 and row.previous_hash != GENESIS:
            self.note(1, row.event_id, "changed", "it does not start the chain")
        elif number == self._before[0] + 1 and row.previous_hash != self._before[2]:
            self._rewritten()
        if number > self.head.events:
            self.note(row.sequence, row.event_id, "inserted", "it stands beyond the count in the head row")
        if not columns_agree(row):
            self.note(row.sequence, row.event_id, "changed", "a column beside the event differs from the event")
        self._before = (number, row.event_id, row.hash)

    def _rewritten(self) -> None:
        number, event_id, _ = self._before
        self.note(number, event_id, "changed", "rewritten together with its hash; events before it may be too")

    def _place_strangers(self) -> None:
        """Fit rows that came from far away into the numbers that are missing."""
        trials = MOST_TRIALS
        for row in list(self._strangers):
            for number in _vacant([stretch.numbers for stretch in self._stretches], self.head.events):
                trials -= 1
                if trials < 0:
                    return
                if fits(row, number):
                    self._strangers.remove(row)
                    self._stretches.append(Stretch(row.sequence, row.sequence, number - row.sequence, row.event_id))
                    break

    def _judge_strangers(self, known: list[range]) -> list[range]:
        """A row that fits nowhere took the place of a missing number, or was slipped in between others."""
        for row in self._strangers:
            before = max((s for s in self._stretches if s.last < row.sequence), key=lambda s: s.last, default=None)
            places = (row.sequence, before.numbers[-1] + 1 if before else 1)
            vacant = [n for n in places if 0 < n <= self.head.events and not any(n in span for span in known)]
            if vacant:
                self.note(row.sequence, row.event_id, "changed", "its content does not match its hash")
                known = [*known, range(vacant[0], vacant[0] + 1)]
            else:
                self.note(row.sequence, row.event_id, "inserted", "it was never appended by the journal")
        return known

    def _missing(self, known: list[range]) -> None:
        for gap in _gaps(known, self.head.events):
            kind: Kind = "truncated" if gap.stop > self.head.events else "removed"
            where = " from the end" if kind == "truncated" else ""
            said = "1 event is missing" if len(gap) == 1 else f"{len(gap)} events are missing, up to {gap[-1]},"
            self.note(gap.start, None, kind, said + where)


def _in_order(stretches: list[Stretch]) -> set[Stretch]:
    """The stretches that keep the order of their numbers and hold the most rows (heaviest increasing subsequence)."""
    best: list[tuple[int, int]] = []  # rows up to here, index of the stretch before (-1: none)
    for stretch in stretches:
        lower = ((best[i][0], i) for i in range(len(best)) if stretches[i].numbers[-1] < stretch.numbers[0])
        rows, before = max(lower, default=(0, -1))
        best.append((rows + len(stretch.numbers), before))
    at = max(range(len(best)), key=lambda i: best[i][0], default=-1)
    kept = set()
    while at >= 0:
        kept.add(stretches[at])
        at = best[at][1]
    return kept


def _gaps(known: Iterable[range], last: int) -> Iterator[range]:
    """The numbers from 1 to `last` that no range holds."""
    following = 1
    for span in sorted((span for span in known if span), key=lambda span: span.start):
        if span.start > following:
            yield range(following, min(span.start, last + 1))
        following = max(following, span.stop)
    if following <= last:
        yield range(following, last + 1)


def _vacant(known: Iterable[range], last: int) -> Iterator[int]:
    return (number for gap in _gaps(known, last) for number in gap)
