"""The marks that facts carry in `notes`: what keeps a value out of the stay's series, and what is known of its time."""

from emr_rerank.findings import Fact

OTHER_STAY = "other_stay"
OTHER_PERSON = "other_person"
PLANNED = "planned"
PREVIOUS = "previous"
"""The older of two values; the sentence dates the newer one."""
RETOLD = "retold"
"""Told without a day in a section that retells other days."""
THIS_MORNING = "this_morning"
"""Said of the morning of its day, as the only result of it."""
SPLIT_DIGITS = "split_digits"
"""Printed with spaces between its digits, as OCR sets them: 1 12g/L."""
IMPLAUSIBLE = "implausible"
UNIT_MISSING = "unit_missing"
UNIT_UNEXPECTED = "unit_unexpected"
_WRITTEN = "written:"


def written(time: str) -> str:
    """The note that a value is known by day only and stands in a note of that day with this ISO date-time."""
    return _WRITTEN + time


def written_at(fact: Fact) -> str | None:
    """ISO date-time of the note that tells the value, where its day alone is known: the value is no later."""
    return next((note.removeprefix(_WRITTEN) for note in fact.notes if note.startswith(_WRITTEN)), None)
