"""Diagnoses: numbered and listed ones by section and label, with ICD-10 codes, and those that a sentence tells."""

import re
from collections.abc import Iterator

from emr_rerank.facts.context import assertion_of
from emr_rerank.facts.diagnosis_items import list_items, stripped
from emr_rerank.facts.notes import OTHER_PERSON, OTHER_STAY
from emr_rerank.facts.passage import Passage
from emr_rerank.facts.rows import Cell, cells
from emr_rerank.facts.stated import stated_fact
from emr_rerank.findings import Diagnosis, DiagnosisRole, Fact
from emr_rerank.record import Assertion, Sentence
from emr_rerank.rules.concepts import concepts
from emr_rerank.rules.diagnoses import diagnosis_rules

_CODE = re.compile(
    r"\s*[(\[（]\s*(?P<boxed>[A-Z]\d{2}(?:\.[0-9A-Za-z]{1,7})?)\s*[)\]）]\s*$"
    r"|\s+(?P<bare>[A-Z]\d{2}\.[0-9A-Za-z]{1,7}|[A-KM-RU-Z]\d{2})\s*$"
)
"""An ICD-10 code behind a name. Without brackets or a point T12, L45 and S10 are vertebrae."""
_ONLY_CODE = re.compile(r"[A-Z]\d{2}(?:\.[0-9A-Za-z]{1,7})?")
_NEXT_LABEL = re.compile(r"\s[^\s:：，,；;（(]{2,8}\s?[:：]")
_NOT_LISTS = frozenset(
    {"differential_diagnosis", "lab_report", "imaging_report", "ecg_report", "orders", "informed_consent"}
)
_LONGEST_LIST = 30
"""Sentences that a list of diagnoses may have; what is longer is none, and is not read again for each sentence."""
_TOO_WIDE = frozenset({"concept.infectious_contact", "concept.trauma"})


def diagnosis_facts(passage: Passage) -> Iterator[Fact]:
    """Diagnoses of a sentence or table row, in reading order."""
    section = passage.sentence.section_code
    if passage.sentence.row is not None:
        yield from _of_row(passage)
        return
    rules = diagnosis_rules(passage.rules_dir)
    if section in ("differential_diagnosis", "lab_report") or (
        section in rules.sections and rules.skip.match(passage.text)
    ):
        return
    listed = list(_of_lists(passage))
    yield from listed
    if section == "past_history":
        yield from _of_history(passage)
    elif not listed and section not in _NOT_LISTS:
        yield from _told(passage)


def _of_lists(passage: Passage) -> Iterator[Fact]:
    rules = diagnosis_rules(passage.rules_dir)
    text = passage.text
    section = passage.sentence.section_code
    labels = rules.labels(text) if section not in ("imaging_report", "ecg_report") else ()
    inherited = rules.sections.get(section)
    title = rules.titled(passage.sentence.section_path[-1]) if passage.sentence.section_path else None
    own = title.role if title and title.role and inherited else inherited
    first_end = labels[0].start if labels else len(text)
    if own or (not labels and (opened := _opened(passage))):
        role, rank = (own, (title.first if title else 1) + _before(passage)) if own else opened  # type: ignore[misc]  # set above
        following = None if own else _NEXT_LABEL.search(text)
        yield from _list(passage, 0, following.start() if following else first_end, role, rank)
    for place, label in enumerate(labels):
        end = labels[place + 1].start if place + 1 < len(labels) else len(text)
        role = label.role or _bare_role(section, own)
        if role:
            following = None if own else _NEXT_LABEL.search(text, label.end, end)
            yield from _list(passage, label.end, following.start() if following else end, role, label.first)


def _bare_role(section: str, own: DiagnosisRole | None) -> DiagnosisRole | None:
    """The role of a list that only `诊断` heads."""
    return "pathological" if section == "pathology_report" else own


def _opened(passage: Passage) -> tuple[DiagnosisRole, int] | None:
    """Role and next rank of a list that an earlier sentence opened and a semicolon left open."""
    count, sentence = 0, passage.sentence
    rules = diagnosis_rules(passage.rules_dir)
    while sentence.index > 0 and count < _LONGEST_LIST:
        earlier = passage.record.sentences[sentence.index - 1]
        if earlier.section_path != sentence.section_path or not earlier.text.rstrip().endswith(("；", ";")):
            return None
        count += 1
        if labels := rules.labels(earlier.text):
            return (labels[-1].role, labels[-1].first + count) if labels[-1].role else None
        sentence = earlier
    return None


def _before(passage: Passage) -> int:
    """How many items of the same list stand in the sentences before, when none is numbered."""
    count, sentence = 0, passage.sentence
    while sentence.index > 0 and passage.sentence.index - sentence.index < _LONGEST_LIST:
        earlier: Sentence = passage.record.sentences[sentence.index - 1]
        if earlier.section_path != sentence.section_path or earlier.section_code != sentence.section_code:
            return count
        count += len(list_items(passage, earlier.text, 0, len(earlier.text)))
        sentence = earlier
    return count


def _list(passage: Passage, start: int, end: int, role: DiagnosisRole, first: int) -> Iterator[Fact]:
    for place, item in enumerate(list_items(passage, passage.text, start, end)):
        if fact := _fact(passage, item.start, item.end, role, item.number or first + place):
            yield fact


def _fact(passage: Passage, start: int, end: int, role: DiagnosisRole, rank: int) -> Fact | None:
    """The fact of an item, its code read off; None where no letter is left."""
    code = None
    text = passage.sentence.text
    if coded := _CODE.search(passage.text[start:end]):
        code = coded["boxed"] or coded["bare"]
        start, end = stripped(text, start, start + coded.start())
    printed = text[start:end]
    if not any(sign.isalpha() for sign in printed):
        return None
    head = re.search(r"[，,]", passage.text[start:end])
    at = start + head.start() if head else end
    assertion, _ = assertion_of(text + " ", at - 1, at, passage.sentence.section_code, passage.rules_dir)
    if assertion in ("conditional", "historical") or (assertion == "absent" and role not in ("history", "stated")):
        assertion = "present"
    return _made(passage, start, end, role, rank, code, assertion, code or printed)


def _made(
    passage: Passage,
    start: int,
    end: int,
    role: DiagnosisRole,
    rank: int,
    code: str | None,
    assertion: Assertion,
    name: str,
) -> Fact:
    printed = passage.sentence.text[start:end]
    time = None if role == "history" else passage.time_of(start, end)
    notes = (OTHER_PERSON,) if assertion == "family" else ()
    if role == "stated" and OTHER_STAY in passage.stay_notes(start, end, time):
        notes = (*notes, OTHER_STAY)
    value = printed + ("？" if passage.chinese else "?") if assertion == "possible" else printed
    details = Diagnosis(role=role, rank=rank, code=code)
    return stated_fact(
        passage, "diagnosis", name, value, (start, end), time=time, assertion=assertion, notes=notes, details=details
    )


def _of_row(passage: Passage) -> Iterator[Fact]:
    """Diagnoses of a form: a label's cell with its list in it or in the next one, a code in a cell of its own."""
    if passage.sentence.section_code in _NOT_LISTS | {"nursing_record", "vital_signs_chart"}:
        return
    row = cells(passage)
    code = next((cell.text for cell in row if _ONLY_CODE.fullmatch(cell.text)), None)
    lists = list(_row_lists(passage, row, coded=code is not None))
    for start, end, role, first in lists[:1] if code else lists:
        for fact in _list(passage, start, end, role, first):
            yield _coded(fact, code)


def _row_lists(passage: Passage, row: list[Cell], *, coded: bool) -> Iterator[tuple[int, int, DiagnosisRole, int]]:
    """(start, end, role, first rank) of each list in a row; a column's label heads one only beside a code."""
    rules = diagnosis_rules(passage.rules_dir)
    header = passage.table.header if passage.table else ()
    for place, cell in enumerate(row):
        own = rules.titled(cell.text)
        column = rules.titled(header[place]) if coded and len(header) == len(row) else None
        labels = rules.labels(cell.text)
        if own and own.role and place + 1 < len(row):
            value = row[place + 1]
            yield value.start, value.start + len(value.text), own.role, own.first
        elif labels and labels[0].role:
            yield cell.start + labels[0].end, cell.start + len(cell.text), labels[0].role, labels[0].first
        elif column and column.role:
            yield cell.start, cell.start + len(cell.text), column.role, column.first


def _coded(fact: Fact, code: str | None) -> Fact:
    """The fact with the code of its row."""
    details = fact.details
    if code is None or not isinstance(details, Diagnosis) or details.code:
        return fact
    return fact.model_copy(update={"name": code, "details": details.model_copy(update={"code": code})})


def _told(passage: Passage) -> Iterator[Fact]:
    """Diagnoses of running text: 诊断为“甲状腺功能亢进症”, was diagnosed with asthma."""
    for pattern in diagnosis_rules(passage.rules_dir).told:
        for found in pattern.finditer(passage.text):
            for place, item in enumerate(list_items(passage, passage.text, *found.span("name"))):
                if fact := _fact(passage, item.start, item.end, "stated", place + 1):
                    yield fact


def _of_history(passage: Passage) -> Iterator[Fact]:
    """Diseases that a past history states or denies; named by the id of the concept."""
    known = concepts(passage.rules_dir)
    rank = 0
    for mention in known.find(passage.text):
        if known.get(mention.concept_id).group != "disease" or mention.concept_id in _TOO_WIDE:
            continue
        rank += 1
        assertion, _ = assertion_of(
            passage.sentence.text, mention.start, mention.end, passage.sentence.section_code, passage.rules_dir
        )
        said: Assertion = "present" if assertion in ("historical", "conditional") else assertion
        name = mention.concept_id.removeprefix("concept.")
        end = mention.end
        if passage.text.startswith("病史", end - 1) and known.with_form(passage.text[mention.start : end - 1]):
            end -= 1
        if passage.text[mention.start : end].lower().endswith(("ic", "ive")):
            continue
        yield _made(passage, mention.start, end, "history", rank, None, said, name)
