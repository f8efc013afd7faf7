"""Medications of running text: `予头孢哌酮舒巴坦3.0g ivgtt q12h`, `metoprolol succinate 47.5 mg PO daily`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from emr_rerank.facts.context import assertion_of
from emr_rerank.facts.dosing import Dosing, number
from emr_rerank.facts.dosing_reader import dosing_reader
from emr_rerank.facts.drug_names import DrugName, drug_names
from emr_rerank.facts.drug_status import (
    DISCHARGE,
    LISTS,
    NO_LIST,
    Status,
    conditional,
    cues_around,
    default_status,
    means_else,
)
from emr_rerank.facts.notes import OTHER_PERSON, OTHER_STAY, PLANNED
from emr_rerank.facts.passage import Passage
from emr_rerank.facts.stated import stated_fact
from emr_rerank.findings import Fact, Medication
from emr_rerank.record import Assertion
from emr_rerank.rules.dosing import drug_words
from emr_rerank.rules.printed import fold_case

NOT_STATED = "not stated"
"""The value of a medication that is taken, of which neither dose nor route nor frequency is printed."""
_LISTED = re.compile(r"[\s\"”’)）]*(?:[、,，]|及|和|与|联合|and\b|\s)\s*(?:and\s+)?[\"“‘]?\s*")
_LISTED_WITH_AIM = re.compile(r"[^，,。；;、:\n]{0,10}、\s*")
"""予阿司匹林抗血小板、阿托伐他汀调脂: what a drug is given for stands between the items."""
_ALLERGY_LABEL = re.compile(
    r"(?:过敏(?:史|药物|药品|源)?|allerg(?:y|ies))\s*[:\t][^。；;\n:]{0,20}$|allergic to [^.;:]{0,20}$"
)
_ALLERGIC = re.compile(r"(?:对|史|to)\s*[^，,。；;]{0,12}$")
_NEAR = 40
_ENDS_IN_DOSE = re.compile(r"\d\s*(?:mg|g|ml|u|μg|units?)$")
_REPLACED = re.compile(
    r"\)?(?:[^。；;.]{0,12}[，,])?\s*(?:改为|换用|更换为|更换成|改用|换为|升级为|(?:was )?(?:switched|changed) to)\s*"
)


def prose_medications(passage: Passage) -> Iterator[Fact]:
    """Medications of a sentence that is no table row, in reading order."""
    if passage.sentence.section_code in ("lab_report", "allergy_history"):
        return
    names = drug_names(passage.text, passage.rules_dir)
    if not names:
        return
    readings = read_dosings(passage.masked, names, passage.rules_dir)
    plain = fold_case(passage.text)
    before: tuple[int, Status | None, bool] = (-1, None, False)
    for place, (name, dosing) in enumerate(zip(names, readings, strict=True)):
        limit = names[place + 1].start if place + 1 < len(names) else len(plain)
        end = max(name.end, dosing.end)
        cues = cues_around(plain, name.start, end, (max(before[0], 0), limit), passage.rules_dir)
        status, spoken_of = cues.status, cues.spoken_of
        if not spoken_of and before[0] >= 0 and _goes_on(plain, before[0], name.start):
            carried = before[1] not in ("stopped", "avoided") or (
                dosing.empty and not re.search("[，,]", plain[before[0] : name.start])
            )
            status, spoken_of = before[1] if carried else None, before[2]
        replaced = status is None and _replaced(plain, end, limit)
        if not _given(passage, plain, name, dosing, spoken_of or replaced):
            continue
        before = (end, status, spoken_of)
        status = "stopped" if replaced else status
        yield from medication_facts(passage, name, dosing, _status(passage, status), name.start, end)


def _goes_on(plain: str, end: int, start: int) -> bool:
    """Whether a list of drugs goes on between two places."""
    return bool(_LISTED.fullmatch(plain, end, start) or _LISTED_WITH_AIM.fullmatch(plain, end, start))


def read_dosings(text: str, names: Sequence[DrugName], rules_dir: Path | None) -> list[Dosing]:
    """The dosing of each name.

    Drugs mixed with `+` share route, frequency and rate; a route before a list serves all of it.
    """
    plain = fold_case(text)
    reader = dosing_reader(rules_dir)
    join = re.compile(
        rf"[\s\"”]*(?:d\d[\d,~-]*\s*)?(?:{drug_words('join', rules_dir)}|in\s+[\d.]+\s*(?:ml|l)(?:\s+of)?)\s*$"
    )
    leads = [_lead(plain, name, reader.route_before(plain, name.start)) for name in names]
    readings: list[Dosing] = []
    for place, name in enumerate(names):
        following = names[place + 1].start if place + 1 < len(names) else len(plain)
        if place + 1 < len(names) and (lead := leads[place + 1]):
            following = lead[1]
        dosing = reader.read(plain, name.end, following)
        reached = readings[-1].end if readings else 0
        if dosing.dose is None and not dosing.doses and (early := reader.dose_before(plain, name.start)):
            dosing = replace(dosing, dose=early[0]) if early[1] >= reached else dosing
        if leads[place] is None and dosing.route is None and readings and _LISTED.fullmatch(plain, reached, name.start):
            leads[place] = leads[place - 1]
        if (own := leads[place]) and dosing.route is None:
            dosing = replace(dosing, route=own[0])
        readings.append(replace(dosing, end=max(dosing.end, name.end)))
    return _shared(plain, names, readings, join)


def _shared(plain: str, names: Sequence[DrugName], readings: list[Dosing], join: re.Pattern[str]) -> list[Dosing]:
    """The dosings, those of a mixture and of a list with 均 completed by the one behind."""
    for place in range(len(names) - 2, -1, -1):
        between = readings[place].end, names[place + 1].start
        for_all = "均" in plain[names[place + 1].end : readings[place + 1].end]
        if join.fullmatch(plain, *between) or (for_all and _LISTED.fullmatch(plain, *between)):
            readings[place] = readings[place].filled(readings[place + 1])
    return readings


def _lead(plain: str, name: DrugName, found: tuple[str, int] | None) -> tuple[str, int] | None:
    """A route right before a name, unless it ends the dosing of the drug before (30mg 口服 缬沙坦)."""
    if found is None:
        return None
    before = plain[max(0, found[1] - _NEAR) : found[1]].rstrip(' "“')
    dosed = before[-1:].isdigit() or (plain[found[1] - 1 : found[1]] == " " and _ENDS_IN_DOSE.search(before))
    return None if dosed else found


def _given(passage: Passage, plain: str, name: DrugName, dosing: Dosing, spoken_of: bool) -> bool:
    """Whether a drug that someone takes or is to take is meant."""
    section = passage.sentence.section_code
    before = plain[max(0, name.start - _NEAR) : name.start]
    if dosing.dose is None and not dosing.doses:
        if means_else(plain, name.end, passage.rules_dir) or (
            "过敏" in plain[name.end : name.end + 14] and _ALLERGIC.search(before)
        ):
            return False
        if not name.sure or section in NO_LIST or _ALLERGY_LABEL.search(before):
            return False
        return not dosing.empty or spoken_of or section in LISTS
    if name.sure:
        return True
    return bool(
        dosing.route
        or dosing.frequency
        or dosing.rate
        or spoken_of
        or section in LISTS | DISCHARGE
        or (dosing.dose and dosing.dose.unit in ("U", "mL", "L"))
    )


def _replaced(plain: str, end: int, limit: int) -> bool:
    """Whether the next drug takes the place of this one: 头孢曲松改为莫西沙星."""
    return limit < len(plain) and bool(_REPLACED.fullmatch(plain, end, limit))


def _status(passage: Passage, said: Status | None) -> Status:
    section = passage.sentence.section_code
    default = default_status(section, row=False)
    if said in ("stopped", "avoided", "planned"):
        return said
    if said == "home" and section not in DISCHARGE:
        return "home"
    return default


def medication_facts(
    passage: Passage,
    name: DrugName,
    dosing: Dosing,
    status: Status,
    start: int,
    end: int,
    *,
    span: tuple[str | None, str | None] = (None, None),
) -> Iterator[Fact]:
    """The facts of one drug, one for each dose of a plan; `start`, `end`: what of the sentence prints them."""
    text = passage.sentence.text
    assertion, _ = assertion_of(text, name.start, name.end, passage.sentence.section_code, passage.rules_dir)
    if status in ("stopped", "avoided"):
        assertion = "family" if assertion == "family" else "present"
    elif conditional(fold_case(text), name.start, passage.rules_dir):
        status = "planned"
    said: Assertion = assertion if assertion in ("absent", "family") else "present"
    time = span[0] or (None if status == "home" else passage.time_of(start, end))
    plans = dosing.doses or ((dosing.dose, dosing.frequency),)
    for dose, frequency in plans:
        dosed = replace(dosing, dose=dose, frequency=frequency, per_day=1.0 if dosing.doses else dosing.per_day)
        yield stated_fact(
            passage,
            "medication",
            name.id,
            _value(dosed, status, text[name.start : name.end]),
            (start, end),
            display=text[name.start : name.end].strip(),
            time=time,
            assertion=said,
            notes=_notes(passage, status, said, start, end, time),
            details=_details(dosed, status, span, text[name.start : name.end]),
        )


def _notes(
    passage: Passage, status: Status, said: Assertion, start: int, end: int, time: str | None
) -> tuple[str, ...]:
    notes = [PLANNED] if status == "planned" else []
    if said == "family":
        notes.append(OTHER_PERSON)
    if status != "home" and OTHER_STAY in passage.stay_notes(start, end, time):
        notes.append(OTHER_STAY)
    return tuple(notes)


def _value(dosing: Dosing, status: Status, printed: str) -> str:
    """The dosing in normal form; of a drug that is not to be taken, or is named alone, what is done with it."""
    if status == "avoided" or (dosing.empty and status in ("stopped", "planned")):
        return status
    parts = [_dose(dosing, printed), dosing.route, dosing.frequency, dosing.rate]
    return " ".join(part for part in parts if part) or NOT_STATED


def _dose(dosing: Dosing, printed: str) -> str | None:
    if dosing.dose is None:
        return None
    return dosing.dose.printed.replace("grain", _grain(printed))


def _grain(printed: str) -> str:
    """What a 粒 is: a capsule, unless the drug is no capsule."""
    return "cap" if "胶囊" in printed else "pill"


def _details(dosing: Dosing, status: Status, span: tuple[str | None, str | None], printed: str) -> Medication:
    dose = dosing.dose
    return Medication(
        status=status,
        dose=float(number(dose.low)) if dose else None,
        dose_max=dose.high if dose else None,
        unit=(_grain(printed) if dose.unit == "grain" else dose.unit) if dose else None,
        route=dosing.route,
        frequency=dosing.frequency,
        per_day=dosing.per_day,
        rate=dosing.rate,
        start=span[0],
        stop=span[1],
    )
