"""Transfusions with product and volume, transfusions denied, and the patient's blood type."""

import re
from collections.abc import Iterator

from emr_rerank.facts.context import assertion_of
from emr_rerank.facts.dosing import amount, number
from emr_rerank.facts.drug_status import conditional
from emr_rerank.facts.notes import OTHER_PERSON, OTHER_STAY, PLANNED
from emr_rerank.facts.passage import Passage
from emr_rerank.facts.rows import cells, row_time
from emr_rerank.facts.stated import stated_fact
from emr_rerank.findings import Fact, Procedure
from emr_rerank.record import Assertion
from emr_rerank.rules.printed import fold_case
from emr_rerank.rules.procedures import blood_products, named, procedure_pattern

_AMOUNT = re.compile(
    r"\s*(?P<volume>\d+(?:\.\d+)?)\s*(?:个)?(?P<unit>u|单位|ml|毫升|治疗量|人份|袋|units?|bags?)(?![a-z])(?!\s*/)"
)
_BEFORE = re.compile(
    r"(?P<volume>\d+(?:\.\d+)?|one|two|three|four|five|six)\s*(?P<unit>units?|u|ml|bags?)?\s*(?:of\s+)?$"
)
_UNITS = {
    "u": "U", "单位": "U", "unit": "U", "units": "U", "ml": "mL", "毫升": "mL", "治疗量": "dose", "人份": "dose",
    "袋": "bag", "bag": "bag", "bags": "bag",
}  # fmt: skip
_PLANS = frozenset({"preoperative_summary", "informed_consent", "treatment_plan"})
_READY = re.compile(r"备|拟|预约|申请|如|必要时|若|prepare|cross-?match|if\b|plan", re.IGNORECASE)
_POSITIVE = frozenset({"阳性", "阳", "+", "positive"})


def transfusion_facts(passage: Passage) -> Iterator[Fact]:
    """Blood products given or ordered with their volume (name 'transfusion'), and transfusions stated or denied."""
    section = passage.sentence.section_code
    if section in ("lab_report", "vital_signs_chart", "informed_consent"):
        return
    text = fold_case(passage.text)
    pattern, ids = blood_products(passage.rules_dir)
    found_any = False
    for found in pattern.finditer(text):
        bag = _AMOUNT.match(text, found.end()) or _in_row(text, found.end()) or _BEFORE.search(text[: found.start()])
        if not bag or not (bag["unit"] or bag.re is _AMOUNT):
            continue
        found_any = True
        behind = bag.re is _AMOUNT
        start = found.start() if behind else bag.start()
        yield _given(passage, ids[found.group()], bag, start, bag.end() if behind else found.end())
    if not found_any:
        yield from _stated(passage)


def _in_row(text: str, at: int) -> re.Match[str] | None:
    """The amount that fills a cell behind the product's: 2026-04-12 | 悬浮红细胞 | B型Rh(+) | 2U | 无."""
    end = text.find("\t", at)
    while end >= 0:
        stop = text.find("\t", end + 1)
        found = _AMOUNT.fullmatch(text, end + 1, len(text[:stop].rstrip()) if stop >= 0 else len(text.rstrip()))
        if found:
            return found
        end = stop
    return None


def _given(passage: Passage, product: str, bag: re.Match[str], start: int, end: int) -> Fact:
    text = passage.text
    section = passage.sentence.section_code
    volume = amount(bag["volume"])
    unit = _UNITS.get(bag["unit"] or "u", "U")
    clause = max((text.rfind(sign, 0, start) for sign in "。；;，,\n\t"), default=-1) + 1
    planned = section in _PLANS or bool(_READY.search(text[clause:start]))
    planned = planned or conditional(fold_case(text), start, passage.rules_dir)
    assertion, _ = assertion_of(passage.sentence.text, start, end, section, passage.rules_dir)
    said: Assertion = assertion if assertion in ("family", "historical") else "present"
    if section == "past_history":
        said = "historical" if said == "present" else said
    time = None if planned or said == "historical" else _time(passage, start, end)
    details = Procedure(
        type="transfusion", status="planned" if planned else "done", product=product, volume=volume, unit=unit
    )
    return _fact(passage, start, end, f"{product} {number(volume)} {unit}", time, said, details)


def _time(passage: Passage, start: int, end: int) -> str | None:
    if passage.sentence.section_code == "cover":
        return None
    if passage.sentence.row is not None:
        return row_time(passage, cells(passage))
    return passage.time_of(start, end)


def _stated(passage: Passage) -> Iterator[Fact]:
    """A transfusion without a product: 否认输血史, 未输血, no transfusion."""
    section = passage.sentence.section_code
    for found in procedure_pattern("transfusion", passage.rules_dir).finditer(passage.text):
        start, end = found.span()
        word = re.search(r"输血史?|(?:blood )?transfus(?:ions?|ed)", passage.text[start:end], re.IGNORECASE)
        if word is None:
            continue
        start, end = start + word.start(), start + word.end()
        denied = bool(
            re.search(r"未|无|否认|没有|不|\bno\b|without|denies|not|never|declined", found.group(), re.IGNORECASE)
        )
        assertion, _ = assertion_of(passage.sentence.text, start, end, section, passage.rules_dir)
        earlier = section == "past_history" or found.group().endswith(("史", "history"))
        said: Assertion = "absent" if denied or assertion == "absent" else "historical" if earlier else "present"
        time = None if earlier else _time(passage, start, end)
        yield _fact(passage, start, end, "transfusion", time, said, Procedure(type="transfusion"))


def _fact(
    passage: Passage, start: int, end: int, value: str, time: str | None, assertion: Assertion, details: Procedure
) -> Fact:
    notes = [PLANNED] if details.status == "planned" else []
    notes += [OTHER_PERSON] if assertion == "family" else [OTHER_STAY] if assertion == "historical" else []
    return stated_fact(
        passage, "procedure", "transfusion", value, (start, end),
        time=time, assertion=assertion, notes=tuple(notes), details=details,
    )  # fmt: skip


def blood_type_facts(passage: Passage) -> Iterator[Fact]:
    """ABO group ('abo_group': A, B, AB, O) and Rh D ('rh_d': positive, negative), as laboratory facts."""
    for found in procedure_pattern("abo", passage.rules_dir).finditer(passage.text):
        value = named(found, "value")
        if value:
            yield _blood(
                passage, found, "abo_group", "ABO血型" if passage.chinese else "ABO group", value, value.upper()
            )
    for found in procedure_pattern("rh", passage.rules_dir).finditer(passage.text):
        value = named(found, "value")
        if value:
            normal = "positive" if value.lower() in _POSITIVE else "negative"
            yield _blood(passage, found, "rh_d", "Rh(D)血型" if passage.chinese else "Rh(D)", value, normal)


def _blood(passage: Passage, found: re.Match[str], name: str, display: str, printed: str, value: str) -> Fact:
    group = next(key for key, text in found.groupdict().items() if text == printed and key.startswith("value"))
    start, end = found.span(group)
    assertion, _ = assertion_of(passage.sentence.text, start, end, passage.sentence.section_code, passage.rules_dir)
    family = assertion == "family"
    return stated_fact(
        passage,
        "lab",
        name,
        value,
        (start, end),
        display=display,
        time=None if family else _time(passage, start, end),
        assertion="family" if family else "present",
        notes=(OTHER_PERSON,) if family else (),
    )
