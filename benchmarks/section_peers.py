"""The peers' section detectors, each in an interpreter that has it installed: texts in, labelled spans out."""

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
VERSIONS = {"openmed": "3.1.0", "medspacy": "1.3.1"}

CODES: Mapping[str, Mapping[str, set[str]]] = {
    "openmed": {
        "history_of_present_illness": {"present_illness", "chief_complaint"},
        "chief_complaint": {"chief_complaint"},
        "past_medical_history": {"past_history"},
        "history": {"past_history", "present_illness", "imaging_report"},
        "medications": {"medication_record", "discharge_medication"},
        "allergies": {"allergy_history"},
        "problem_list": {"past_history", "confirmed_diagnosis"},
        "social_history": {"personal_history", "family_history"},
        "family_history": {"family_history", "personal_history"},
        "review_of_systems": {"other"},
        "findings": {"imaging_report", "ecg_report", "operation_note"},
        "impression": {"imaging_report", "admission_diagnosis"},
        "technique": {"imaging_report", "operation_note"},
        "diagnosis": {"confirmed_diagnosis", "discharge_diagnosis", "admission_diagnosis", "pathology_report"},
        "assessment": {"admission_diagnosis"},
        "plan": {"treatment_plan"},
        "assessment_and_plan": {"treatment_plan"},
    },
    "medspacy": {
        "history_of_present_illness": {"present_illness"},
        "chief_complaint": {"chief_complaint"},
        "past_medical_history": {"past_history"},
        "medications": {"medication_record", "discharge_medication"},
        "allergy": {"allergy_history"},
        "allergies": {"allergy_history"},
        "problem_list": {"past_history", "confirmed_diagnosis"},
        "social_history": {"personal_history", "family_history"},
        "sexual_and_social_history": {"personal_history", "family_history"},
        "family_history": {"family_history", "personal_history"},
        "physical_exam": {"physical_exam"},
        "neurological": {"specialist_exam"},
        "imaging": {"auxiliary_exam", "imaging_report"},
        "labs_and_studies": {"auxiliary_exam"},
        "diagnoses": {"confirmed_diagnosis", "discharge_diagnosis", "admission_diagnosis"},
        "hospital_course": {"hospital_course"},
        "observation_and_plan": {"treatment_plan", "admission_diagnosis"},
        "patient_instructions": {"discharge_orders"},
        "patient_education": {"discharge_orders"},
        "reason_for_examination": {"chief_complaint", "imaging_report", "consultation"},
        "other": {"other"},
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
        call = [self.python, "-c", _SCRIPTS[self.name]]
        done = subprocess.run(call, input=json.dumps(texts), capture_output=True, text=True, check=True)
        answer = json.loads(done.stdout[done.stdout.index('{"spans"') :])
        return [[(label, start, end) for label, start, end in spans] for spans in answer["spans"]], answer["seconds"]


def available(name: str, python: str | None) -> Peer | None:
    """The peer, where the interpreter (this one by default) can import it; else None, and how to install it is told."""
    peer = Peer(name, python or sys.executable)
    probe = subprocess.run([peer.python, "-c", f"import {name}"], capture_output=True, check=False)
    if probe.returncode == 0:
        return peer
    venv = f"/tmp/{name}"
    print(
        f"{name}: not installed. python3 -m venv {venv} && {venv}/bin/pip install {name}=={VERSIONS[name]},"
        f" then --{name} {venv}/bin/python",
        file=sys.stderr,
    )
    return None
