"""The nouns of an answer: question, evidence, facts, trends, conflicts.

What is serialised is the JSON contract of an answer (docs/json.md); fields marked `exclude` serve the program only.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, field_validator, model_serializer

from emr_rerank import display
from emr_rerank.record import Assertion, BBox, Noun

if TYPE_CHECKING:
    from emr_rerank.chart import Chart

FactKind = Literal["lab", "vital", "medication", "diagnosis", "procedure", "allergy"]
Relation = Literal["before", "during", "after", "around"]
Shape = Literal["value", "change", "highest", "lowest", "first", "last", "yes_no", "list", "date"]
Status = Literal["answered", "insufficient_evidence", "conflicting"]
Flag = Literal["H", "L", "N"]
MedicationStatus = Literal["ordered", "stopped", "discharge", "home", "planned", "avoided"]
DiagnosisRole = Literal[
    "admission", "confirmed", "corrected", "supplementary", "discharge", "preoperative", "postoperative",
    "pathological", "outpatient", "death", "current", "stated", "history",
]  # fmt: skip


class Question(Noun):
    """A question and what the rules understood of it."""

    text: str
    language: Literal["zh", "en"]
    analytes: tuple[str, ...] = Field((), description="ids of the analytes asked for")
    concepts: tuple[str, ...] = Field((), description="ids of the concepts that the answer is about")
    kinds: tuple[FactKind, ...] = Field((), description="fact kinds asked for")
    sections: tuple[str, ...] = Field((), description="section codes that can hold the answer, best first")
    shape: Shape = "value"
    window: Literal["admission", "discharge"] | None = Field(None, description="a point of the stay that is asked for")
    day: str | None = Field(None, description="the day asked for: ISO, --MM-DD when no year is given, P0D for today")
    until: str | None = Field(None, description="the last of the days asked for, where `day` is the first of several")
    stay_day: int | None = Field(None, description="the day of the stay asked for; the day of admission is 1")
    period: str | None = Field(
        None, description="the year or month asked for: 2024, 2025-11, --10, or before admission: -P5Y, -P1Y-11"
    )
    past: bool = Field(False, description="the time before this stay is asked for")
    operation: str | None = Field(
        None,
        description="before, during or after the operation, or so many days after it as an ISO 8601 duration: P1D",
    )
    event: tuple[str, ...] = Field((), description="forms of what happened at the time asked for: 输血")
    relation: Relation | None = Field(None, description="how the time asked for lies to the event")
    unresolved: bool = Field(False, description="it names a time, or nothing, that no record can be asked for")
    anchors: tuple[tuple[str, ...], ...] = Field(
        (), description="groups of surface forms; evidence must contain one form of each group"
    )
    shows: tuple[str, ...] = Field((), description="patterns of what answering text shows: an amount, a size, a side")
    must_show: tuple[str, ...] = Field((), description="those of them without which a text is no evidence")
    loose: bool = Field(False, description="whether the anchors are mere words, which bind nothing by themselves")
    rules: tuple[str, ...] = Field((), description="ids of the question rules that fired")


class Evidence(Noun):
    """A sentence of the record, scored against the question."""

    rank: int
    score: float = Field(description="calibrated probability, 0 to 1")
    text: str
    section: tuple[str, ...]
    section_code: str
    page: int
    bbox: BBox
    more_boxes: tuple[tuple[int, BBox], ...] = ()
    start: int
    end: int
    date: str | None = None
    assertion: Assertion = "present"
    rule: str | None = None
    low_confidence: bool = Field(False, exclude=True)

    @field_validator("date")
    @classmethod
    def _day(cls, date: str | None) -> str | None:
        """Evidence carries the calendar day; the clock time of a value is in its fact."""
        return date[:10] if date else None

    sentence: int = Field(exclude=True, description="index of the sentence in the record")

    @model_serializer(mode="wrap")
    def _omit_empty(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = handler(self)
        if not self.more_boxes:
            data.pop("more_boxes", None)
        return data


class Medication(Noun):
    """What is printed of a dose. `unit`, `route` and `frequency` are ids of the rule files; None: not printed."""

    status: MedicationStatus
    dose: float | None = Field(None, description="in `unit`; of a range the lower end")
    dose_max: float | None = Field(None, description="the upper end of a range, or the second part of a combination")
    unit: str | None = None
    route: str | None = None
    frequency: str | None = None
    per_day: float | None = Field(None, description="doses in 24 hours, where the frequency tells them")
    rate: str | None = Field(None, description="of an infusion beside its dose: 3 mL/h")
    start: str | None = Field(None, description="ISO date or date-time from which an order holds")
    stop: str | None = None


class Diagnosis(Noun):
    """Where a diagnosis stands: in which list, at which place of it (1 is the main diagnosis), under which code."""

    role: DiagnosisRole
    rank: int = 1
    code: str | None = Field(None, description="ICD-10 code, where one is printed")


class Procedure(Noun):
    """What is printed of an operation, a transfusion or an examination with its conclusion."""

    type: Literal["operation", "transfusion", "examination"]
    status: Literal["done", "planned"] = "done"
    anaesthesia: str | None = None
    healing: str | None = Field(None, description="class and healing of the wound as printed: Ⅰ/甲")
    product: str | None = Field(None, description="id of the blood product")
    volume: float | None = None
    unit: str | None = Field(None, description="of the volume: U, mL, dose")


class Habit(Noun):
    """Smoking or drinking, as far as it is printed."""

    amount: str | None = Field(None, description="20/day, 150 mL/day, 400 cigarette-years, occasional")
    years: float | None = Field(None, description="of a range the lower end")
    quit: str | None = Field(None, description="5 years ago: `5 years`; a year: `2015`; not dated: `yes`")


Details = Medication | Diagnosis | Procedure | Habit
"""The typed parts of facts that are no measured values."""


class Fact(Noun):
    """A value that can be checked against the page it came from."""

    kind: FactKind
    name: str = Field(description="id: analyte id, drug or allergen name")
    display: str = Field(description="name in the record's language")
    value: float | str
    unit: str | None = None
    flag: Flag | None = None
    reference: tuple[float | None, float | None] | None = None
    time: str | None = Field(None, description="ISO date or date-time")
    page: int
    evidence: int | None = Field(None, description="rank of the evidence it stands in")
    assertion: Assertion = Field("present", exclude=True)
    start: int = Field(exclude=True, description="offset of the value in the record's text")
    end: int = Field(exclude=True)
    sentence: int = Field(exclude=True, description="index of the sentence it stands in")
    text: str = Field(exclude=True, description="the value as printed")
    notes: tuple[str, ...] = Field((), exclude=True, description="e.g. unit_missing, implausible, other_stay, planned")
    details: Details | None = Field(None, exclude=True, description="typed parts, of all kinds but lab, vital, allergy")


class Citation(Noun):
    """A place of the record that tells a value."""

    page: int
    start: int
    end: int
    sentence: int = Field(description="index of the sentence in the record")
    text: str = Field(description="the value as printed")


class TrendPoint(Noun):
    """One measurement of a series; `citations` are all places that tell it, the best proof first."""

    time: str | None
    value: float
    page: int
    flag: Flag | None = Field(None, exclude=True)
    start: int = Field(exclude=True)
    end: int = Field(exclude=True)
    citations: tuple[Citation, ...] = Field((), exclude=True)

    @property
    def pages(self) -> tuple[int, ...]:
        """Every page that tells the value, that of the best proof first."""
        return tuple(dict.fromkeys((self.page, *(citation.page for citation in self.citations))))


ApartReason = Literal[
    "other_stay", "other_person", "planned", "implausible", "other_unit", "unit_missing", "disputed", "not_a_number"
]


class ApartValue(Noun):
    """A value of the analyte that does not belong to the series, and why."""

    reason: ApartReason
    value: float | str
    unit: str | None
    time: str | None
    page: int
    start: int
    end: int
    text: str


class KidneyInjury(Noun):
    """The creatinine criterion of KDIGO 2012 computed from a series: arithmetic over printed values, no diagnosis.

    `stage` is None where the criterion is not met. `before` and `after` are the two measurements that meet it (those of
    the highest stage), or the two of the steepest rise. `rise` (umol/L) is the greatest within 48 hours, `ratio` the
    greatest to the lowest value of the 7 days before; None where no two measurements lie so close.
    """

    stage: Literal[1, 2, 3] | None
    before: TrendPoint
    after: TrendPoint
    rise: float | None
    ratio: float | None
    source: str


class Trend(Noun):
    """The series of one analyte over the stay, in one unit, in time order."""

    name: str
    display: str
    unit: str | None
    points: tuple[TrendPoint, ...]
    first: float
    last: float
    change: float
    change_pct: float | None = Field(description="null when the first value is 0")
    direction: Literal["up", "down", "stable"]
    reference: tuple[float | None, float | None] | None = Field(None, exclude=True)
    threshold: float | None = Field(None, exclude=True, description="percent from which the change counts as one")
    threshold_source: str = Field("", exclude=True)
    apart: tuple[ApartValue, ...] = Field((), exclude=True)
    kidney_injury: KidneyInjury | None = Field(None, exclude=True)

    @property
    def highest(self) -> TrendPoint:
        """The measurement with the greatest value, the first of equals."""
        return max(self.points, key=lambda point: point.value)

    @property
    def lowest(self) -> TrendPoint:
        """The measurement with the smallest value, the first of equals."""
        return min(self.points, key=lambda point: point.value)

    def plot(self, file: str | Path | None = None, *, language: Literal["zh", "en"] | None = None) -> "Chart":
        """The series as a picture: points with their pages, the reference band; written to `file` (.png, .svg) too.

        Raises:
            UsageError: matplotlib is not installed, or the file's ending is neither.
        """
        from emr_rerank.chart import plot_trends

        return plot_trends((self,), file, language=language)


class Conflict(Noun):
    """Sentences that can't all be true."""

    about: str = Field(description="matter:subject, e.g. allergy:penicillin")
    evidence: tuple[int, ...] = Field(description="ranks of the evidence on the two sides")
    label: str = Field("", exclude=True, description="what the matter is called, in the record's language")


class ModelNames(Noun):
    """What scored the answer."""

    reranker: str
    embedder: str
    rules: str = Field(description="sha256:… over the rule files in force")


class Timings(Noun):
    """Milliseconds spent a stage."""

    read: float = 0.0
    locate: float = 0.0
    rerank: float = 0.0
    facts: float = 0.0
    total: float = 0.0


class Answer(Noun):
    """The answer to one question about one record."""

    id: str | None = None
    question: str
    record_id: str
    status: Status
    message: str
    evidence: tuple[Evidence, ...] = ()
    rejected: tuple[Evidence, ...] = ()
    facts: tuple[Fact, ...] = ()
    trends: tuple[Trend, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    models: ModelNames
    timings_ms: Timings
    audit_id: str | None = None

    def __rich__(self) -> object:
        return display.answer_view(self)

    def _repr_html_(self) -> str:
        return display.answer_html(self)

    def plot(self, file: str | Path | None = None) -> "Chart":
        """The answer's series as a picture; see `Trend.plot`.

        Raises:
            UsageError: the answer has no series, matplotlib is not installed, or the file's ending is not known.
        """
        from emr_rerank.chart import plot_trends

        return plot_trends(self.trends, file, language=display.language_of(self.question))

    @model_serializer(mode="wrap")
    def _omit_id(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = handler(self)
        if self.id is None:
            data.pop("id", None)
        return data
