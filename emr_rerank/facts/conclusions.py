"""Conclusions of imaging, endoscopy, ECG and pathology: which examination, what it concluded."""

import re
from collections.abc import Iterator

from emr_rerank.facts.context import assertion_of
from emr_rerank.facts.notes import OTHER_PERSON, OTHER_STAY
from emr_rerank.facts.passage import Passage
from emr_rerank.facts.stated import stated_fact
from emr_rerank.findings import Fact, Procedure
from emr_rerank.rules.analytes import catalogue
from emr_rerank.rules.printed import fold_case
from emr_rerank.rules.procedures import examinations

REPORTS = frozenset({"imaging_report", "ecg_report", "pathology_report"})
_NOT_HERE = frozenset(
    {
        "informed_consent",
        "orders",
        "treatment_plan",
        "discharge_orders",
        "lab_report",
        "preoperative_summary",
        "differential_diagnosis",
        "nursing_record",
    }
)
_SIGNED = re.compile(
    r"(?:报告|审核|检查|诊断)?医[师生]|报告(?:日期|时间|人)|^\s*(?:reported by|signed|dr\b)|专用章", re.IGNORECASE
)
_NO_RESULT = re.compile(r"[\d\s年月日:：.-]+|(?:结果)?(?:暂时?|尚)?(?:未|待)(?:回报?|出|归)\S{0,4}|pending")
_TITLE_END = re.compile(r"\s*(?:检查)?(?:报告单?|检查单|记录|\breport)(?=\s|$)", re.IGNORECASE)
_END = re.compile(
    r"[。；;\n]|\.(?=\s|$)"
    r"|[，,]\s*(?:(?:and\s+)?(?:he|she|they|the patient)\b|(?:BP|血压|体温|SpO2|血氧饱和度)\s*[:：]?\s*\d)",
    re.IGNORECASE,
)
_OPENING = re.compile(r"[\s，,:：]*(?:\(?\d{1,2}(?:[.、．](?!\d)|\))\s*)?")
_SHORTEST = 2
_OPENING_OF_REPORT = 160


def conclusion_facts(passage: Passage) -> Iterator[Fact]:
    """Conclusions of a sentence that is no table row; `name` is the examination's id, else the report's title."""
    if passage.sentence.row is not None:
        return
    if passage.sentence.section_code in REPORTS:
        yield from _of_report(passage)
    elif passage.sentence.section_code not in _NOT_HERE:
        yield from _told(passage)


def _of_report(passage: Passage) -> Iterator[Fact]:
    """A sentence of a report's concluding part."""
    known = examinations(passage.rules_dir)
    text = passage.text
    path = passage.sentence.section_path
    plain = fold_case(text)
    label = known.conclusion.match(plain)
    inside = len(path) > 1 and fold_case(path[-1]).strip(" :：") in known.conclusions
    if not (label or inside) or known.other_part.match(plain):
        return
    start, end = _trimmed(text, label.end() if label else 0, len(text))
    if end - start < _SHORTEST or _SIGNED.search(text[start:end]):
        return
    title = next((part for part in reversed(path) if fold_case(part).strip(" :：") not in known.conclusions), "")
    found = known.name.search(fold_case(title)) or known.name.search(fold_case(_opening_of_report(passage)))
    display = _TITLE_END.sub("", title).strip()
    name = known.id_of(found) if found else display.lower()
    if passage.sentence.section_code == "ecg_report":
        name = name if name == "holter" else "ecg"
    elif passage.sentence.section_code == "pathology_report":
        name = "pathology"
    yield _fact(passage, name or "examination", display or name, start, end)


def _told(passage: Passage) -> Iterator[Fact]:
    """A conclusion behind the examination's name: 胸部CT：右肺下叶炎症, ECG: sinus tachycardia."""
    known = examinations(passage.rules_dir)
    plain = fold_case(passage.text)
    reached = 0
    for found in known.name.finditer(plain):
        if found.start() < reached or found.end() == found.start():
            continue
        lead = known.lead.match(plain, found.end())
        if not lead:
            continue
        start, end = _trimmed(passage.text, lead.end(), _told_end(passage, lead.end()))
        if end - start < _SHORTEST or _NO_RESULT.fullmatch(passage.text, start, end):
            continue
        reached = end
        left = found.start() + len(found.group()) - len(found.group().lstrip(" 及+检查"))
        display = passage.sentence.text[left : found.end()].strip()
        yield _fact(passage, known.id_of(found), display, start, end)


def _opening_of_report(passage: Passage) -> str:
    """What a report says of itself before its findings, where its title names no examination: `Exam: CT abdomen`."""
    at = passage.sentence.start
    report = next((each for each in passage.record.sections if each.start <= at < each.end), None)
    return passage.record.text[report.start : min(at, report.start + _OPENING_OF_REPORT)] if report else ""


def _told_end(passage: Passage, start: int) -> int:
    """Where a conclusion told in running text ends: with its sentence, or where a value or another matter follows."""
    stop = _END.search(passage.text, start)
    end = stop.start() if stop else len(passage.text)
    for mention in catalogue(passage.rules_dir).find(passage.text[start:end]):
        at = start + mention.start
        if re.search(r"[，,]\s*$", passage.text[start:at]) and re.match(
            r"\s*[:：]?\s*\d", passage.text[start + mention.end :]
        ):
            return at
    return end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    opening = _OPENING.match(text, start)
    start = min(opening.end() if opening else start, end)
    while end > start and text[end - 1] in " \t。；;.，,":
        end -= 1
    return start, end


def _fact(passage: Passage, name: str, display: str, start: int, end: int) -> Fact:
    text = passage.sentence.text
    head = re.search(r"[，,；;]", passage.text[start:end])
    at = start + head.start() if head else end
    assertion, _ = assertion_of(text, at - 1, at, passage.sentence.section_code, passage.rules_dir)
    time = passage.time_of(start, end)
    notes = passage.stay_notes(start, end, time) if passage.sentence.section_code not in REPORTS else ()
    family = assertion == "family"
    return stated_fact(
        passage,
        "procedure",
        name,
        text[start:end],
        (start, end),
        display=display,
        time=time,
        assertion="family" if family else "present",
        notes=(OTHER_PERSON,) if family else tuple(note for note in notes if note == OTHER_STAY),
        details=Procedure(type="examination"),
    )
