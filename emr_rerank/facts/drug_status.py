"""What is done with a drug that a sentence names: ordered, stopped, planned, taken at home, avoided, taken home."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from emr_rerank.findings import MedicationStatus
from emr_rerank.rules.dosing import WordKind, drug_words

Status = MedicationStatus

DISCHARGE = frozenset({"discharge_medication", "discharge_orders"})
HOME = frozenset(
    {"past_history", "present_illness", "personal_history", "chief_complaint", "family_history", "marital_history"}
)
PLANS = frozenset({"treatment_plan", "preoperative_summary", "informed_consent"})
LISTS = frozenset(
    {"discharge_medication", "medication_record", "treatment_plan", "orders", "anesthesia_record", "rescue_record"}
)
"""Sections in which a name alone is a medication."""
NO_LIST = frozenset({"allergy_history", "differential_diagnosis", "imaging_report", "pathology_report", "ecg_report"})
"""Sections in which a name without a dose is none."""
_CLAUSE = re.compile(r"[，,。；;\n\t]|\.(?=\s|$)")
_STOP = re.compile(r"[。；;\n\t]|\.(?=\s|$)")
_REACH = 160
"""How many characters a cue reaches at most."""
_PASSIVE = re.compile(r"\b(?:was|were|been|is|are)\s+$")
"""Before `stopped`: then the drug before it was stopped, not the one behind it."""
_GOES_FIRST: dict[str, Status] = {"avoid": "avoided", "plan": "planned", "home": "home"}
_KINDS: tuple[WordKind, ...] = ("avoid", "stop", "plan", "home", "give")


@dataclass(frozen=True)
class Cues:
    """What the words around a name say: the status, and whether any word says that a drug is meant at all."""

    status: Status | None
    spoken_of: bool


def default_status(section: str, *, row: bool) -> Status:
    """The status of a drug of which nothing else is said."""
    if section in DISCHARGE:
        return "discharge"
    if section in HOME or (section == "medication_record" and not row):
        return "home"
    return "planned" if section in PLANS else "ordered"


def cues_around(text: str, start: int, end: int, within: tuple[int, int], rules_dir: Path | None = None) -> Cues:
    """The cues before a name in its clause and behind it, `within` the drugs before and behind.

    The last of stopping and giving wins; avoiding, planning and taking at home go before giving.
    """
    clause = max(within[0], start - _REACH, 0)
    clause = max((stop.end() for stop in _CLAUSE.finditer(text, clause, start)), default=clause)
    kinds = [
        cue.lastgroup
        for cue in _before(rules_dir).finditer(text, clause, start)
        if not (cue.lastgroup == "stop" and _PASSIVE.search(text[clause : cue.start()]))
    ]
    stop = _CLAUSE.search(text, end)
    rest = text[end : min(within[1], stop.start() if stop else len(text))]
    if _behind("stop_after", rules_dir).search(rest):
        return Cues("stopped", True)
    if _behind("home_after", rules_dir).match(rest):
        return Cues("home", True)
    for kind, status in _GOES_FIRST.items():
        if kind in kinds:
            return Cues(status, True)
    if kinds and kinds[-1] == "stop":
        return Cues("stopped", True)
    return Cues(None, "give" in kinds[-1:] or bool(_behind("give_behind", rules_dir).match(rest)))


def conditional(text: str, start: int, rules_dir: Path | None = None) -> bool:
    """Whether a condition stands before the place in its sentence: 如体温超过38.5℃，予…"""
    begin = max(0, start - _REACH)
    begin = max((stop.end() for stop in _STOP.finditer(text, begin, start)), default=begin)
    return bool(re.search(drug_words("condition", rules_dir), text[begin:start]))


def means_else(text: str, end: int, rules_dir: Path | None = None) -> bool:
    """Whether what stands behind a name says that no drug given is meant: a level, an allergy, a skin test."""
    return bool(_behind("not_a_drug", rules_dir).match(text, end))


@lru_cache(maxsize=8)
def _before(rules_dir: Path | None) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{kind}>{drug_words(kind, rules_dir)})" for kind in _KINDS))


@lru_cache(maxsize=16)
def _behind(kind: WordKind, rules_dir: Path | None) -> re.Pattern[str]:
    words = drug_words(kind, rules_dir)
    return re.compile(words if kind == "stop_after" else rf"[\s\"”’]*(?:类|药物|治疗)?(?:{words})")
