"""Matters of which only one can be true: blood type, pregnancy (rules/conflicts.yaml)."""

import re
from collections import defaultdict
from collections.abc import Iterator

from emr_rerank.facts.conflicts.ground import Contradiction, Ground, contradiction
from emr_rerank.facts.context import assertion_of
from emr_rerank.record import Assertion, Sentence
from emr_rerank.rules.conflicts import ConflictRule, exclusive_statements

SIDES = "laterality"


def exclusive_contradictions(ground: Ground) -> Iterator[Contradiction]:
    """Matters stated with two values, by different sentences."""
    said: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for rule in exclusive_statements(ground.rules_dir):
        if rule.about != SIDES:
            for sentence in ground.sentences:
                for found in asserted(rule, sentence, ground):
                    said[rule.about][stated_value(rule, found)].add(sentence.index)
    for about, values in said.items():
        if len(values) > 1 and not set.intersection(*values.values()):
            yield contradiction(about, values.items())


def asserted(rule: ConflictRule, sentence: Sentence, ground: Ground) -> Iterator[re.Match[str]]:
    """Where the sentence states the rule's matter of the patient.

    Left out: another person; a condition or plan, but for rules of what is planned; the past, for matters of now; and
    what is denied, but for rules with a value of their own, which may deny.
    """
    if sentence.section_code in rule.not_in:
        return
    for found in re.finditer(rule.pattern, sentence.text):
        span = found.span("value") if rule.value is None else (found.end() - 1, found.end())
        assertion = assertion_at(sentence, *span, ground)
        left_out = (
            {"family"} | ({"historical"} if rule.current else set()) | (set() if rule.planned else {"conditional"})
        )
        if assertion not in left_out and (rule.value is not None or assertion != "absent"):
            yield found


def assertion_at(sentence: Sentence, start: int, end: int, ground: Ground) -> Assertion:
    """How the mention at that place of the sentence is asserted."""
    return assertion_of(sentence.text, start, end, sentence.section_code, ground.rules_dir)[0]


def stated_value(rule: ConflictRule, found: re.Match[str]) -> str:
    """The compared value: the rule's own, or the printed one in its normal form."""
    if rule.value is not None:
        return rule.value
    printed = found["value"].lower()
    return rule.values.get(printed, printed.upper())
