"""The candidates for the reranker: the shortlist, and the sentences that hold a value asked for by name."""

from collections.abc import Sequence

from emr_rerank.evidence.shortlist import spread
from emr_rerank.evidence.typed import magnitude
from emr_rerank.findings import Fact, Question
from emr_rerank.record import Record, Sentence


def with_values(
    record: Record,
    question: Question,
    names: frozenset[str],
    located: Sequence[Sentence],
    facts: Sequence[Fact],
    most: int,
) -> tuple[Sentence, ...]:
    """The shortlist with the sentences that hold a fact asked for by name, so that no extreme value is missed.

    The least likely sentences give way to them. Where there is no room for all, those with the extreme values asked for
    come first, else some spread over the whole stay.
    """
    values = [fact for fact in facts if fact.name in names]
    holding = _by_value(question, values)
    if question.shape in ("highest", "lowest"):
        first = holding[: most // 2]
    else:
        wanted = set(holding)
        located_first = [sentence.index for sentence in located if sentence.index in wanted]
        missing = sorted(wanted - set(located_first))
        first = [*located_first, *spread(missing, max(most - len(located_first), 0))]
    order = dict.fromkeys([*first, *(sentence.index for sentence in located)])
    return tuple(record.sentences[index] for index in list(order)[:most])


def _by_value(question: Question, values: Sequence[Fact]) -> list[int]:
    """Sentence indices, those with the highest (or lowest) values first."""
    sign = 1 if question.shape == "lowest" else -1
    sized = [(magnitude(fact), fact.sentence) for fact in values]
    ordered = sorted(sized, key=lambda pair: (pair[0] is None, sign * (pair[0] or 0.0)))
    return list(dict.fromkeys(index for _, index in ordered))
