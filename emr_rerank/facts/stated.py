"""A fact that is no measured value: what of a passage states it."""

from emr_rerank.facts.passage import Passage
from emr_rerank.findings import Details, Fact, FactKind
from emr_rerank.record import Assertion

ABSENT = "absent"
NONE = "none"
"""The value of a habit that is denied."""


def stated_fact(
    passage: Passage,
    kind: FactKind,
    name: str,
    value: str,
    span: tuple[int, int],
    *,
    display: str | None = None,
    time: str | None = None,
    assertion: Assertion = "present",
    notes: tuple[str, ...] = (),
    details: Details | None = None,
) -> Fact:
    """The fact that `span` of the sentence prints; `display` is what is printed there where none is given.

    The value of what is denied is ABSENT, whatever would be its value: a value read alone must not claim it.
    """
    start, end = span
    printed = passage.sentence.text[start:end]
    return Fact(
        kind=kind,
        name=name,
        display=printed if display is None else display,
        value=ABSENT if assertion == "absent" and value != NONE else value,
        time=time,
        page=passage.page(start),
        evidence=None,
        assertion=assertion,
        start=passage.sentence.start + start,
        end=passage.sentence.start + end,
        sentence=passage.sentence.index,
        text=printed,
        notes=notes,
        details=details,
    )
