"""Whether a candidate can prove the answer, before it is scored: one that can't is held down, one with the asked value
lifted."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from emr_rerank.evidence.allergy import AllergyCheck
from emr_rerank.evidence.anchors import AnchorCheck, Lack
from emr_rerank.evidence.calibration import log_odds, sigmoid
from emr_rerank.evidence.doubts import Doubt, doubt_costs
from emr_rerank.evidence.drugs import figure_behind, may_name_drug, names_drug
from emr_rerank.evidence.stated import MEASURED, StatedFacts
from emr_rerank.evidence.terms import lexicon
from emr_rerank.evidence.times import AskedTime
from emr_rerank.evidence.wanted import Wanted
from emr_rerank.findings import Fact, Question
from emr_rerank.record import Assertion, Sentence
from emr_rerank.rules.evidence import role_pattern, role_sections

TYPED_FLOOR = 0.9
"""Least probability of a sentence that holds a value asked for; what is left is the risk of a misread value."""
HEADED_FLOOR = 0.7
"""Least probability of a result (`培养5天无细菌生长`) that only the head of its report names: no reranker sees that."""
VETO_CEILING = 0.3
"""Most probability of a sentence that can't prove the answer, however similar it is."""
_EXTREME = ("highest", "lowest")


@dataclass(frozen=True)
class Verdict:
    """What can be said of a candidate before it is scored.

    `allowed`: nothing disproves it; `doubts`: what speaks against it; `floor`: its least probability; `witnessed`: it
    holds a fact that answers; `advised`: it only says of the matter what is to be avoided or done.
    """

    sentence: Sentence
    assertion: Assertion
    allowed: bool
    doubts: frozenset[Doubt] = frozenset()
    floor: float = 0.0
    witnessed: bool = False
    advised: bool = False

    @property
    def cost(self) -> float:
        """What its doubts take from its log odds."""
        return doubt_costs().of(self.doubts)

    def scored(self, score: float, min_score: float) -> "Judged":
        """The candidate with its final score; one that can't be evidence stays well below `min_score`."""
        if self.allowed:
            doubted = sigmoid(log_odds(score) - self.cost) if self.doubts else score
            return Judged(self, max(doubted, self.floor))
        return Judged(self, min(score, VETO_CEILING, min_score / 2))


@dataclass(frozen=True)
class Judged:
    """A verdict with the score after it."""

    verdict: Verdict
    score: float

    @property
    def sentence(self) -> Sentence:
        """The candidate."""
        return self.verdict.sentence

    @property
    def assertion(self) -> Assertion:
        """How it asserts what is asked."""
        return self.verdict.assertion


def shows(question: Question, sentence: Sentence) -> bool:
    """Whether the sentence holds something of the kind asked for, where the question says which (a side, a size)."""
    return not question.shows or any(re.search(kind, sentence.text, re.IGNORECASE) for kind in question.shows)


class Judge:
    """Lets a candidate pass or holds it down.

    Args:
        time: the time asked for.
        found: the asked values of the time asked for, by sentence.
        facts: facts of the candidates.
        stated: which facts of other kinds are asked for.
        relatives: whether relatives are asked about.
        names: names of the facts asked for.
        anchors: the anchors of the question.
        rules_dir: a hospital's own rule files.
    """

    def __init__(
        self,
        time: AskedTime,
        found: Mapping[int, Sequence[Fact]],
        facts: Sequence[Fact],
        stated: StatedFacts,
        relatives: bool,
        names: frozenset[str],
        anchors: AnchorCheck,
        rules_dir: Path | None,
    ) -> None:
        self._question = time.question
        self._time = time
        self._allergies = AllergyCheck(time.question, facts, rules_dir)
        self._found = found
        self._anchors = anchors
        self._facts: dict[int, list[Fact]] = {}
        for fact in facts:
            self._facts.setdefault(fact.sentence, []).append(fact)
        self._stated = stated
        self._names = names
        measured = any(fact.kind in MEASURED and fact.name in names for fact in facts)
        self._needs_value = bool(time.question.analytes) or measured
        self._relatives = relatives
        self._wanted = Wanted(time.question, rules_dir)
        self._rules = rules_dir

    def __call__(self, sentence: Sentence, assertion: Assertion) -> Verdict:
        """The verdict on one candidate."""
        typed = sentence.index in self._found and not self._hypothetical(sentence)
        named = self._speaks_of_it(sentence, typed)
        lack = None if named else self._lack(sentence)
        if self._disproved(sentence, assertion, typed, lack):
            return Verdict(sentence, assertion, allowed=False)
        here = self._facts.get(sentence.index, [])
        witnessed = typed or any(self._stated.answers(fact, sentence) for fact in here)
        doubts = frozenset(self._doubts(sentence, assertion, lack, typed, witnessed))
        headed = named and "other_end" not in doubts and self._headed(sentence)
        floor = TYPED_FLOOR if typed else HEADED_FLOOR if headed else 0.0
        advised = not witnessed and self._stated.only_advised(here)
        return Verdict(sentence, assertion, True, doubts, floor, witnessed, advised)

    def _lack(self, sentence: Sentence) -> Lack | None:
        """How a sentence that does not speak of it falls short; an examination that rules all out names no finding."""
        if self._question.loose:
            return "loose"
        presence = self._question.shape == "yes_no"
        ruled_out = bool(role_pattern("nothing_found", self._rules).search(sentence.text))
        if presence and ruled_out and self._anchors.holds_but_for_findings(sentence):
            return None
        return self._anchors.lack(sentence, presence and not ruled_out)

    def _disproved(self, sentence: Sentence, assertion: Assertion, typed: bool, lack: str | None) -> bool:
        """Whether the sentence tells of another value, person, day or thing than asked for, or of nothing at all."""
        if not self._allergies.bears_on(sentence) or lack in ("allergy", "another"):
            return True
        if lack and (self._needs_value or (self._question.loose and self._question.kinds)):
            return True  # what is measured must be named
        if lack and role_pattern("fragment", self._rules).fullmatch(sentence.text):
            return True
        if self._wanted.drug_name and not may_name_drug(sentence.text, self._rules):
            return True
        if typed:
            return False
        if self._needs_value and (self._tells_another_value(sentence) or self._not_yet(sentence, assertion)):
            return True
        return not (self._plausible(sentence, assertion) and self._shows(sentence, assertion))

    def _listed(self, sentence: Sentence) -> bool:
        """Whether it is a bare item (`Acne.`) of another list than one where the matter stands."""
        bare = role_pattern("bare_item", self._rules).fullmatch(sentence.text)
        return bool(bare) and sentence.section_code not in self._question.sections

    def _tells_another_value(self, sentence: Sentence) -> bool:
        """Whether the sentence holds another value: the asked one of another time or person, or a row of a table."""
        if sentence.row is not None:
            return not self._told_in_words(sentence)
        return any(fact.name in self._names for fact in self._facts.get(sentence.index, ()))

    def _plausible(self, sentence: Sentence, assertion: Assertion) -> bool:
        if self._of_kin(sentence, assertion) != self._relatives:
            return False
        if self._wanted.result and self._only_ordered(sentence):
            return False
        if self._wanted.opinion and role_pattern("only_invited", self._rules).search(sentence.text):
            return False
        if not self._wanted.person and role_pattern("signature", self._rules).search(sentence.text):
            return False
        if self._hypothetical(sentence):
            return False
        surely = self._needs_value or sentence.date or self._question.unresolved
        return not surely or self._time.holds_sentence(sentence)

    def _doubts(
        self, sentence: Sentence, assertion: Assertion, lack: Lack | None, typed: bool, witnessed: bool
    ) -> Iterator[Doubt]:
        """What speaks against a sentence that may prove the answer."""
        if lack is not None and lack != "allergy" and lack != "another":
            yield lack
        if lack == "instead":
            yield "nameless"
        if lack and sentence.section_code in role_sections("examination", self._rules):
            yield "other_sign"
        if lack and self._listed(sentence):
            yield "listed"
        if not typed and self._not_yet(sentence, assertion):
            yield "not_yet"
        if not typed and not self._time.holds_sentence(sentence):
            yield "other_time"
        if self._needs_value and not typed and not self._told_in_words(sentence):
            yield "untold"
        if not typed and self._time.at_other_end(sentence):
            yield "other_end"
        if self._time.question.past and assertion != "historical" and self._time.during_stay(sentence):
            yield "this_stay"
        if self._lacks_dose(sentence) or (not witnessed and not shows(self._question, sentence)):
            yield "unshown"
        if self._wanted.drug_name and not names_drug(sentence.text, self._rules):
            yield "classed"

    def _speaks_of_it(self, sentence: Sentence, typed: bool) -> bool:
        """Whether the anchors hold.

        Two kinds of facts prove more than words: a vital sign asked for (a chart's row never names it; on admission the
        examination tells it), and for a named allergen the statements about it, its class or all drugs.
        """
        asked = self._question
        if typed and len(asked.anchors) == 1 and asked.kinds == ("vital",) and asked.window is None:
            return True
        return self._anchors.holds(sentence) or (self._allergies.stated(sentence) and not self._relatives)

    def _headed(self, sentence: Sentence) -> bool:
        """Whether a table row of a report is of the matter only by what stands before it."""
        reported = sentence.row is not None and sentence.section_code in role_sections("results", self._rules)
        return reported and bool(self._question.concepts) and not self._anchors.holds(sentence, carried=False)

    def _of_kin(self, sentence: Sentence, assertion: Assertion) -> bool:
        """Whether the sentence tells of relatives; where these are asked about, naming them is enough (无家族史)."""
        told = assertion == "family" or sentence.section_code == "family_history"
        if told or not self._relatives:
            return told
        words = lexicon(self._rules)
        named = words.relatives(words.concepts.named(sentence.text))
        return named or sentence.section_code in role_sections("household", self._rules)

    def _only_ordered(self, sentence: Sentence) -> bool:
        """Whether the sentence orders an examination or sends a specimen, and tells no result."""
        if role_pattern("no_result", self._rules).search(sentence.text):
            return True
        ordered = sentence.section_code in role_sections("intended", self._rules)
        return ordered and sentence.section_code not in self._question.sections

    def _lacks_dose(self, sentence: Sentence) -> bool:
        """Whether a drug's dose is asked for and the sentence has no figure behind the drug."""
        if not self._wanted.dose:
            return False
        drugs = [fact for fact in self._facts.get(sentence.index, ()) if fact.kind == "medication"]
        named = [fact for fact in drugs if fact.name in self._names]
        return bool(named) and not any(figure_behind(fact, sentence) for fact in named)

    def _told_in_words(self, sentence: Sentence) -> bool:
        """Whether the sentence tells the asked analyte's finding without a value, where no value answers."""
        asked = self._question
        if self._found or asked.shape in _EXTREME or not asked.analytes or self._names_of(sentence):
            return False
        if self._time.bounded and self._time.day is None:
            return False
        words = lexicon(self._rules)
        classes = {name for name in asked.concepts if words.concept(name).group == "class"}
        named = set(words.analytes_in(sentence.text)) & set(asked.analytes)
        named |= words.concepts.named(sentence.text) & classes
        return bool(named and role_pattern("verbal_finding", self._rules).search(sentence.text))

    def _names_of(self, sentence: Sentence) -> bool:
        """Whether the sentence holds a value asked for, if of another time or person."""
        return any(fact.name in self._question.analytes for fact in self._facts.get(sentence.index, ()))

    def _shows(self, sentence: Sentence, assertion: Assertion) -> bool:
        """Whether the sentence shows what the question insists on (a number of units), or denies the matter.

        A date that is asked for may also be that of the sentence's document.
        """
        told = f"{sentence.text} {sentence.date or ''}" if self._question.shape == "date" else sentence.text
        denied = assertion == "absent" and not self._question.loose
        return denied or all(re.search(pattern, told, re.IGNORECASE) for pattern in self._question.must_show)

    def _hypothetical(self, sentence: Sentence) -> bool:
        """Whether the sentence stands where only what may happen is told, and is not looked for there."""
        return sentence.section_code in role_sections("hypothetical", self._rules) and not self._looked_for(sentence)

    def _not_yet(self, sentence: Sentence, assertion: Assertion) -> bool:
        """Whether the sentence says what is to happen, where no plans are asked for."""
        return assertion == "conditional" and not self._wanted.plan and not self._looked_for(sentence)

    def _looked_for(self, sentence: Sentence) -> bool:
        """Whether it stands where plans and risks are told, and the matter asked for usually is."""
        idle = {*role_sections("hypothetical", self._rules), *role_sections("intended", self._rules)}
        return sentence.section_code in idle and sentence.section_code in self._question.sections
