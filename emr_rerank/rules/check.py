"""Validates the rule files of every purpose at once."""

from pathlib import Path

from emr_rerank.errors import RuleError
from emr_rerank.rules.allergens import Allergen, AllergyStatement
from emr_rerank.rules.analytes import Analyte, Lookalike
from emr_rerank.rules.captions import CaptionRule
from emr_rerank.rules.colloquial import ColloquialRule
from emr_rerank.rules.concepts import Concept
from emr_rerank.rules.conflicts import ConflictRule
from emr_rerank.rules.context import ContextRule
from emr_rerank.rules.dates import DateRule
from emr_rerank.rules.demographics import DemographicRule
from emr_rerank.rules.diagnoses import DiagnosisRule
from emr_rerank.rules.dosing import DoseUnit, DrugWords, Frequency, Route
from emr_rerank.rules.drugs import Drug, DrugClass
from emr_rerank.rules.evidence import EvidenceRule
from emr_rerank.rules.files import Rule, load_rules, shipped_folder
from emr_rerank.rules.glossary import GlossRule
from emr_rerank.rules.habits import HabitRule
from emr_rerank.rules.messages import Message
from emr_rerank.rules.past_diseases import HistoryWording, PastDisease
from emr_rerank.rules.procedures import Examination, ProcedureRule
from emr_rerank.rules.questions import QuestionRule
from emr_rerank.rules.running import RunningRule
from emr_rerank.rules.sections import SectionRule
from emr_rerank.rules.sentences import SentenceRule
from emr_rerank.rules.stay import SpecimenRule, StayRule
from emr_rerank.rules.tables import ColumnLabel
from emr_rerank.rules.units import Unit
from emr_rerank.rules.values import ValueWords
from emr_rerank.rules.vitals import VitalSign

SCHEMAS: dict[str, type[Rule]] = {
    "allergens": Allergen,
    "allergy_statements": AllergyStatement,
    "analytes": Analyte,
    "captions": CaptionRule,
    "colloquial": ColloquialRule,
    "concepts": Concept,
    "conflicts": ConflictRule,
    "context": ContextRule,
    "dates": DateRule,
    "demographics": DemographicRule,
    "diagnoses": DiagnosisRule,
    "dose_units": DoseUnit,
    "drug_classes": DrugClass,
    "drug_words": DrugWords,
    "drugs": Drug,
    "evidence": EvidenceRule,
    "examinations": Examination,
    "frequencies": Frequency,
    "glossary": GlossRule,
    "habits": HabitRule,
    "history_wording": HistoryWording,
    "lookalikes": Lookalike,
    "messages": Message,
    "past_diseases": PastDisease,
    "procedures": ProcedureRule,
    "questions": QuestionRule,
    "routes": Route,
    "running": RunningRule,
    "sections": SectionRule,
    "sentences": SentenceRule,
    "specimens": SpecimenRule,
    "stay": StayRule,
    "tables": ColumnLabel,
    "units": Unit,
    "values": ValueWords,
    "vitals": VitalSign,
}
"""The schema of each purpose; a rule file is named PURPOSE.yaml or PURPOSE.LANGUAGE.yaml."""


def check_rules(overrides: Path | None = None) -> dict[str, int]:
    """Number of rules in force by purpose.

    Raises:
        RuleError: a rule is wrong (names file, line and rule), or a file is of no known purpose.
    """
    counts = {purpose: len(load_rules(purpose, schema, overrides)) for purpose, schema in SCHEMAS.items()}
    for folder in filter(None, (shipped_folder(), overrides)):
        for file in sorted(folder.glob("*.y*ml")):
            if file.name.split(".")[0] not in SCHEMAS or file.suffix != ".yaml":
                raise RuleError(
                    f"{file}: no rules are read from a file of this name.",
                    f"Name it PURPOSE.yaml or PURPOSE.zh.yaml with one of: {', '.join(SCHEMAS)}.",
                )
    return counts
