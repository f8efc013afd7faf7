from collections.abc import Callable

import pytest

from emr_rerank.audit.journal import Journal
from emr_rerank.errors import UsageError

COLUMNS = "time, user_name, record_id, status, event, previous_hash, hash"


def renumber(move: str, where: str) -> list[str]:
    """Statements that renumber rows without meeting the unique index on the way."""
    return [
        f"UPDATE audit_events SET sequence = -({move}) WHERE {where}",
        "UPDATE audit_events SET sequence = -sequence WHERE sequence < 0",
    ]


def swap(one: int, other: int) -> list[str]:
    return renumber(f"{one + other} - sequence", f"sequence IN ({one}, {other})")


def forge(sequence: int, event_id: str = "forged", of: int = 2) -> str:
    return (
        f"INSERT INTO audit_events (sequence, event_id, {COLUMNS}) "
        f"SELECT {sequence}, '{event_id}', {COLUMNS} FROM audit_events WHERE sequence = {of}"
    )


TAMPERED: dict[str, tuple[list[str], list[tuple[str, int]]]] = {
    "event changed": (
        ["UPDATE audit_events SET event = replace(event, 'answered', 'conflicting') WHERE sequence = 4"],
        [("changed", 4)],
    ),
    "id changed": (["UPDATE audit_events SET event_id = 'x' WHERE sequence = 1"], [("changed", 1)]),
    "hash changed": (["UPDATE audit_events SET hash = 'x' WHERE sequence = 10"], [("changed", 10)]),
    "link changed": (["UPDATE audit_events SET previous_hash = 'x' WHERE sequence = 5"], [("changed", 5)]),
    "copied column changed": (["UPDATE audit_events SET user_name = 'x' WHERE sequence = 5"], [("changed", 5)]),
    "two neighbours changed": (
        ["UPDATE audit_events SET event = '' WHERE sequence IN (4, 5)"],
        [("changed", 4), ("changed", 5)],
    ),
    "all changed": (["UPDATE audit_events SET event = ''"], [("changed", n) for n in range(1, 11)]),
    "first removed": (["DELETE FROM audit_events WHERE sequence = 1"], [("removed", 1)]),
    "middle removed": (["DELETE FROM audit_events WHERE sequence = 6"], [("removed", 6)]),
    "several removed": (["DELETE FROM audit_events WHERE sequence IN (3, 4, 7)"], [("removed", 3), ("removed", 7)]),
    "removed and closed up": (
        ["DELETE FROM audit_events WHERE sequence = 4", *renumber("sequence - 1", "sequence > 4")],
        [("removed", 4)],
    ),
    "removed, closed up, and one more changed": (
        [
            "DELETE FROM audit_events WHERE sequence = 4",
            *renumber("sequence - 1", "sequence > 4"),
            "UPDATE audit_events SET event = '' WHERE sequence = 7",
        ],
        [("removed", 4), ("changed", 7)],
    ),
    "tail removed": (["DELETE FROM audit_events WHERE sequence > 8"], [("truncated", 9)]),
    "all removed": (["DELETE FROM audit_events"], [("truncated", 1)]),
    "head removed": (["DELETE FROM audit_head"], [("truncated", 10)]),
    "head turned back": (["UPDATE audit_head SET events = 8"], [("inserted", 9), ("inserted", 10)]),
    "head hash changed": (["UPDATE audit_head SET hash = 'x'"], [("changed", 10)]),
    "far rows swapped": (swap(3, 8), [("reordered", 3), ("reordered", 8)]),
    "neighbours swapped": (swap(3, 4), [("reordered", 3)]),
    "one row moved to the end": (
        [*renumber("CASE sequence WHEN 3 THEN 10 ELSE sequence - 1 END", "sequence >= 3")],
        [("reordered", 10)],
    ),
    "slipped in between": ([*renumber("sequence + 1", "sequence >= 5"), forge(5)], [("inserted", 5)]),
    "slipped in at the end": ([forge(11)], [("inserted", 11)]),
    "slipped in before the start": ([forge(0)], [("inserted", 0)]),
    "one replaced by a copy of another": (["DELETE FROM audit_events WHERE sequence = 7", forge(7)], [("changed", 7)]),
}


def test_an_untouched_journal_is_intact(journal: Journal) -> None:
    verification = journal.verify()
    assert (verification.ok, verification.rows, verification.problems, verification.more) == (True, 10, (), 0)
    assert verification.head == journal.head


@pytest.mark.parametrize("name", TAMPERED)
def test_tampering_is_found_and_named(name: str, journal: Journal, behind: Callable[..., None]) -> None:
    ids = [event_id for event_id, _ in journal.events()]
    statements, expected = TAMPERED[name]
    behind(*statements)
    verification = journal.verify()
    assert not verification.ok
    assert [(problem.kind, problem.sequence) for problem in verification.problems] == expected
    for problem in verification.problems:
        gone = problem.kind in ("removed", "truncated")
        assert (problem.event_id is None) == gone
        assert gone or problem.event_id in (*ids, "forged", "x")


def test_a_row_rewritten_with_its_hash_is_named(journal: Journal, behind: Callable[..., None], store_url: str) -> None:
    before = list(journal.events())
    _rewrite(store_url, behind, 6)
    problems = journal.verify().problems
    assert [(p.kind, p.sequence, p.event_id) for p in problems] == [("changed", 6, before[5][0])]


def test_a_wholly_rewritten_journal_needs_a_head_noted_elsewhere(
    journal: Journal, behind: Callable[..., None], store_url: str
) -> None:
    noted = journal.head
    for sequence in range(10, 0, -1):
        behind(f"DELETE FROM audit_events WHERE sequence = {sequence}")
    behind("UPDATE audit_head SET events = 0, hash = '" + "0" * 64 + "'")
    assert journal.verify().ok
    assert [(p.kind, p.sequence) for p in journal.verify(expected_head=noted).problems] == [("truncated", 10)]


def test_a_noted_head_holds_while_the_journal_grows(journal: Journal, event_of) -> None:
    noted = journal.head
    journal.append(event_of(11))
    assert journal.verify(expected_head=noted).ok
    assert journal.verify(expected_head=noted.partition(":")[2]).ok
    wrong = noted.replace("10:", "9:")
    assert [(p.kind, p.sequence) for p in journal.verify(expected_head=wrong).problems] == [("changed", 9)]


@pytest.mark.parametrize("head", ["", "10", "10:xyz", "x" * 64, f"-1:{'0' * 64}"])
def test_a_head_of_another_form_is_refused(head: str, journal: Journal) -> None:
    with pytest.raises(UsageError):
        journal.verify(expected_head=head)


def test_more_problems_than_can_be_listed_are_counted(tmp_path, event_of, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    import emr_rerank.audit.walk as walk

    monkeypatch.setattr(walk, "MOST_STRETCHES", 6)
    monkeypatch.setattr(walk, "MOST_PROBLEMS", 4)
    journal = Journal(f"sqlite:///{tmp_path / 'j.sqlite'}")
    for number in range(20):
        journal.append(event_of(number))
    with sqlite3.connect(tmp_path / "j.sqlite") as connection:
        connection.execute("UPDATE audit_events SET event = '{}'")
    verification = journal.verify()
    assert not verification.ok
    assert len(verification.problems) == 4
    assert verification.more == 16


def _rewrite(url: str, behind: Callable[..., None], sequence: int) -> None:
    """What somebody who knows the hash does to one row."""
    from sqlalchemy import create_engine, text

    from emr_rerank.audit.chain import row_hash
    from emr_rerank.store.urls import parse_url

    engine = create_engine(parse_url(url))
    query = text("SELECT event_id, event, previous_hash FROM audit_events WHERE sequence = :n")
    with engine.connect() as connection:
        event_id, event, previous = connection.execute(query, {"n": sequence}).one()
    engine.dispose()
    digest = row_hash(previous, sequence, event_id, event.replace('"purpose":"查房"', '"purpose":"会诊"'))
    behind(
        f"UPDATE audit_events SET event = replace(event, '查房', '会诊'), hash = '{digest}' WHERE sequence = {sequence}"
    )
