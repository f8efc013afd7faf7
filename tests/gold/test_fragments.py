"""The program against the gold fragments. Every miss stands in a list here; a new or a mended one fails."""

from collections.abc import Callable, Iterable

from tests.gold import scoring
from tests.gold.fragments import Fragment, fragments

FRAGMENTS = tuple(fragments())

KNOWN_BOUNDARY_MISSES: tuple[str, ...] = ()
KNOWN_ASSERTION_MISSES = ("zh.later.sepsis_round: 经食道心超 at 41 is conditional, read as present by None",)
KNOWN_DATE_MISSES = (
    "zh.hard.dates_2: 上月12日 at 38 is 2026-03-12, read as [None]",
    "zh.stay.date_day_only: 9日 at 26 is 2026-03-09, read as []",
)
KNOWN_SENTENCE_DATE_MISSES = (
    "zh.hard.dates_2: sentence at 38 is of 2026-03-12, read as None by None",
    "zh.stay.date_day_only: sentence at 26 is of None, read as 2026-03-10 by dates.zh.today",
)


def _scored(of: Callable[[Fragment], scoring.Score]) -> scoring.Score:
    scores = [of(fragment) for fragment in FRAGMENTS]
    return scoring.Score(sum(score.total for score in scores), tuple(miss for score in scores for miss in score.misses))


def _same(misses: Iterable[str], known: Iterable[str]) -> None:
    found = set(misses)
    assert found == set(known), "\n".join(
        [
            *(f"new miss: {miss}" for miss in sorted(found - set(known))),
            *(f"mended, take it off the list: {miss}" for miss in sorted(set(known) - found)),
        ]
    )


def test_the_gold_is_large_enough() -> None:
    chinese = [fragment for fragment in FRAGMENTS if fragment.language == "zh"]
    assert len(chinese) >= 60
    assert len(FRAGMENTS) - len(chinese) >= 30
    assert sum(len(fragment.ends) for fragment in FRAGMENTS) >= 400
    assert sum(len(fragment.mentions) for fragment in FRAGMENTS) >= 350
    assert sum(len(fragment.dates) for fragment in FRAGMENTS) >= 150
    assert len({fragment.id for fragment in FRAGMENTS}) == len(FRAGMENTS)


def test_sentence_ends() -> None:
    pairs = [scoring.boundaries(fragment) for fragment in FRAGMENTS]
    _same((miss for fragment in FRAGMENTS for miss in scoring.boundary_misses(fragment)), KNOWN_BOUNDARY_MISSES)
    right = sum(len(gold & found) for gold, found in pairs)
    assert 2 * right / sum(len(gold) + len(found) for gold, found in pairs) >= 0.98


def test_assertions() -> None:
    score = _scored(scoring.assertions)
    _same(score.misses, KNOWN_ASSERTION_MISSES)
    assert score.accuracy >= 0.95


def test_dates_named() -> None:
    score = _scored(scoring.dates)
    _same(score.misses, KNOWN_DATE_MISSES)
    assert score.accuracy >= 0.95


def test_days_of_sentences() -> None:
    score = _scored(scoring.sentence_dates)
    _same(score.misses, KNOWN_SENTENCE_DATE_MISSES)
    assert score.accuracy >= 0.95
