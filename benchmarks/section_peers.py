"""The peers' section detectors, each in an interpreter of its own that has it installed: texts in, labelled spans out."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Spans = list[tuple[str, int, int]]
"""(label, start, end) of each section of a text, half-open character offsets."""

_SCRIPTS = {
    "openmed": """
import json, sys, time
from openmed.clinical.sections.detect import detect_sections
texts = json.load(sys.stdin)
detect_sections("Plan: rest")
began = time.perf_counter()
found = [[(s["label"], s["start"], s["end"]) for s in detect_sections(t, include_unsectioned=False)] for t in texts]
json.dump({"spans": found, "seconds": time.perf_counter() - began}, sys.stdout)
""",
    "medspacy": """
import json, sys, time
import spacy, medspacy
from medspacy.section_detection import Sectionizer
texts = json.load(sys.stdin)
nlp = spacy.blank("en")
nlp.add_pipe("medspacy_sectionizer")
nlp("Plan: rest")
began, found = time.perf_counter(), []
for text in texts:
    doc = nlp(text)
    def at(token):
        return doc[token].idx if token < len(doc) else len(text)
    found.append([(s.category, at(s.section_span[0]), at(s.section_span[1])) for s in doc._.sections if s.category])
json.dump({"spans": found, "seconds": time.perf_counter() - began}, sys.stdout)
""",
}
INSTALL = {
    "openmed": "python3 -m venv /tmp/openmed && /tmp/openmed/bin/pip install openmed==3.1.0, then --openmed /tmp/openmed/bin/python",
    "medspacy": "python3 -m venv /tmp/medspacy && /tmp/medspacy/bin/pip install medspacy==1.3.1, then --medspacy /tmp/medspacy/bin/python",
}  # fmt: skip

CODES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "openmed": {
        "history_of_present_illness": frozenset({"present_illness", "chief_complaint"}),
        "chief_complaint": frozenset({"chief_complaint"}),
        "past_medical_history": frozenset({"past_history"}),
        "history": frozenset({"past_history", "present_illness", "imaging_report"}),
        "medications": frozenset({"medication_record", "discharge_medication"}),
        "allergies": frozenset({"allergy_history"}),
        "problem_list": frozenset({"past_history", "confirmed_diagnosis"}),
        "social_history": frozenset({"personal_history", "family_history"}),
        "family_history": frozenset({"family_history", "personal_history"}),
        "review_of_systems": frozenset({"other"}),
        "findings": frozenset({"imaging_report", "ecg_report", "operation_note"}),
        "impression": frozenset({"imaging_report", "admission_diagnosis"}),
        "technique": frozenset({"imaging_report", "operation_note"}),
        "diagnosis": frozenset({"confirmed_diagnosis", "discharge_diagnosis", "admission_diagnosis", "pathology_report"}),
        "assessment": frozenset({"admission_diagnosis"}),
        "plan": frozenset({"treatment_plan"}),
        "assessment_and_plan": frozenset({"treatment_plan"}),
    },
    "medspacy": {
        "history_of_present_illness": frozenset({"present_illness"}),
        "chief_complaint": frozenset({"chief_complaint"}),
        "past_medical_history": frozenset({"past_history"}),
        "medications": frozenset({"medication_record", "discharge_medication"}),
        "allergy": frozenset({"allergy_history"}),
        "allergies": frozenset({"allergy_history"}),
        "problem_list": frozenset({"past_history", "confirmed_diagnosis"}),
        "social_history": frozenset({"personal_history", "family_history"}),
        "sexual_and_social_history": frozenset({"personal_history", "family_history"}),
        "family_history": frozenset({"family_history", "personal_history"}),
        "physical_exam": frozenset({"physical_exam"}),
        "neurological": frozenset({"specialist_exam"}),
        "imaging": frozenset({"auxiliary_exam", "imaging_report"}),
        "labs_and_studies": frozenset({"auxiliary_exam"}),
        "diagnoses": frozenset({"confirmed_diagnosis", "discharge_diagnosis", "admission_diagnosis"}),
        "hospital_course": frozenset({"hospital_course"}),
        "observation_and_plan": frozenset({"treatment_plan", "admission_diagnosis"}),
        "patient_instructions": frozenset({"discharge_orders"}),
        "patient_education": frozenset({"discharge_orders"}),
        "reason_for_examination": frozenset({"chief_complaint", "imaging_report", "consultation"}),
        "other": frozenset({"other"}),
    },
}
"""Which of our codes a peer's label may stand for, read in the peer's favour."""


@dataclass(frozen=True)
class Peer:
    """A peer that can be run: its name and the interpreter that has it."""

    name: str
    python: str

    def detect(self, texts: Sequence[str]) -> tuple[list[Spans], float]:
        """The sections of each text, and the seconds that took without starting up."""
        done = subprocess.run(
            [self.python, "-c", _SCRIPTS[self.name]], input=json.dumps(texts), capture_output=True, text=True, check=True
        )
        answer = json.loads(done.stdout[done.stdout.index('{"spans"') :])
        return [[(label, start, end) for label, start, end in spans] for spans in answer["spans"]], answer["seconds"]


def available(name: str, python: str | None) -> Peer | None:
    """The peer, where the interpreter (this one by default) can import it; else None, and how to install it is told."""
    peer = Peer(name, python or sys.executable)
    probe = subprocess.run([peer.python, "-c", f"import {name}"], capture_output=True, check=False)
    if probe.returncode == 0:
        return peer
    print(f"{name}: not installed. {INSTALL[name]}", file=sys.stderr)
    return None


