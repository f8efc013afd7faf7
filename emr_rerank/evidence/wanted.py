"""What a question wants to know of the matter that it names, told from its wording."""

from functools import cached_property
from pathlib import Path

from emr_rerank.evidence.terms import lexicon
from emr_rerank.findings import Question
from emr_rerank.rules.evidence import Role, role_pattern


class Wanted:
    """What one question wants to know; each is looked for once.

    Args:
        question: as understood.
        rules_dir: a hospital's own rule files.
    """

    def __init__(self, question: Question, rules_dir: Path | None) -> None:
        self._question = question
        self._rules = rules_dir

    def _worded(self, role: Role) -> bool:
        return bool(role_pattern(role, self._rules).search(self._question.text))

    @cached_property
    def dose(self) -> bool:
        """Whether it is a drug's dose."""
        return self._worded("dose_asked")

    @cached_property
    def person(self) -> bool:
        """Whether somebody who treated the patient is asked for; nothing else is answered by a signature."""
        return self._worded("person_asked")

    @cached_property
    def opinion(self) -> bool:
        """Whether it is asked what somebody who was consulted said."""
        return self._worded("opinion_asked")

    @cached_property
    def result(self) -> bool:
        """Whether the result of an examination is asked for, not whether or why it was done."""
        if self._worded("reason_asked"):
            return False
        known = lexicon(self._rules)
        examined = any(known.concept(name).group == "exam" for name in self._question.concepts)
        return examined and (self._worded("result_asked") or self._question.shape not in ("yes_no", "date"))

    @cached_property
    def drug_name(self) -> bool:
        """Whether a drug of a class is asked for by its name (which antibiotic?)."""
        known = lexicon(self._rules)
        asked = [known.concept(name) for name in self._question.concepts]
        classes = any(concept.group == "drug" and concept.narrower for concept in asked)
        return classes and self._worded("name_asked")

    @cached_property
    def plan(self) -> bool:
        """Whether what was proposed or is to be done is asked for."""
        return self._worded("plan_asked")
