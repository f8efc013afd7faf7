"""The questions for development stay apart from the held-out half, so that tuning on them is fair."""

import pytest

from benchmarks.real.check import set_problems
from benchmarks.real.dataset import RealQuestion, half
from benchmarks.real.sets import SETS


def same_target(one: RealQuestion, other: RealQuestion) -> bool:
    """Whether both ask the same record for the same kind of thing, proven by the same sentence or by none."""
    if (one.record, one.kind) != (other.record, other.kind):
        return False
    return bool(set(one.gold) & set(other.gold)) or not (one.gold or other.gold)


@pytest.mark.parametrize("name", ["ccks", "mts-en"])
@pytest.mark.parametrize("kind", ["dev", "ward"])
def test_no_development_question_asks_for_what_a_held_out_question_asks_for(name: str, kind: str) -> None:
    held_out = half(SETS[name].load_questions(), "held-out")
    development = SETS[f"{name}-{kind}"].load_questions()
    assert held_out and not list(set_problems(development))
    assert [one.id for one in development if any(same_target(one, other) for other in held_out)] == []


def test_every_record_has_a_development_question() -> None:
    development = SETS["ccks-dev"].load_questions()
    assert {question.record for question in development} == {f"ccks2017-{number:03}" for number in range(1, 151)}


@pytest.mark.parametrize("name", ["ccks", "mts-en"])
def test_english_wordings_ask_for_what_a_question_for_development_asks_for(name: str) -> None:
    known = (*half(SETS[name].load_questions(), "development"), *SETS[f"{name}-dev"].load_questions())
    sources = {question.id: question for question in known}
    worded = SETS[f"{name}-dev-english"].load_questions()
    assert len(worded) > 100 and all(question.question.isascii() for question in worded)
    for question in worded:
        source = sources[question.id.removesuffix("-en")]
        same = {"record": source.record, "kind": source.kind, "status": source.status, "gold": source.gold}
        assert {field: getattr(question, field) for field in same} == same
    assert not list(set_problems(worded))
