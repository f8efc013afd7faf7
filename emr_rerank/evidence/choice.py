"""Which scored sentences are evidence. Typed evidence decides more than similarity.

A sentence that can't prove the answer (without the asked analyte's value, another day, another person, none of the
words that it must hold) is held down below `min_score`; one that holds the asked value of this stay is lifted to at
least `TYPED_FLOOR`, one in the section about the matter to `HOME_FLOOR`. Everything else keeps its calibrated
probability.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from emr_rerank.evidence.allergy import AllergyCheck
from emr_rerank.evidence.anchors import AnchorCheck
from emr_rerank.evidence.answering import answering_facts
from emr_rerank.evidence.calibration import log_odds
from emr_rerank.evidence.terms import lexicon
from emr_rerank.evidence.times import AskedTime, operation_day, stay_of
from emr_rerank.evidence.typed import asked_names, asks_relatives, rank_witnesses, witnesses
from emr_rerank.findings import Evidence, Fact, Question
from emr_rerank.record import Assertion, Sentence
from emr_rerank.settings import Settings

TYPED_FLOOR = 0.9
"""Least probability of a sentence that holds a value asked for; what is left is the risk of a misread value."""
PLACE_STEP = 0.15
"""What each step down the list of sections that the rules look in costs, in log odds, when evidence is ordered."""
DATE_BONUS = 0.7
"""What stating a date of its own is worth, in log odds, to a sentence where a date is asked for."""
DENIAL_COST = 1.0
"""What a denial loses, in log odds, where a finding answers better."""
HYPOTHETICAL = frozenset({"informed_consent", "differential_diagnosis", "treatment_plan"})
"""Sections that say what may happen or be the case; they prove something only to a question that asks about them."""
PLAN_COST = 2.0
"""What a plan, an order or a leaflet loses, in log odds, where a finding is asked for: it tells of no result."""
INTENDED = frozenset(
    {"orders", "informed_consent", "discharge_orders", "treatment_plan", "medication_record", "preoperative_summary"}
)
"""Sections of plans and orders."""
INTENTION = "concept.intention"
"""Concept of words that announce something still to be done."""
TEXT_BONUS = 0.5
"""What naming the matter in the sentence itself, not only in its section titles, is worth in log odds in that order."""
RESULTS = frozenset({"lab_report", "imaging_report", "pathology_report", "auxiliary_exam"})
"""Sections of test results: there a denial (no growth) is the finding."""
HOUSEHOLD = frozenset({"marital_history", "personal_history"})
"""Sections that tell of husband, wife and children."""
RESULT_KINDS = frozenset({"procedure"})
"""Kinds of matters that are done and have a result."""
HOME_FLOOR = 0.7
"""Least probability of a sentence in the section that is about the matter asked for (`Allergies: trimethoprim, rash`):
what stands there answers, whatever its words."""
VETO_CEILING = 0.3
"""Most probability of a sentence that can't prove the answer, however similar it is."""


@dataclass(frozen=True)
class Choice:
    """Evidence kept (ranks from 1), the best of what was rejected (ranks from 1), and the facts that answer.

    `facts` stand in the order of their evidence, whose rank each names.
    """

    kept: tuple[Evidence, ...] = ()
    rejected: tuple[Evidence, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class _Judged:
    sentence: Sentence
    score: float
    assertion: Assertion
    allowed: bool


def choose(
    question: Question,
    sentences: Sequence[Sentence],
    scores: Sequence[float],
    facts: Sequence[Fact],
    assertions: Sequence[Assertion],
    settings: Settings,
    stay: tuple[str | None, str | None] = (None, None),
) -> Choice:
    """Split the candidates into evidence and rejected sentences.

    Args:
        question: understood by `understand`.
        sentences: the candidates.
        scores: calibrated probability of each candidate.
        facts: facts of the candidates; facts of other sentences are left out of account.
        assertions: assertion of each candidate.
        settings: `min_score`, `evidence`, `rejected`, `rules_dir`.
        stay: ISO dates of admission and discharge, where the record states them.
    """
    by_index = {s.index: score for s, score in zip(sentences, scores, strict=True)}
    names = asked_names(question, settings.rules_dir)
    time = AskedTime(question, stay_of(sentences, stay), operation_day(sentences), settings.rules_dir)
    found = witnesses(time, facts, sentences, names)
    measured = any(fact.kind in ("lab", "vital") and fact.name in names for fact in facts)
    judge = _Judge(time, found, facts, asks_relatives(names, settings.rules_dir), measured, settings)
    judged = [judge(s, by_index[s.index], a) for s, a in zip(sentences, assertions, strict=True)]
    proven = [item for item in judged if item.allowed and item.score >= settings.min_score]
    ordered = _without_copies(_ordered(question, proven, found, by_index, settings.rules_dir))
    kept = ordered[: settings.evidence] if found else _both_sides(ordered, settings.evidence)
    taken = {item.sentence.text for item in kept}
    left = sorted((item for item in judged if item.sentence.text not in taken), key=lambda item: -item.score)
    rejected = [item for item in left if item not in proven][: settings.rejected]
    evidence = _evidence(kept)
    return Choice(evidence, _evidence(rejected), answering_facts(question, names, evidence, found, facts, settings))


class _Judge:
    """Lets a candidate pass or holds it down."""

    def __init__(
        self,
        time: AskedTime,
        found: dict[int, tuple[Fact, ...]],
        facts: Sequence[Fact],
        relatives: bool,
        measured: bool,
        settings: Settings,
    ) -> None:
        self._question = question = time.question
        self._time = time
        self._allergies = AllergyCheck(question, facts, settings.rules_dir)
        self._found = found
        self._anchors = AnchorCheck(question.anchors, settings.rules_dir)
        self._kinds = {(fact.sentence, fact.kind) for fact in facts}
        self._needs_value = bool(question.analytes) or measured
        self._ceiling = min(VETO_CEILING, settings.min_score / 2)
        self._relatives = relatives

    def __call__(self, sentence: Sentence, score: float, assertion: Assertion) -> _Judged:
        typed = sentence.index in self._found and not self._hypothetical(sentence, "present")
        possible = typed if self._needs_value else self._plausible(sentence, assertion)
        if not (possible and self._speaks_of_it(sentence, typed)):
            return _Judged(sentence, min(score, self._ceiling), assertion, False)
        witnessed = typed or any((sentence.index, kind) in self._kinds for kind in self._question.kinds)
        floor = TYPED_FLOOR if witnessed else HOME_FLOOR if self._anchors.at_home(sentence) else 0.0
        return _Judged(sentence, max(score, floor), assertion, True)

    def _speaks_of_it(self, sentence: Sentence, typed: bool) -> bool:
        """Whether the anchors hold.

        Two kinds of facts prove more than words: a vital sign asked for (a chart's row never names it; on admission the
        examination tells it), and for a named allergen the statements about it, its class or all drugs.
        """
        if not self._allergies.bears_on(sentence):
            return False
        asked = self._question
        if typed and len(asked.anchors) == 1 and asked.kinds == ("vital",) and asked.window is None:
            return True
        return self._anchors.holds(sentence) or (self._allergies.stated(sentence) and not self._relatives)

    def _plausible(self, sentence: Sentence, assertion: Assertion) -> bool:
        kin = assertion == "family" or sentence.section_code == "family_history"
        if kin != self._relatives and not (self._relatives and sentence.section_code in HOUSEHOLD):
            return False
        return not self._hypothetical(sentence, assertion) and self._time.holds_sentence(sentence)

    def _hypothetical(self, sentence: Sentence, assertion: Assertion) -> bool:
        """Whether the sentence says what may happen: it does not prove that it did."""
        if sentence.section_code in self._question.sections:
            return False
        return assertion == "conditional" or sentence.section_code in HYPOTHETICAL


def _ordered(
    question: Question,
    proven: list[_Judged],
    found: dict[int, tuple[Fact, ...]],
    scores: dict[int, float],
    rules_dir: Path | None,
) -> list[_Judged]:
    anchors = AnchorCheck(question.anchors, rules_dir)

    def cost(item: _Judged) -> float:
        named = anchors.holds(item.sentence.model_copy(update={"section_path": (), "section_code": "other"}))
        denial = _denial_cost(question) if item.assertion == "absent" else 0.0
        dated = question.shape == "date" and item.sentence.date_rule is not None
        bonus = (TEXT_BONUS if named else 0.0) + (DATE_BONUS if dated else 0.0)
        plan = PLAN_COST if _plans(item.sentence, question, rules_dir) else 0.0
        return _distance(item.sentence, question) - log_odds(item.score) - bonus + denial + plan

    by_score = sorted(proven, key=cost)
    if not found:
        return _by_time(question, by_score)
    items = {item.sentence.index: item for item in proven}
    witnesses_kept = {index: facts for index, facts in found.items() if index in items}
    order = rank_witnesses(question, witnesses_kept, [item.sentence for item in proven], scores)
    return [items[index] for index in _each_name_early(order, witnesses_kept)]


def _plans(sentence: Sentence, question: Question, rules_dir: Path | None) -> bool:
    """Whether the sentence plans or orders what the question asks the result of."""
    if not RESULT_KINDS & set(question.kinds) and not RESULTS & set(question.sections):
        return False
    code = sentence.section_code
    if code in question.sections:
        return INTENTION in lexicon(rules_dir).concepts.named(sentence.text)
    return code in INTENDED or INTENTION in lexicon(rules_dir).concepts.named(sentence.text)


def _denial_cost(question: Question) -> float:
    """A stated allergy comes before any denial, however it is worded: overlooking it is the greater harm."""
    if "allergy" in question.kinds:
        return 2 * log_odds(1.0)
    return DENIAL_COST if _affirmed_first(question) else 0.0


def _affirmed_first(question: Question) -> bool:
    """Whether a finding answers better than a denial: what, how much, when; of a test never."""
    return question.shape in ("value", "list", "date") and not RESULTS & set(question.sections)


def _distance(sentence: Sentence, question: Question) -> float:
    """What the place costs among about equal scores: little where the rules look first, more elsewhere."""
    sections = question.sections
    if not sections or sentence.section_code not in sections:
        return PLACE_STEP * (len(sections) + 1)
    return PLACE_STEP * sections.index(sentence.section_code)


def _each_name_early(order: list[int], found: dict[int, tuple[Fact, ...]]) -> list[int]:
    """With several analytes asked, one sentence of each comes before a second one of any."""
    if len({fact.name for facts in found.values() for fact in facts}) < 2:
        return order
    seen: set[str] = set()
    early: list[int] = []
    for index in order:
        names = {fact.name for fact in found[index]}
        if names - seen:
            early.append(index)
            seen |= names
    return [*early, *(index for index in order if index not in early)]


def _by_time(question: Question, by_score: list[_Judged]) -> list[_Judged]:
    """For a point of the stay, sentences about as good as the best come in its order of time."""
    early = question.shape == "first" or question.window == "admission"
    late = question.shape == "last" or question.window == "discharge"
    if not by_score or not (early or late):
        return by_score
    near = [item for item in by_score if item.score >= by_score[0].score - 0.1]
    dated = sorted(near, key=lambda item: (item.sentence.date or "", item.sentence.index), reverse=late)
    return [*dated, *(item for item in by_score if item not in near)]


def _without_copies(items: list[_Judged]) -> list[_Judged]:
    """A carried-forward copy is no second witness: of equal texts of one day and row kind the first is kept."""
    seen: set[tuple[str, str | None]] = set()
    kept: list[_Judged] = []
    for item in items:
        key = ("".join(item.sentence.text.split()), item.sentence.date if item.sentence.row else None)
        if key not in seen:
            seen.add(key)
            kept.append(item)
    return kept


def _both_sides(items: list[_Judged], most: int) -> list[_Judged]:
    """The first so many, the last giving way when every one of them affirms (or denies) and a lower one does not."""
    kept = items[:most]
    if most < 2 or len(items) <= most:
        return kept
    denies = {item.assertion == "absent" for item in kept}
    if len(denies) == 1:
        other = next((item for item in items[most:] if (item.assertion == "absent") not in denies), None)
        if other is not None:
            return [*kept[:-1], other]
    return kept


def _evidence(items: Sequence[_Judged]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            rank=rank,
            score=round(item.score, 4),
            text=item.sentence.text,
            section=item.sentence.section_path,
            section_code=item.sentence.section_code,
            page=item.sentence.page,
            bbox=item.sentence.bbox,
            more_boxes=item.sentence.more_boxes,
            start=item.sentence.start,
            end=item.sentence.end,
            date=item.sentence.date,
            assertion=item.assertion,
            rule=item.sentence.rule,
            low_confidence=item.sentence.low_confidence,
            sentence=item.sentence.index,
        )
        for rank, item in enumerate(items, start=1)
    )
