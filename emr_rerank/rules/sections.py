"""Schema of `rules/sections.*.yaml`: the documents of an inpatient record and their parts.

Sources of the shipped rules: 病历书写基本规范 (China, Ministry of Health 2010), document and section names of WS/T 500
(电子病历共享文档规范), and for English the section names and LOINC codes of HL7 C-CDA.
"""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from emr_rerank.rules.files import Pattern, Rule, load_rules

SectionCode = Literal[
    "cover", "demographics", "chief_complaint", "present_illness", "past_history", "allergy_history",
    "personal_history", "marital_history", "menstrual_history", "family_history", "physical_exam",
    "specialist_exam", "auxiliary_exam", "lab_report", "imaging_report", "pathology_report", "ecg_report",
    "admission_note", "first_progress_note", "case_features", "differential_diagnosis", "admission_diagnosis",
    "confirmed_diagnosis", "treatment_plan", "progress_note", "ward_round", "shift_handover", "stage_summary",
    "consultation", "preoperative_summary", "operation_note", "anesthesia_record", "postoperative_note",
    "rescue_record", "transfer_note", "informed_consent", "orders", "nursing_record", "vital_signs_chart",
    "medication_record", "blood_transfusion", "discharge_summary", "admission_condition", "hospital_course",
    "discharge_condition", "discharge_diagnosis", "discharge_medication", "discharge_orders", "death_summary",
    "preamble", "other",
]  # fmt: skip
Where = Literal["own_line", "line_start", "inline", "clause", "dated", "large", "centred"]


class SectionRule(Rule):
    """How one heading is printed, what it opens and what it may hang under."""

    code: SectionCode
    level: Literal["document", "part", "stop", "hint"] = Field(
        "part",
        description="a stop closes the open parts; what follows is the document's own text. A hint opens and closes "
        "nothing: `rules show` reports the lines that it matches and no heading took",
    )
    titles: tuple[str, ...] = Field((), description="the heading's words; spaces between Chinese letters are allowed")
    pattern: Pattern | None = Field(
        None, description="further titles: matches a whole bare line, without spaces; of an inline rule: a clause start"
    )
    where: tuple[Where, ...] = Field(
        ("own_line", "line_start"),
        description="own_line: alone on its line; line_start: first on it, then a colon, bracket, tab or wide gap; "
        "inline: at any clause start, then a colon or `cue`, a pattern at a sentence start; clause: a pattern at any "
        "clause start; dated: alone on its line beside a date; "
        "large: alone on its line in letters a quarter larger than usual; centred: alone, centred and bold",
    )
    cue: Pattern | None = Field(None, description="what may follow the title instead of a colon")
    timed: bool = Field(False, description="a dated heading only where the date has a time of day")
    bare_after_number: bool = Field(False, description="a number before the title is cue enough")
    not_before: Pattern | None = Field(None, description="what must not follow the title")
    not_after: Pattern | None = Field(None, description="what must not stand before an inline title in its sentence")
    ends: tuple[SectionCode, ...] = Field(
        (), description="of an inline stop: the parts it ends when they began in the running text; else all inline ones"
    )
    parents: tuple[SectionCode, ...] = Field((), description="parts it hangs under when open; else the document")
    inside: tuple[SectionCode, ...] = Field((), description="further parts it hangs under when it stands inline")
    only_in: tuple[SectionCode, ...] = Field((), description="a heading only while one of these is open")
    not_in: tuple[SectionCode, ...] = Field((), description="no heading while one of these is open")
    repeats: bool = Field(False, description="printed again on top of its further pages; that opens nothing new")
    over: tuple[SectionCode, ...] = Field(
        (), description="documents that it is the page title over: on top of a page in one of them it opens nothing new"
    )
    closed: bool = Field(False, description="a form: its labels open no parts, except by rules that name it in only_in")
    author: bool = Field(False, description="of a stop: titles, best first, before the name of the document's author")
    date_labels: tuple[str, ...] = Field((), description="labels of the document's date, best first")
    date_cue: Pattern | None = Field(None, description="what follows the document's date in prose, where no label does")
    loinc: str | None = Field(None, description="LOINC code of the document or section")

    @model_validator(mode="after")
    def _has_words(self) -> "SectionRule":
        if not self.titles and self.pattern is None:
            raise ValueError("needs titles or a pattern")
        return self


def section_rules(overrides: Path | None = None) -> tuple[SectionRule, ...]:
    """The section rules in force, read once a folder: a hospital's own first, which take a title from shipped ones."""
    return _load(overrides)


@lru_cache(maxsize=8)
def _load(overrides: Path | None) -> tuple[SectionRule, ...]:
    rules = load_rules("sections", SectionRule, overrides)
    shipped = {rule.id for rule in load_rules("sections", SectionRule)}
    return tuple(sorted(rules, key=lambda rule: rule.id in shipped))
