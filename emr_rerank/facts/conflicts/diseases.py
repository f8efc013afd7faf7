"""Lasting diseases that one sentence states as known before the stay and another denies."""

from collections import defaultdict
from collections.abc import Iterator

from emr_rerank.facts.conflicts.ground import Contradiction, Ground, contradiction
from emr_rerank.facts.conflicts.statements import assertion_at
from emr_rerank.record import Sentence
from emr_rerank.rules.past_diseases import PastDiseases, past_diseases


def disease_contradictions(ground: Ground) -> Iterator[Contradiction]:
    """Diseases with a history stated here and denied there.

    A diagnosis made during the stay contradicts no denial: only a statement that the disease was known before does.
    """
    rules = past_diseases(ground.rules_dir)
    said: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for sentence in ground.sentences:
        for disease, value in _statements(sentence, rules, ground):
            said[disease][value].add(sentence.index)
    for disease, values in said.items():
        if len(values) > 1 and not set.intersection(*values.values()):
            name = rules.name(disease, chinese=ground.chinese)
            yield contradiction(f"past_disease:{disease}", values.items(), name)


def _statements(sentence: Sentence, rules: PastDiseases, ground: Ground) -> Iterator[tuple[str, str]]:
    """(disease, 'present' or 'absent') of every history in the sentence."""
    text = sentence.text
    told = sentence.section_code in rules.sections
    for mention in rules.names.find(text):
        disease = mention.concept_id.removeprefix("concept.")
        assertion = assertion_at(sentence, mention.start, mention.end, ground)
        item = rules.says("item_end", text[mention.end :])
        if assertion == "absent":
            if item and (told or rules.says("history", text)):
                yield disease, "absent"
        elif assertion in ("present", "historical") and not rules.says("new", text):
            known = rules.says("known_after", text[mention.end :]) or rules.says("known_before", text[: mention.start])
            if known or (told and item and assertion == "historical"):
                yield disease, "present"
