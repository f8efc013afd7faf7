"""Texts with known sections: gold fragments, real Chinese records, English notes made of MTS-Dialog sections."""

import hashlib
import io
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate

from benchmarks.real.dataset import load_records
from benchmarks.real.render import render_all
from benchmarks.real.scoring import squeeze
from benchmarks.real.sections import expected, load_truth
from emr_rerank import Record, read_record
from tests.gold.section_fragments import fragments

_NOTE = 8
"""sections a note"""

MTS_FILE = "mts_dialog_sections.jsonl"
HEADERS: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "FAM/SOCHX": (
        ("FAMILY AND SOCIAL HISTORY", "SOCIAL HISTORY", "FAMILY HISTORY"),
        {"family_history", "personal_history"},
    ),
    "GENHX": (("HISTORY OF PRESENT ILLNESS", "HPI", "PRESENT ILLNESS"), {"present_illness"}),
    "PASTMEDICALHX": (("PAST MEDICAL HISTORY", "MEDICAL HISTORY", "PMH"), {"past_history"}),
    "CC": (("CHIEF COMPLAINT", "CC", "REASON FOR VISIT"), {"chief_complaint"}),
    "PASTSURGICAL": (("PAST SURGICAL HISTORY", "SURGICAL HISTORY", "PSH"), {"past_history"}),
    "ALLERGY": (("ALLERGIES", "DRUG ALLERGIES", "ALLERGY"), {"allergy_history"}),
    "ROS": (("REVIEW OF SYSTEMS", "ROS", "SYSTEMS REVIEW"), {"other"}),
    "MEDICATIONS": (("MEDICATIONS", "CURRENT MEDICATIONS", "HOME MEDICATIONS"), {"medication_record"}),
    "ASSESSMENT": (("ASSESSMENT", "IMPRESSION", "CLINICAL IMPRESSION"), {"admission_diagnosis"}),
    "EXAM": (("PHYSICAL EXAMINATION", "PHYSICAL EXAM", "EXAMINATION"), {"physical_exam"}),
    "DIAGNOSIS": (("DIAGNOSIS", "DIAGNOSES", "FINAL DIAGNOSIS"), {"confirmed_diagnosis"}),
    "DISPOSITION": (("DISPOSITION", "DISCHARGE DISPOSITION", "CONDITION AT DISCHARGE"), {"discharge_condition"}),
    "PLAN": (("PLAN", "TREATMENT PLAN", "RECOMMENDATIONS"), {"treatment_plan"}),
    "EDCOURSE": (
        ("EMERGENCY DEPARTMENT COURSE", "ED COURSE", "COURSE IN THE EMERGENCY DEPARTMENT"),
        {"hospital_course"},
    ),
    "IMMUNIZATIONS": (("IMMUNIZATIONS", "IMMUNIZATION HISTORY", "VACCINATIONS"), {"past_history"}),
    "IMAGING": (("IMAGING", "RADIOLOGY", "DIAGNOSTIC IMAGING"), {"auxiliary_exam"}),
    "GYNHX": (("GYNECOLOGIC HISTORY", "OB/GYN HISTORY", "MENSTRUAL HISTORY"), {"menstrual_history"}),
    "PROCEDURES": (("PROCEDURES", "PROCEDURES PERFORMED", "PROCEDURE"), {"operation_note"}),
    "OTHER_HISTORY": (("OTHER HISTORY", "ADDITIONAL HISTORY", "PERTINENT HISTORY"), {"past_history", "other"}),
    "LABS": (("LABORATORY DATA", "LABS", "LAB RESULTS"), {"auxiliary_exam"}),
}
"""MTS-Dialog label → headings that such sections are usually printed under, and the codes that are right for it."""


@dataclass(frozen=True)
class Truth:
    """A section of a text: codes that are right for it, and its span in the text without white space."""

    codes: frozenset[str]
    start: int
    end: int


@dataclass(frozen=True)
class Sample:
    """A text as it was read, and its sections."""

    record: Record
    truth: tuple[Truth, ...]


def gold(language: str) -> list[Sample]:
    """The gold fragments of one language."""
    return [
        Sample(one.record(), tuple(Truth(frozenset({s.code}), s.start, s.end) for s in one.sections))
        for one in fragments(language)
    ]


def real(folder: Path, layout: str) -> tuple[list[Sample], list[Sample]]:
    """The real records in one layout, once with their printed and once with their inline parts."""
    records = load_records(folder)
    truth = load_truth(records)
    samples: tuple[list[Sample], list[Sample]] = ([], [])
    with tempfile.TemporaryDirectory(prefix="emr-rerank-sections-") as made:
        pdfs = render_all(records, layout, Path(made))
        for one in records:
            read = read_record(pdfs[one.id])
            for own, spans in zip(samples, expected(one, squeeze(read.text), truth[one.id]), strict=True):
                own.append(Sample(read, tuple(Truth(frozenset({s.code}), s.start, s.end) for s in spans)))
    return samples


def mts(folder: Path) -> list[Sample]:
    """English notes: eight MTS-Dialog sections each under usual headings, printed as a PDF and read.

    Every second note prints its headings alone on their lines, the others with a colon before the text.
    """
    rows = [json.loads(line) for line in (folder / MTS_FILE).read_text(encoding="utf-8").splitlines()]
    samples = []
    with tempfile.TemporaryDirectory(prefix="emr-rerank-sections-") as made:
        for number, at in enumerate(range(0, len(rows), _NOTE)):
            parts = list(_headed(rows[at : at + _NOTE]))
            pdf = Path(made) / f"note{number}.pdf"
            pdf.write_bytes(_print(parts, alone=number % 2 == 0))
            samples.append(_located(read_record(pdf), parts))
    return samples


def _headed(rows: Sequence[dict[str, str]]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """(heading, text, right codes) of each section; the heading is chosen by a hash of the text."""
    for row in rows:
        headings, codes = HEADERS[row["section"]]
        chosen = int(hashlib.sha256(row["text"].encode()).hexdigest(), 16) % len(headings)
        yield headings[chosen], " ".join(row["text"].split()), frozenset(codes)


def _print(parts: Sequence[tuple[str, str, frozenset[str]]], *, alone: bool) -> bytes:
    style = getSampleStyleSheet()["BodyText"]
    story = [Paragraph("HISTORY AND PHYSICAL", getSampleStyleSheet()["Title"])]
    for heading, text, _ in parts:
        if alone:
            story += [Paragraph(heading, style), Paragraph(escape(text), style)]
        else:
            story.append(Paragraph(f"{heading}: {escape(text)}", style))
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4, invariant=1).build(story)
    return buffer.getvalue()


def _located(record: Record, parts: Sequence[tuple[str, str, frozenset[str]]]) -> Sample:
    """Where the sections stand in the text that was read; one that can't be found stands at -1."""
    text, at = squeeze(record.text), len("HISTORYANDPHYSICAL")
    truth = []
    for heading, body, codes in parts:
        start = text.find(squeeze(heading), at)
        end = text.find(squeeze(body), start + len(squeeze(heading))) + len(squeeze(body)) if start >= 0 else -1
        located = start == at and end > start
        truth.append(Truth(codes, start, end) if located else Truth(codes, -1, -1))
        at = end if located else at
    return Sample(record, tuple(truth))
