"""In which order proven sentences answer where no measured value decides."""

import re
from collections.abc import Sequence
from pathlib import Path

from emr_rerank.evidence.anchors import AnchorCheck, outside
from emr_rerank.evidence.calibration import log_odds
from emr_rerank.evidence.judging import Judged
from emr_rerank.evidence.terms import lexicon
from emr_rerank.findings import Question
from emr_rerank.record import Sentence
from emr_rerank.rules.evidence import role_sections

PLACE_STEP = 0.15
"""What each step down the list of sections that the rules look in costs, in log odds, when evidence is ordered."""
DATE_BONUS = 0.7
"""What stating a date of its own is worth, in log odds, to a sentence where a date is asked for."""
DENIAL_COST = 1.0
"""What a denial loses, in log odds, where a finding answers better."""
PLAN_COST = 2.0
"""What a plan, an order or a leaflet loses, in log odds, where a finding is asked for: it tells of no result."""
TEXT_BONUS = 0.5
"""What naming the matter in the sentence itself, not only in its section titles, is worth in log odds in that order."""
UNNAMED_COST = 1.0
"""What naming the matter nowhere costs, in log odds."""
SHOW_BONUS = 1.5
"""What showing the amount, size or side asked for is worth, in log odds."""
END_BONUS = 2.0
"""What standing in a section that tells of the asked end of the stay is worth, in log odds."""
PAST_BONUS = 1.5
"""What telling of the past is worth, in log odds, where the past is asked for; else what it costs."""
FACT_BONUS = 2.0
"""What holding a fact that answers is worth, in log odds."""
EVENT_BONUS = 1.5
"""What naming the event that dates the question is worth, in log odds."""
TIME_BONUS = 3.0
"""What the latest of the sentences is worth against the earliest, in log odds, where the latest is asked for."""
SURE = 4.0
"""Log odds (0.98) above which scores no longer tell candidates apart: what is left is the model's habit."""
INTENTION = "concept.intention"
"""Concept of words that announce something still to be done."""
RESULT_KINDS = frozenset({"procedure"})
"""Kinds of matters that are done and have a result."""


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
        """The sentences, best first; for a point of the stay, those nearer to it in time are worth more."""
        if not self._early and not self._late:
            return sorted(proven, key=self._cost)
        by_time = sorted(proven, key=lambda item: (item.sentence.date or "", item.sentence.index), reverse=self._late)
        step = TIME_BONUS / max(len(by_time) - 1, 1)
        after = {item.sentence.index: place * step for place, item in enumerate(by_time)}
        return sorted(proven, key=lambda item: self._cost(item) + after[item.sentence.index])

    def _cost(self, item: Judged) -> float:
        sentence = item.sentence
        if self._listed(sentence):
            # The chief item of a list stands first, whatever its words.
            return self._distance(sentence) - log_odds(1.0) + 1e-6 * sentence.index
        named = self._anchors.holds(outside(sentence))
        denial = self._denial_cost() if item.assertion == "absent" else 0.0
        plan = PLAN_COST if item.verdict.advised or self._plans(sentence) else 0.0
        bonus = self._bonus(item) + (TEXT_BONUS if named else 0.0)
        bonus -= 0.0 if named or self._anchors.holds(sentence) else UNNAMED_COST
        return self._distance(sentence) - min(log_odds(item.score), SURE) - bonus + denial + plan

    def _bonus(self, item: Judged) -> float:
        asked, sentence = self._question, item.sentence
        bonus = DATE_BONUS if asked.shape == "date" and sentence.date_rule is not None else 0.0
        shown = any(re.search(pattern, sentence.text, re.IGNORECASE) for pattern in asked.shows)
        bonus += SHOW_BONUS if shown else 0.0
        bonus += FACT_BONUS if item.verdict.witnessed and (shown or not asked.shows) else 0.0
        bonus += END_BONUS if sentence.section_code in self._end else 0.0
        past = item.assertion == "historical" or sentence.section_code == "past_history"
        bonus += (PAST_BONUS if asked.past else -PAST_BONUS if self._done else 0.0) if past else 0.0
        event = bool(asked.event) and any(form in sentence.text for form in asked.event)
        return bonus + (EVENT_BONUS if event else 0.0)

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

    def _denial_cost(self) -> float:
        """A stated allergy comes before any denial, however it is worded: overlooking it is the greater harm."""
        if "allergy" in self._question.kinds:
            return 2 * log_odds(1.0)
        # A finding answers better than a denial where what, how much or when is asked; of a test never.
        return DENIAL_COST if self._question.shape in ("value", "list", "date") and not self._results else 0.0

    def _distance(self, sentence: Sentence) -> float:
        """What the place costs among about equal scores: little where the rules look first, more elsewhere."""
        sections = self._question.sections
        if not sections or sentence.section_code not in sections:
            return PLACE_STEP * (len(sections) + 1)
        return PLACE_STEP * sections.index(sentence.section_code)
