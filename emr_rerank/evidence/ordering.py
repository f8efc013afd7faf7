"""In which order proven sentences answer where no measured value decides."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from emr_rerank.errors import ModelError
from emr_rerank.evidence.anchors import AnchorCheck, outside
from emr_rerank.evidence.calibration import log_odds
from emr_rerank.evidence.fitted import FOLDER, read_fitted
from emr_rerank.evidence.judging import Judged, shows
from emr_rerank.evidence.terms import lexicon
from emr_rerank.findings import Question
from emr_rerank.record import Sentence
from emr_rerank.rules.evidence import role_sections

Sign = Literal[
    "place",  # how far down the list of sections that the rules look in; one step more where it is in none of them
    "date",  # states a date of its own, where a date is asked for; this and what follows down to `named` is for it
    "shown",  # shows the amount, size or side asked for
    "end",  # stands in a section that tells of the asked end of the stay
    "past",  # tells of the past where this is asked for; against it, where something done now is
    "fact",  # holds a fact that answers
    "event",  # names the event that dates the question
    "time",  # the latest of the sentences where the latest is asked for, the earliest where that is; others in between
    "named",  # names the matter in the sentence itself, not only in its section titles
    "unnamed",  # names the matter nowhere; this and what follows is against it
    "denial",  # a denial, where a finding answers better
    "plan",  # a plan, an order or a leaflet, where a finding is asked for: it tells of no result
]
"""What counts beside a sentence's score."""
SIGNS: tuple[Sign, ...] = get_args(Sign)
AGAINST: frozenset[Sign] = frozenset({"place", "unnamed", "denial", "plan"})
SHIPPED = FOLDER / "ordering.json"
SURE = 7.0
"""Log odds (0.999) above which scores no longer tell candidates apart: of 4 to 9 it orders labelled questions best."""
INTENTION = "concept.intention"
"""Concept of words that announce something still to be done."""
RESULT_KINDS = frozenset({"procedure"})
"""Kinds of matters that are done and have a result."""
Floats = npt.NDArray[np.float64]


class OrderWeights(BaseModel):
    """What each sign is worth in log odds, for or against."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: dict[Sign, float]
    questions: int = Field(description="labelled questions it was fitted on")


@lru_cache(maxsize=4)
def order_weights(file: Path = SHIPPED) -> Floats:
    """The weights in a file, in the order of SIGNS.

    Raises:
        ModelError: the file is missing, wrong, or lacks a sign.
    """
    read = read_fitted(file, OrderWeights, "The weights of the order of evidence").weights
    if set(read) != set(SIGNS):
        raise ModelError("The weights of the order of evidence belong to another version.", "Install emr-rerank again.")
    return np.array([read[sign] for sign in SIGNS])


def worth(proven: Sequence[Judged]) -> Floats:
    """What the score of each sentence counts in the order, in log odds."""
    return np.array([min(log_odds(item.score), SURE) for item in proven])


class Order:
    """The order of one question's evidence.

    Args:
        question: understood by `understand`.
        anchors: its anchors.
        rules_dir: a hospital's own rule files.
    """

    def __init__(self, question: Question, anchors: AnchorCheck, rules_dir: Path | None) -> None:
        self._question = question
        self._anchors = anchors
        self._rules = rules_dir
        self._results = bool(set(role_sections("results", rules_dir)) & set(question.sections))
        self._end = frozenset(role_sections(question.window, rules_dir)) if question.window else frozenset()
        self._early = question.shape == "first" or question.window == "admission"
        self._late = question.shape == "last" or question.window == "discharge"
        concepts = lexicon(rules_dir).concepts
        self._done = any(concepts.get(i).group == "procedure" for i in question.concepts)
        self._lists = bool(question.concepts) and all(concepts.get(i).group == "section" for i in question.concepts)

    def __call__(self, proven: Sequence[Judged]) -> list[Judged]:
        """The sentences, best first."""
        if not proven:
            return []
        all_worth = worth(proven) + self.signs(proven) @ order_weights()
        return [item for item, _ in sorted(zip(proven, all_worth, strict=True), key=lambda pair: self._rank(*pair))]

    def _rank(self, item: Judged, own_worth: float) -> tuple[bool, bool, float]:
        """The chief item of a list stands first, whatever its words.

        A stated allergy comes before any denial, however it is worded: overlooking it is the greater harm.
        """
        if self._listed(item.sentence):
            return False, False, self._steps(item.sentence) + 1e-6 * item.sentence.index
        denied_allergy = "allergy" in self._question.kinds and item.assertion == "absent"
        return True, denied_allergy, -own_worth

    def signs(self, proven: Sequence[Judged]) -> Floats:
        """The signs of each sentence, those against it below 0; shape (sentences, signs)."""
        later = self._later(proven)
        rows = [[signs[sign] for sign in SIGNS] for signs in map(self._signs, proven, later)]
        return np.array(rows, dtype=np.float64).reshape(-1, len(SIGNS)) * [-1 if s in AGAINST else 1 for s in SIGNS]

    def _signs(self, item: Judged, later: float) -> dict[Sign, float]:
        asked, sentence = self._question, item.sentence
        named = self._anchors.holds(outside(sentence))
        shown = shows(asked, sentence)
        past = item.assertion == "historical" or sentence.section_code == "past_history"
        # A finding answers better than a denial where what, how much or when is asked; of a test never.
        finding = asked.shape in ("value", "list", "date") and not self._results
        return {
            "place": self._steps(sentence),
            "date": asked.shape == "date" and sentence.date_rule is not None,
            "shown": shown and bool(asked.shows),
            "end": sentence.section_code in self._end,
            "past": past * (1 if asked.past else -1 if self._done else 0),
            "fact": item.verdict.witnessed and shown,
            "event": bool(asked.event) and any(form in sentence.text for form in asked.event),
            "time": later,
            "named": named,
            "unnamed": not named and not self._anchors.holds(sentence),
            "denial": finding and item.assertion == "absent",
            "plan": item.verdict.advised or self._plans(sentence),
        }

    def _later(self, proven: Sequence[Judged]) -> list[float]:
        """1 for the sentence that is latest (earliest) where that end of the stay is asked for, 0 for the other end."""
        if not self._early and not self._late:
            return [0.0] * len(proven)
        moments = [(item.sentence.date or "", item.sentence.index) for item in proven]
        order = sorted(moments, reverse=self._early)
        return [order.index(moment) / max(len(order) - 1, 1) for moment in moments]

    def _listed(self, sentence: Sentence) -> bool:
        """Whether the sentence is an item of the list that is asked for as a whole (出院诊断, 出院带药)."""
        listing = role_sections("listing", self._rules)
        return self._lists and sentence.section_code in listing and self._anchors.at_home(sentence)

    def _plans(self, sentence: Sentence) -> bool:
        """Whether the sentence plans or orders what the question asks the result of."""
        if not RESULT_KINDS & set(self._question.kinds) and not self._results:
            return False
        planned = INTENTION in lexicon(self._rules).concepts.named(sentence.text)
        if sentence.section_code in self._question.sections:
            return planned
        return planned or sentence.section_code in role_sections("intended", self._rules)

    def _steps(self, sentence: Sentence) -> int:
        """How far down the list of sections that the rules look in the sentence stands."""
        sections = self._question.sections
        if sentence.section_code not in sections:
            return len(sections) + 1
        return sections.index(sentence.section_code)
