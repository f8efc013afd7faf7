"""What bears on a question about one allergen: its name, its class, or a statement about all of its group."""

import re
from collections.abc import Sequence
from pathlib import Path

from emr_rerank.findings import Fact, Question
from emr_rerank.record import Sentence
from emr_rerank.rules.allergens import Allergen, Allergens, allergens

_ASKING = re.compile(r"什么|[哪啥何谁]|\b(?:what|which|any)\b")
"""Words of the question that stand where an allergen's name would (对什么过敏)."""


class AllergyCheck:
    """Looks for the allergens that a question names.

    A denial of food allergies says nothing about a drug, a stated allergy nothing about a drug of another class.

    Args:
        question: understood by `understand`; only those that ask for allergies and name allergens are checked.
        facts: allergy facts tell what a sentence states or denies; where it has none, the names in it.
        rules_dir: a hospital's own rule files.
    """

    def __init__(self, question: Question, facts: Sequence[Fact], rules_dir: Path | None = None) -> None:
        self._known = allergens(rules_dir)
        self.asked = asked_allergens(question, self._known)
        self._facts: dict[int, list[Fact]] = {}
        for fact in facts if self.asked else ():
            if fact.kind == "allergy":
                self._facts.setdefault(fact.sentence, []).append(fact)

    def bears_on(self, sentence: Sentence) -> bool:
        """Whether the sentence speaks of an asked allergen."""
        if not self.asked:
            return True
        facts = self._facts.get(sentence.index)
        if facts:
            return any(self.answers(fact) for fact in facts)
        named = [mention.allergen for mention in self._known.find(sentence.text)]
        return any(_related(asked, allergen) for asked in self.asked for allergen in named if not allergen.general)

    def stated(self, sentence: Sentence) -> bool:
        """Whether an allergy fact of the sentence answers for an asked allergen."""
        return any(self.answers(fact) for fact in self._facts.get(sentence.index, ()))

    def answers(self, fact: Fact) -> bool:
        """Whether an allergy fact bears on an asked allergen: its own, its class's, or a denial for its group."""
        allergen = self._known.named(fact.name)
        if allergen is None or not self.asked:
            return allergen is not None
        if allergen.general:
            return fact.assertion == "absent" and any(allergen.group in ("any", each.group) for each in self.asked)
        return any(_related(asked, allergen) for asked in self.asked)


def asked_allergens(question: Question, known: Allergens) -> tuple[Allergen, ...]:
    """Single allergens that an allergy question names."""
    if "allergy" not in question.kinds:
        return ()
    named = [mention.allergen for mention in known.find(question.text)]
    return tuple(allergen for allergen in named if not (allergen.general or _ASKING.search(allergen.id)))


def _related(one: Allergen, other: Allergen) -> bool:
    """Whether two allergens are one, or of one class."""
    return one.id == other.id or (one.drug_class or one.id) == (other.drug_class or other.id)
