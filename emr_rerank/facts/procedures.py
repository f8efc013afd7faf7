"""Operations and interventions: name, date, anaesthesia, healing of the wound; done or planned."""

import re
from collections.abc import Iterator

from emr_rerank.facts.context import assertion_of
from emr_rerank.facts.notes import OTHER_PERSON, OTHER_STAY, PLANNED
from emr_rerank.facts.passage import Passage
from emr_rerank.facts.rows import Cell, cells
from emr_rerank.facts.stated import stated_fact
from emr_rerank.findings import Fact, Procedure
from emr_rerank.record import Assertion
from emr_rerank.rules.concepts import Concept, concepts
from emr_rerank.rules.printed import fold_case
from emr_rerank.rules.procedures import procedure_pattern

_PLANS = frozenset({"preoperative_summary", "informed_consent", "treatment_plan", "discharge_orders"})
_EARLIER = frozenset({"past_history", "marital_history", "menstrual_history", "personal_history", "family_history"})
_NOT_HERE = frozenset({"lab_report", "differential_diagnosis", "imaging_report", "ecg_report", "nursing_record"})
_LONGEST_NAME = 28
_NAME = re.compile(r"[^\s，,。；;:：、“”\"'‘’/]*$")
_CLAUSE = re.compile(r"[。；;\n]|[，,]")
_AFTER = re.compile(r"(?:后|中|前|式|者|野|区|语|医师|史(?!.{0,4}年))")
_YEARS_AGO = re.compile(
    r"\d+\s*(?:余|多)?\s*(?:年|月)前|[一二三四五六七八九十]+余?年前|(?:19|20)\d{2}年(?!\s*\d{1,2}\s*月)|既往|曾"
    r"|\b(?:in|since)\s+(?:19|20)\d{2}\b|years? ago|status post|s/p",
    re.IGNORECASE,
)
_NONE = re.compile(r"\s*(?:无|未|否|/|-+|none|nil|n/?a)\s*$", re.IGNORECASE)
_LONGEST_VALUE = 80
_TOO_WIDE = frozenset(
    {"concept.operation", "concept.anesthesia", "concept.drainage", "concept.biopsy", "concept.catheter"}
)
"""Concepts that say too little to name an operation."""


def procedure_facts(passage: Passage) -> Iterator[Fact]:
    """Operations of a sentence or a table row, in reading order."""
    if passage.sentence.row is not None:
        yield from _of_row(passage)
        return
    if passage.sentence.section_code in _NOT_HERE:
        return
    labelled = list(_labelled(passage))
    yield from labelled
    if not labelled:
        taken: list[tuple[int, int]] = []
        for start, end in sorted({*_chinese(passage), *_english(passage)}):
            if not any(left < end and start < right for left, right in taken):
                taken.append((start, end))
                yield _told(passage, start, end)


def _chinese(passage: Passage) -> Iterator[tuple[int, int]]:
    """Names that end in an operation's tail, from behind the verb that leads to them."""
    text = passage.text
    lead = procedure_pattern("lead", passage.rules_dir)
    for tail in procedure_pattern("tail", passage.rules_dir).finditer(text):
        if _AFTER.match(text, tail.end()) and not text.startswith(("后", "史"), tail.end()):
            continue
        window = max(0, tail.start() - _LONGEST_NAME)
        before = _NAME.search(text[window : tail.start()])
        start = window + before.start() if before else tail.start()
        leads = [found.end() for found in lead.finditer(text, start, tail.start())]
        start = leads[-1] if leads else start
        while start < tail.start() and text[start] in "()（）+及和与在了的下是 \t":
            start += 1
        if (tail.end() - tail.start() > 3 and start == tail.start() and leads) or (
            tail.start() - start >= 1 and any("一" <= sign <= "鿿" for sign in text[start : tail.start()])
        ):
            yield start, tail.end()
    for found in procedure_pattern("abbreviation", passage.rules_dir).finditer(text):
        name = next(group for group in found.groupdict() if group.startswith("name") and found[group])
        yield found.span(name)


def _english(passage: Passage) -> Iterator[tuple[int, int]]:
    """Names of English operations where the sentence says that one was or is to be done."""
    told = procedure_pattern("context", passage.rules_dir).search(passage.text)
    if not told and passage.sentence.section_code not in _EARLIER:
        return
    for found in procedure_pattern("operation", passage.rules_dir).finditer(passage.text):
        group = next(name for name in found.groupdict() if name.startswith("name"))
        yield found.span(group)


def _told(passage: Passage, start: int, end: int) -> Fact:
    text = passage.text
    section = passage.sentence.section_code
    clause = max((stop.end() for stop in _CLAUSE.finditer(text, 0, start)), default=0)
    sentence = max((stop.end() for stop in re.finditer(r"[。；;\n]", text[:start])), default=0)
    lead = text[clause:start]
    planned = section in _PLANS or bool(procedure_pattern("planned", passage.rules_dir).search(lead))
    assertion, _ = assertion_of(passage.sentence.text, start, end, section, passage.rules_dir)
    after = text.startswith("后", end)
    earlier = (
        section in _EARLIER
        or bool(_YEARS_AGO.search(text[sentence:start]))
        or (assertion == "historical" and not after)
    )
    if section == "present_illness" and not any(when.iso and not when.past for when in passage.dates):
        earlier = True
    said: Assertion = "present"
    if assertion in ("absent", "family"):
        said = assertion
    elif earlier or (_YEARS_AGO.search(text[end : end + 24]) and not any(when.iso for when in passage.dates)):
        said, planned = "historical", False
    stop = re.search(r"[。；;\n]", text[end:])
    around = text[sentence : end + stop.start() if stop else len(text)]
    found = procedure_pattern("anaesthesia", passage.rules_dir).search(around)
    healing = procedure_pattern("healing", passage.rules_dir).search(around)
    time = None if planned or said in ("historical", "absent") else _day_of(passage, start, end)
    details = Procedure(
        type="operation",
        status="planned" if planned else "done",
        anaesthesia=found.group() if found else None,
        healing=healing.group().replace(" ", "") if healing else None,
    )
    return _fact(passage, start, end, details, time, said)


def _day_of(passage: Passage, start: int, end: int) -> str | None:
    """The date before the name, else the first one behind it in the sentence, else the document's."""
    if not any(when.start < start for when in passage.dates):
        behind = next((when.iso for when in passage.dates if when.start >= end and when.iso and when.numeric), None)
        if behind:
            return behind
    return passage.time_of(start, end)


def _labelled(passage: Passage) -> Iterator[Fact]:
    """The operation behind a label: 拟施手术：左侧人工股骨头置换术。, Procedure: open reduction…"""
    for kind in ("label_planned", "label"):
        source = procedure_pattern(kind, passage.rules_dir).pattern
        found = re.match(rf"\s*(?:{source})\s*[:：]\s*(?P<value_of>[^。；;\n\t]{{2,{_LONGEST_VALUE}}})", passage.text)
        if not found:
            continue
        start, end = found.span("value_of")
        following = re.search(r"\s[^\s:：，,]{2,8}\s?[:：]", passage.text[start:end])
        end = start + following.start() if following else end
        aside = re.search(r"(?<=术)\s*\(", passage.text[start:end])
        printed = passage.text[start:end]
        end = start + len(printed[: aside.start() if aside else None].rstrip(" .。，,"))
        if _NONE.match(passage.text[start:end]):
            return
        planned = kind == "label_planned" or passage.sentence.section_code in _PLANS
        anaesthesia = procedure_pattern("anaesthesia", passage.rules_dir).search(printed)
        details = Procedure(
            type="operation",
            status="planned" if planned else "done",
            anaesthesia=anaesthesia.group() if anaesthesia else None,
        )
        yield _fact(passage, start, end, details, None if planned else passage.time_of(start, end), "present")
        return


def _of_row(passage: Passage) -> Iterator[Fact]:
    """The operation of a form (label and value side by side) or of a list (one column each)."""
    section = passage.sentence.section_code
    if section in ("orders", "lab_report", "vital_signs_chart", "medication_record", "nursing_record"):
        return
    row = cells(passage)
    header = passage.table.header if passage.table else ()
    heads = header if len(header) == len(row) and any(header) else ("",) * len(row)
    for place in range(len(row)):
        kind, value, headed = _operation_cell(passage, row, heads, place)
        if kind is None or value is None or _NONE.match(value.text) or len(value.text) < 2:
            continue
        known = dict(zip(map(_plain, heads), row, strict=True)) if headed else _form(passage)
        details = Procedure(
            type="operation",
            status="planned" if kind == "label_planned" or section in _PLANS else "done",
            anaesthesia=_labelled_value(passage, known, "anaesthesia_label"),
            healing=_labelled_value(passage, known, "healing_label"),
        )
        day = _labelled_value(passage, known, "date")
        dates = passage.dates_in(day) if day else ()
        time = next((when.iso for when in dates if when.iso), None) or (passage.document_date or "")[:10] or None
        yield _fact(
            passage,
            value.start,
            value.start + len(value.text),
            details,
            time if details.status == "done" else None,
            "present",
        )


def _operation_cell(
    passage: Passage, row: list[Cell], heads: tuple[str, ...], place: int
) -> tuple[str | None, Cell | None, bool]:
    """(kind of the label, the cell with the name, whether a column's label says so)."""
    for kind in ("label", "label_planned"):
        if _is(passage, kind, heads[place]):
            return kind, row[place], True
        if _is(passage, kind, row[place].text) and place + 1 < len(row):
            return kind, row[place + 1], False
    return None, None, False


def _is(passage: Passage, kind: str, label: str) -> bool:
    return bool(label and procedure_pattern(kind, passage.rules_dir).fullmatch(_plain(label)))


def _plain(label: str) -> str:
    return re.sub(r"\s|[:：]", "", label) if re.search("[一-鿿]", label) else label.strip(" :：")


def _form(passage: Passage) -> dict[str, Cell]:
    """Label → value of every row of the form."""
    if passage.table is None:
        return {}
    rows = (
        [(passage.table.header, *passage.table.rows)]
        if not passage.table.rows
        else [passage.table.header, *passage.table.rows]
    )
    return {
        _plain(str(label)): Cell(str(value), 0, None)
        for row in rows
        for label, value in zip(row[::2], row[1::2], strict=False)
        if label and isinstance(label, str)
    }


def _labelled_value(passage: Passage, known: dict[str, Cell], kind: str) -> str | None:
    value = next((cell.text.strip() for label, cell in known.items() if _is(passage, kind, label)), None)
    return value if value and not _NONE.match(value) else None


def _name(passage: Passage, printed: str) -> str:
    """The id of the concept that the printed name holds (胆囊切除 → cholecystectomy), else the printed name."""
    known = concepts(passage.rules_dir)
    held = [mention for mention in known.find(printed) if _tells(known.get(mention.concept_id))]
    longest = max(held, key=lambda mention: mention.end - mention.start, default=None)
    if longest is None:
        named = [concept_id for concept_id in known.named(printed) if _tells(known.get(concept_id))]
        return named[0].removeprefix("concept.") if len(named) == 1 else fold_case(printed)
    return longest.concept_id.removeprefix("concept.")


def _tells(concept: Concept) -> bool:
    return concept.group == "procedure" and concept.id not in _TOO_WIDE


def _fact(passage: Passage, start: int, end: int, details: Procedure, time: str | None, assertion: Assertion) -> Fact:
    printed = passage.sentence.text[start:end]
    notes = [PLANNED] if details.status == "planned" else []
    if assertion == "family":
        notes.append(OTHER_PERSON)
    if assertion == "historical":
        notes.append(OTHER_STAY)
    planned = details.status if details.status == "planned" else None
    value = "; ".join(part for part in (printed, details.anaesthesia, details.healing, planned) if part)
    return stated_fact(
        passage, "procedure", _name(passage, printed), value, (start, end),
        time=time, assertion=assertion, notes=tuple(notes), details=details,
    )  # fmt: skip
