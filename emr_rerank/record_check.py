"""The nouns of a record checked against itself: contradictions and changes, with the sentences that say each side."""

from typing import Literal

from pydantic import Field

from emr_rerank import check_view
from emr_rerank.record import BBox, Noun


class CitedSentence(Noun):
    """A sentence of the record, cited without a score."""

    text: str
    section: tuple[str, ...]
    section_code: str
    page: int
    bbox: BBox
    more_boxes: tuple[tuple[int, BBox], ...] = ()
    start: int
    end: int
    date: str | None = Field(None, description="ISO calendar day")


class CitedSide(Noun):
    """One of the things that a record says about a matter, with every sentence that says it (a copy counts once)."""

    value: str
    evidence: tuple[CitedSentence, ...]


class RecordConflict(Noun):
    """A matter, e.g. `allergy:penicillin`, of which the record says incompatible things."""

    about: str
    label: str = Field(description="what the matter is called, in the record's language")
    sides: tuple[CitedSide, ...]


class RecordChange(Noun):
    """A matter that changed during the stay, so that what was said before and since is both true."""

    about: str
    label: str = Field(description="what the matter is called, in the record's language")
    date: str = Field(description="ISO day of the change")
    sides: tuple[CitedSide, ...]


class RecordCheck(Noun):
    """What `emr-rerank check` finds in one record."""

    record_id: str
    language: Literal["zh", "en"] = Field(exclude=True)
    conflicts: tuple[RecordConflict, ...] = ()
    changes: tuple[RecordChange, ...] = ()

    def __rich__(self) -> object:
        return check_view.check_view(self)

    def _repr_html_(self) -> str:
        return check_view.check_html(self)
