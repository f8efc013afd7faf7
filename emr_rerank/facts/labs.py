"""One laboratory result → Fact: which analyte the name means, in which unit, how flagged."""

import re

from emr_rerank.facts.context import assertion_of
from emr_rerank.facts.notes import IMPLAUSIBLE, OTHER_PERSON, UNIT_MISSING, UNIT_UNEXPECTED
from emr_rerank.facts.passage import Passage
from emr_rerank.facts.printed_values import PrintedValue, Reference, flag_by
from emr_rerank.findings import Fact, Flag
from emr_rerank.rules.analytes import Analyte, Mention, catalogue

_SERUM = re.compile(r"血(?!红|小|细|沉|脂|常)|(?i:serum|plasma|blood)")
"""A name that says itself that the analyte was measured in blood: 血肌酐 after 尿常规."""
_PUNCTURED = frozenset({"csf", "pleural", "ascites"})
"""Fluids whose analytes a bare word (糖, 细胞总数) names in a report on that fluid only."""
_OF_OTHERS = ("family", "conditional")
DIMENSIONLESS = frozenset({"ratio", "pH", "index", "titer"})


def meant(passage: Passage, mention: Mention, unit: str | None, value: float | str | None = None) -> Analyte | None:
    """The analyte that a name means beside that unit and value and in that report; None where it is none.

    In a report on another body fluid a name means the analyte of that fluid. Of several analytes of one name the first
    that the unit fits is meant, best one for which the value is plausible: TG in ng/mL is thyroglobulin.
    """
    analytes = catalogue(passage.rules_dir)
    candidates = [analytes.get(name) for name in (mention.analyte_id, *mention.others)]
    fluid = passage.specimen(mention.start)
    if _SERUM.match(passage.text, mention.start):
        fluid = "blood"
    elif unit in ("/HPF", "/LPF") and fluid in (None, "blood"):
        fluid = "urine"
    if fluid not in (None, "blood"):
        own = [analyte for analyte in candidates if analyte.fluid == fluid]
        twins = [analytes.get(analyte.in_fluid[fluid]) for analyte in candidates if fluid in analyte.in_fluid]
        candidates = own or twins or (candidates if fluid == "urine" else [])
    elif len(candidates) > 1:
        candidates = [analyte for analyte in candidates if analyte.fluid == "blood"] or candidates
    if mention.bare:
        candidates = [each for each in candidates if each.fluid not in _PUNCTURED or each.fluid == fluid]
    fitting = [analyte for analyte in candidates if unit and analytes.accepts(analyte, unit)]
    plausible = [analyte for analyte in fitting if unit and _plausible_in(passage, analyte, value, unit)]
    return next(iter([*plausible, *fitting, *candidates]), None)


def _plausible_in(passage: Passage, analyte: Analyte, value: float | str | None, unit: str) -> bool:
    if not isinstance(value, float):
        return True
    normal = catalogue(passage.rules_dir).to_normal(analyte, value, unit)
    return normal is None or not _implausible(analyte, normal)


def lab_fact(
    passage: Passage,
    analyte: Analyte,
    printed: PrintedValue,
    unit: str | None,
    *,
    flag: Flag | None = None,
    reference: Reference | None = None,
    time: str | None = None,
    notes: tuple[str, ...] = (),
    in_row: bool = False,
) -> Fact:
    """The fact of a printed result. Values and references are given in the analyte's normal unit where they convert."""
    value, normal, reference, marks = _normalised(passage, analyte, printed, unit, reference)
    if flag is None and isinstance(value, float) and reference:
        flag = flag_by(value, reference)
    if not in_row:
        notes = (*notes, *passage.stay_notes(printed.start, max(printed.end, printed.next), time))
    assertion, _ = assertion_of(
        passage.sentence.text, printed.start, printed.end, passage.sentence.section_code, passage.rules_dir
    )
    if assertion == "family":
        time, notes = None, (*notes, OTHER_PERSON)
    else:
        notes = (*notes, *passage.time_notes(printed.start, time))
    start = passage.sentence.start
    return Fact(
        kind="lab",
        name=analyte.id,
        display=analyte.display_zh if passage.chinese else analyte.display_en,
        value=value,
        unit=normal,
        flag=flag,
        reference=reference,
        time=time,
        page=passage.page(printed.start),
        evidence=None,
        assertion=assertion if assertion in _OF_OTHERS else "present",
        start=start + printed.start,
        end=start + printed.end,
        sentence=passage.sentence.index,
        text=passage.sentence.text[printed.start : printed.end],
        notes=tuple(dict.fromkeys((*notes, *marks))),
    )


def _normalised(
    passage: Passage, analyte: Analyte, printed: PrintedValue, unit: str | None, reference: Reference | None
) -> tuple[float | str, str | None, Reference | None, tuple[str, ...]]:
    """(value, unit, reference, notes); in the normal unit where the printed one converts."""
    value = printed.value
    if analyte.unit in DIMENSIONLESS and unit in (None, analyte.unit):
        return value, None, reference, _implausible(analyte, value)
    if unit is None:
        missing = () if isinstance(value, str) else (UNIT_MISSING, *_implausible(analyte, value))
        return value, None, reference, missing
    if isinstance(value, str):
        return value, unit if printed.numeric else None, reference, ()
    analytes = catalogue(passage.rules_dir)
    usual = analytes.in_usual_unit(analyte, value, unit)
    if usual is None:
        return value, unit, reference, (UNIT_UNEXPECTED,)
    normal, normal_unit = usual
    marks = _implausible(analyte, normal) if normal_unit == analyte.unit else ()
    if unit == normal_unit:
        return value, unit, reference, marks

    def convert(end: float | None) -> float | None:
        turned = None if end is None else analytes.in_usual_unit(analyte, end, unit)
        return None if turned is None else _rounded(turned[0], analyte.decimals + 1)

    ends = (convert(reference[0]), convert(reference[1])) if reference else None
    return _rounded(normal, analyte.decimals + 1), normal_unit, ends, marks


def _rounded(value: float, decimals: int) -> float:
    """The converted value to that many decimals, but never to fewer than three significant digits."""
    return round(value, decimals) if abs(value) >= 10 ** (2 - decimals) else float(f"{value:.3g}")


def _implausible(analyte: Analyte, value: float | str) -> tuple[str, ...]:
    if isinstance(value, str) or analyte.plausible is None:
        return ()
    low, high = analyte.plausible
    return () if low <= value <= high else (IMPLAUSIBLE,)
