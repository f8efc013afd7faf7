"""Replies against gold sentences: hits, ranks and the rates that are printed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from benchmarks.real.dataset import RealQuestion, RealRecord, Status

OVERLAP = 0.6
"""Share of the shorter text that must be common in one run when neither text contains the other."""
SHORTEST = 4
"""A shorter evidence text is contained in too many sentences to prove anything."""
TOP = 3


@dataclass(frozen=True)
class Shown:
    """A sentence an answering function shows, with its score."""

    text: str
    score: float


@dataclass(frozen=True)
class Reply:
    """What an answering function gives: evidence, or the best rejected sentences when it refuses; best first."""

    status: Status
    evidence: tuple[Shown, ...] = ()
    rejected: tuple[Shown, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """One question with its reply.

    `rank` is that of the first right sentence among the evidence; `rank_unfiltered` goes on into the rejected, so it
    judges the ranking apart from the threshold. Ranks count from 1; None: no right sentence.
    """

    question: RealQuestion
    reply: Reply
    rank: int | None
    rank_unfiltered: int | None

    @property
    def missed(self) -> bool:
        """Whether the status is wrong, or the record answers and no right sentence is among the first three."""
        if self.reply.status != self.question.status:
            return True
        return bool(self.question.gold) and (self.rank is None or self.rank > TOP)


def judge(question: RealQuestion, record: RealRecord, reply: Reply) -> Outcome:
    """Compare a reply with the gold sentences of the question."""
    golds = [gold.slice(record) for gold in question.gold]
    return Outcome(
        question=question,
        reply=reply,
        rank=_rank(golds, reply.evidence),
        rank_unfiltered=_rank(golds, (*reply.evidence, *reply.rejected)),
    )


def is_hit(evidence: str, gold: str) -> bool:
    """Whether an evidence text is the gold sentence: one contains the other, or they share one long run.

    White space is ignored. Sentence borders may differ from ours, which containment allows for.
    """
    left, right = squeeze(evidence), squeeze(gold)
    if min(len(left), len(right)) < SHORTEST:
        return left == right
    if left in right or right in left:
        return True
    common = SequenceMatcher(None, left, right, autojunk=False).find_longest_match()
    return common.size >= OVERLAP * min(len(left), len(right))


def squeeze(text: str) -> str:
    """The text without white space."""
    return re.sub(r"\s+", "", text)


def _rank(golds: Sequence[str], shown: Iterable[Shown]) -> int | None:
    for rank, item in enumerate(shown, 1):
        if any(is_hit(item.text, gold) for gold in golds):
            return rank
    return None


@dataclass
class Rates:
    """Counts over outcomes; a rate is None where nothing counts towards it."""

    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def answerable(self) -> list[Outcome]:
        """Outcomes of questions that the record answers (or contradicts itself about)."""
        return [outcome for outcome in self.outcomes if outcome.question.gold]

    def hit(self, top: int) -> float | None:
        """Share of answerable questions with a right sentence among the first `top` of the evidence."""
        return _share([outcome.rank is not None and outcome.rank <= top for outcome in self.answerable])

    def hit_unfiltered(self, top: int) -> float | None:
        """As `hit`, with the rejected sentences counted behind the evidence."""
        ranks = [outcome.rank_unfiltered for outcome in self.answerable]
        return _share([rank is not None and rank <= top for rank in ranks])

    def mrr(self) -> float | None:
        """Mean reciprocal rank of the first right sentence among the evidence; 0 where there is none."""
        ranks = [outcome.rank for outcome in self.answerable]
        return sum(1 / rank for rank in ranks if rank) / len(ranks) if ranks else None

    def refusal(self) -> tuple[float | None, float | None, float | None]:
        """Precision, recall and F1 of `insufficient_evidence`."""
        refused = "insufficient_evidence"
        given = [outcome.question.status == refused for outcome in self.outcomes if outcome.reply.status == refused]
        owed = [outcome.reply.status == refused for outcome in self.outcomes if outcome.question.status == refused]
        precision, recall = _share(given), _share(owed)
        if not given and not owed:
            return None, None, None
        return precision, recall, 2 * sum(given) / (len(given) + len(owed))


def by_kind(outcomes: Iterable[Outcome]) -> dict[str, Rates]:
    """Rates by kind of question in alphabetical order, `all` last."""
    rates: dict[str, Rates] = {}
    everything = Rates()
    for outcome in outcomes:
        rates.setdefault(outcome.question.kind, Rates()).outcomes.append(outcome)
        everything.outcomes.append(outcome)
    return {**dict(sorted(rates.items())), "all": everything}


def _share(flags: Sequence[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None
