"""What a question asks: analytes, kinds, sections, shape, time, and the words its evidence must hold."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from emr_rerank.evidence.periods import day_of, operation_of, period_of
from emr_rerank.evidence.terms import ANALYTE, MEANING_WEIGHT, Lexicon, Named, lexicon, surface_terms
from emr_rerank.findings import FactKind, Question
from emr_rerank.rules.concepts import Concept
from emr_rerank.rules.questions import QuestionRule, question_rules

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_RUN = re.compile(r"[\u3400-\u9fff]{2,}|[A-Za-z][A-Za-z0-9-]{2,}")
_ALONE = re.compile(r"(?<![\u3400-\u9fff])[\u3400-\u9fff](?![\u3400-\u9fff])")
_LEFT = re.compile(r"[\u3400-\u9fff]+|[A-Za-z][A-Za-z0-9-]+")
_JOINT = re.compile(
    r"^\s*(?:、|/|，|,|或者?|和|及|以及|与|还是|,?\s*\b(?:or|and)\b(?: any)?)\s*$|[?？;；。，,]", re.IGNORECASE
)
_MASK = "\ue000"
LAB_SECTIONS = ("lab_report", "auxiliary_exam", "progress_note", "ward_round", "hospital_course")


@dataclass
class _Reading:
    """What the rules said, while they are read."""

    shape: str | None = None
    window: str | None = None
    day: str | None = None
    period: str | None = None
    past: bool = False
    unresolved: bool = False
    operation: str | None = None
    kinds: list[FactKind] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    anchors: list[tuple[str, ...]] = field(default_factory=list)
    means: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    values: bool = True


def understand(text: str, rules_dir: Path | None = None) -> Question:
    """Read a question by the rules.

    Args:
        text: the question, Chinese or English.
        rules_dir: a hospital's own rule files.

    Raises:
        RuleError: a rule file is wrong.
    """
    words = lexicon(rules_dir)
    named, reading, rest = _read(text, words, rules_dir)
    concepts = _concepts(named, reading, words)
    analytes = _analytes(named, words) if reading.values else ()
    anchors = [*_anchors(text, rest, named, concepts, bool(analytes), words, rules_dir), *reading.anchors]
    if not (analytes or concepts or anchors):
        anchors = _only_content(text, rest, rules_dir)
    points = (reading.day, reading.period, reading.window, *reading.sections)
    empty = not (analytes or concepts or anchors or any(points))
    return Question.model_validate(
        {
            "text": text,
            "language": "zh" if _CHINESE.search(text) else "en",
            "analytes": analytes,
            "kinds": _kinds(concepts, analytes, reading),
            "sections": _sections(concepts, analytes, reading),
            "shape": reading.shape or "value",
            "window": None if reading.shape == "change" else reading.window,
            "day": reading.day,
            "period": reading.period,
            "past": reading.past and reading.shape != "change",
            "operation": reading.operation,
            "unresolved": reading.unresolved or empty,
            "anchors": tuple(dict.fromkeys(anchors)),
            "rules": tuple(reading.rules),
        }
    )


@dataclass(frozen=True)
class Content:
    """What a question is about, its wording taken out."""

    text: str
    analytes: tuple[str, ...]
    concepts: tuple[str, ...]
    names: tuple[str, ...] = ()


def content(text: str, rules_dir: Path | None = None) -> Content:
    """The matter of a question: words that are neither wording nor a known name, and the analytes and concepts named.

    `names` are the stretches that name those analytes and concepts.
    """
    words = lexicon(rules_dir)
    named, reading, rest = _read(text, words, rules_dir)
    return Content(
        text=" ".join(rest.replace(_MASK, " ").split()),
        analytes=tuple(dict.fromkeys(item.term for item in named if item.analyte)),
        concepts=tuple(concept.id for concept in _concepts(named, reading, words)),
        names=tuple(text[item.start : item.end] for item in named),
    )


def question_terms(question: str, rules_dir: Path | None = None) -> dict[str, float]:
    """The terms of a question's content with their weights; its wording and the letters of known names are left out.

    A concept that evidence need not name (medication) weighs no more than a word.
    """
    asked = content(question, rules_dir)
    words = lexicon(rules_dir)
    terms = dict.fromkeys(surface_terms(asked.text), 1.0)
    terms |= {ANALYTE + analyte: MEANING_WEIGHT for analyte in asked.analytes}
    return terms | {name: MEANING_WEIGHT if words.concept(name).anchor else 1.0 for name in asked.concepts}


def _read(text: str, words: Lexicon, rules_dir: Path | None) -> tuple[tuple[Named, ...], _Reading, str]:
    """What the question names, what the rules say of its wording, and the text without both.

    A single character that is left alone (钾 in 钾最低是多少) is read as an analyte where it is the name of one.
    """
    named = words.named(text)
    for _ in range(2):
        reading = _Reading()
        rest = _apply(question_rules(rules_dir), _mask(text, ((item.start, item.end) for item in named)), reading)
        alone = [(found, words.analytes_in(found.group())) for found in _ALONE.finditer(rest)]
        more = [Named(ids[0], found.start(), found.end(), True, ids[1:]) for found, ids in alone if ids]
        if not more:
            break
        named = tuple(sorted([*named, *more], key=lambda item: item.start))
    return named, reading, rest


def _only_content(text: str, rest: str, rules_dir: Path | None) -> list[tuple[str, ...]]:
    """One group of what is left of a question that names nothing known: evidence must hold a part of it.

    Records say things in other words, so a pair of characters or a word is enough; a thing whose presence is asked for
    (有…吗) must be named.
    """
    left = rest.replace(_MASK, " ")
    had = [rule.pattern for rule in question_rules(rules_dir) if rule.entity == "had"]
    forms: list[str] = []
    for found in _LEFT.finditer(left):
        before, word = text[: found.start()].rstrip(), found.group()
        named = any(re.search(f"(?:{pattern})$", before) for pattern in had)
        forms += [word] if named or word.isascii() else surface_terms(word)
    return [tuple(dict.fromkeys(form for word in forms for form in _variants(word)))] if forms else []


def _mask(text: str, spans: Iterable[tuple[int, int]], mark: str = _MASK) -> str:
    for start, end in spans:
        text = text[:start] + mark * (end - start) + text[end:]
    return text


def _apply(rules: Iterable[QuestionRule], text: str, reading: _Reading) -> str:
    """Run every rule over the text; returns the text with all wording blanked out, offsets kept."""
    spans: list[tuple[int, int]] = []
    for rule in (rule for rule in rules if rule.entity is None):
        matches = list(re.finditer(rule.pattern, text, re.IGNORECASE))
        if rule.day and reading.day is None:
            reading.day = next((day for match in matches if (day := day_of(match))), None)
            reading.unresolved = reading.unresolved or bool(matches and reading.day is None)
        if rule.period and reading.period is None and reading.day is None:
            reading.period = next((when for match in matches if (when := period_of(rule, match))), None)
        if not matches:
            continue
        if rule.operation and reading.operation is None:
            reading.operation = operation_of(rule, matches[0])
        _note(rule, reading)
        if rule.phrase:
            spans.extend(match.span() for match in matches)
    return _mask(text, spans, " ")


def _note(rule: QuestionRule, reading: _Reading) -> None:
    tells = (rule.shape, rule.window, rule.kinds, rule.sections, rule.anchors, rule.means, rule.day, not rule.values)
    times = (rule.period, rule.past, rule.unresolved, rule.operation)
    if any(tells) or any(times):
        reading.rules.append(rule.id)
    reading.shape = reading.shape or rule.shape
    reading.window = reading.window or rule.window
    reading.kinds.extend(rule.kinds)
    reading.sections.extend(rule.sections)
    reading.anchors.extend(rule.anchors)
    reading.means.extend(rule.means)
    reading.past = reading.past or rule.past
    reading.unresolved = reading.unresolved or rule.unresolved
    reading.values = reading.values and rule.values


def _concepts(named: Iterable[Named], reading: _Reading, words: Lexicon) -> list[Concept]:
    ids = [item.term for item in named if not item.analyte] + reading.means
    return [words.concept(concept_id) for concept_id in dict.fromkeys(ids)]


def _analytes(named: Iterable[Named], words: Lexicon) -> tuple[str, ...]:
    ids: list[str] = []
    for item in named:
        ids.extend((item.term, *item.others) if item.analyte else words.concept(item.term).analytes)
    return tuple(dict.fromkeys(ids))


def _kinds(concepts: Iterable[Concept], analytes: tuple[str, ...], reading: _Reading) -> tuple[FactKind, ...]:
    kinds: list[FactKind] = ["lab"] if analytes else []
    kinds += [kind for concept in concepts for kind in concept.kinds]
    return tuple(dict.fromkeys([*kinds, *reading.kinds]))


def _sections(concepts: Iterable[Concept], analytes: tuple[str, ...], reading: _Reading) -> tuple[str, ...]:
    codes = [code for concept in concepts for code in concept.sections or GROUP_SECTIONS.get(concept.group, ())]
    codes += LAB_SECTIONS if analytes else ()
    return tuple(dict.fromkeys([*reading.sections, *codes]))


GROUP_SECTIONS: dict[str, tuple[str, ...]] = {
    "symptom": ("chief_complaint", "present_illness", "physical_exam", "progress_note", "discharge_condition"),
    "disease": ("discharge_diagnosis", "admission_diagnosis", "past_history", "present_illness", "progress_note"),
    "procedure": ("operation_note", "postoperative_note", "hospital_course", "past_history", "progress_note"),
    "exam": ("auxiliary_exam", "imaging_report", "specialist_exam", "physical_exam"),
    "drug": (
        *("discharge_medication", "orders", "medication_record"),
        *("treatment_plan", "hospital_course", "past_history"),
    ),
    "vital": ("physical_exam", "vital_signs_chart", "nursing_record", "progress_note"),
}
"""Where a matter of each concept group is usually written; a concept's own `sections` replace these."""


def _anchors(
    text: str,
    rest: str,
    named: Iterable[Named],
    concepts: list[Concept],
    typed: bool,
    words: Lexicon,
    rules_dir: Path | None,
) -> list[tuple[str, ...]]:
    """Groups of forms that evidence must hold: one a concept named or meant, and one a thing that nothing here knows.

    With a general concept (allergy), its general statements serve for every other. Things joined by 'or' or 'and', and
    those of two questions asked in one go, make one group: evidence speaks of one of them. Where a measured value is
    asked for, the value proves it, and unknown words (during the rebleed) bind nothing.
    """
    general = tuple(form for concept in concepts for form in concept.general)
    spans = [(item.start, item.end, words.concept(item.term)) for item in named if not item.analyte]
    if any(FAMILY_DENIAL in known.narrower for _, _, known in spans):
        spans = [span for span in spans if span[2].group != "section"]  # a relative has no diagnosis section here
    groups = [(start, end, _forms(known, general)) for start, end, known in spans if _anchors_evidence(known, typed)]
    if not _measured(typed, concepts):
        groups += [
            (*match.span(), _variants(match.group())) for match in _entities(text, rest.replace(_MASK, " "), rules_dir)
        ]
    named_ids = {item.term for item in named if not item.analyte}
    meant = [_forms(concept, general) for concept in concepts if concept.id not in named_ids and concept.anchor]
    return [*_joined(text, sorted(groups)), *meant]


def _measured(typed: bool, concepts: list[Concept]) -> bool:
    """Whether a measured value is asked for: an analyte, or vital signs only."""
    return typed or (bool(concepts) and all(concept.group == "vital" for concept in concepts))


def _entities(text: str, rest: str, rules_dir: Path | None) -> list[re.Match[str]]:
    """Things named in what is left of a question, by the form of their names or by the verb before them."""
    rules = [rule for rule in question_rules(rules_dir) if rule.entity in ("name", "after")]
    named = [rule.pattern for rule in rules if rule.entity == "name"]
    verbs = [rule.pattern for rule in rules if rule.entity == "after"]
    found = [match for pattern in named for match in re.finditer(pattern, rest, re.IGNORECASE)]
    for run in _RUN.finditer(rest):
        before = text[: run.start()].rstrip()
        if any(re.search(f"(?:{verb})$", before, re.IGNORECASE) for verb in verbs):
            found.append(run)
    return found


FAMILY_DENIAL = "concept.family_denial"
"""A kind of every relative's concept: a denial for the whole family speaks of each."""
VALUE_PROVES = frozenset({"section", "exam", "disease", "symptom"})
"""Concept groups that evidence with an asked value need not name: `Hb多少，贫不贫血`."""


def _anchors_evidence(concept: Concept, typed: bool) -> bool:
    """Whether evidence must name the concept: class words stand for their analytes, whose values prove more."""
    return concept.anchor and concept.group != "class" and not (typed and concept.group in VALUE_PROVES)


def _forms(concept: Concept, general: tuple[str, ...]) -> tuple[str, ...]:
    return concept.forms if concept.general else (*concept.forms, *general)


def _variants(word: str) -> tuple[str, ...]:
    return (word, word[:-1]) if word.isascii() and word.endswith("s") and len(word) > 4 else (word,)


def _joined(text: str, groups: list[tuple[int, int, tuple[str, ...]]]) -> list[tuple[str, ...]]:
    joined: list[tuple[str, ...]] = []
    last_end = 0
    for start, end, forms in groups:
        if joined and _JOINT.search(text[last_end:start]):
            joined[-1] = (*joined[-1], *forms)
        else:
            joined.append(forms)
        last_end = end
    return joined
