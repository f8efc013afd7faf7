"""One laboratory result → Fact: which analyte the name means, in which unit, how flagged."""

from emr_rerank.facts.context import assertion_of
from emr_rerank.facts.notes import IMPLAUSIBLE, OTHER_PERSON, UNIT_MISSING, UNIT_UNEXPECTED
from emr_rerank.facts.passage import Passage
from emr_rerank.facts.printed_values import PrintedValue, Reference, flag_by
from emr_rerank.findings import Fact, Flag
from emr_rerank.rules.analytes import Analyte, Mention, catalogue

_OF_OTHERS = ("family", "conditional")
DIMENSIONLESS = frozenset({"ratio", "pH", "index", "titer"})


def meant(passage: Passage, mention: Mention, unit: str | None) -> Analyte | None:
    """The analyte that a name means beside that unit and in that report; None for a body fluid without an entry."""
    analytes = catalogue(passage.rules_dir)
    candidates = [analytes.get(name) for name in (mention.analyte_id, *mention.others)]
    fluid = passage.specimen(mention.start)
    if fluid == "urine" or unit in ("/HPF", "/LPF"):
        twins = [analytes.get(analyte.in_urine) for analyte in candidates if analyte.in_urine]
        own = [analyte for analyte in candidates if analyte.id.startswith("ur")]
        candidates = own or twins or candidates
    elif fluid == "other":
        candidates = [analyte for analyte in candidates if analyte.id.startswith("fecal")]
    fitting = [analyte for analyte in candidates if unit and analytes.accepts(analyte, unit)]
    return next(iter([*fitting, *candidates]), None)


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
        return value, unit, reference, ()
    analytes = catalogue(passage.rules_dir)
    normal = analytes.to_normal(analyte, value, unit)
    if normal is None:
        return value, unit, reference, () if unit in analyte.units else (UNIT_UNEXPECTED,)
    if unit == analyte.unit:
        return value, unit, reference, _implausible(analyte, value)

    def convert(end: float | None) -> float | None:
        turned = None if end is None else analytes.to_normal(analyte, end, unit)
        return None if turned is None else round(turned, analyte.decimals + 1)

    ends = (convert(reference[0]), convert(reference[1])) if reference else None
    normal = round(normal, analyte.decimals + 1)
    return normal, analyte.unit, ends, _implausible(analyte, normal)


def _implausible(analyte: Analyte, value: float | str) -> tuple[str, ...]:
    if isinstance(value, str) or analyte.plausible is None:
        return ()
    low, high = analyte.plausible
    return () if low <= value <= high else (IMPLAUSIBLE,)
