"""Questions with the sentences that prove their answer and close ones that do not, from the bank in training/bank.

    python -m training.generate WORK [--groups 60000] [--seed 7]     writes WORK/groups.{train,held}.jsonl

A group is one question, its positives (none in one group of seven: the record holds no answer) and hard negatives: the
same words about another analyte, drug or lesion, of a relative, planned, in advice and in consent forms, and sentences
of other matters. Question and sentence are of one language or of two. One wording in
six, and six intents whole, are held out: they are never trained on.
"""

import argparse
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

BANK = Path(__file__).parent / "bank"
HELD_INTENTS = frozenset({"edema_fluid", "rehab", "score", "skin_test", "bleeding", "family_history"})
HELD_EVERY = 6
NO_ANSWER = 1 / 7
OTHER_LANGUAGE = 0.3
NEGATIVES = 7
FAMILIES = (
    ("lab_value", "lab_change", "lab_abnormal", "lab_panel"),
    ("lab_panel", "infection_signs", "ef", "drug_sensitivity", "culture", "blood_type", "exam_result"),
    ("culture", "drug_sensitivity", "infection_signs", "vaccine_infect"),
    ("home_drugs", "drug_given", "drug_dose", "drug_start_stop", "antibiotics", "class_drug", "treatment",
     "outside_treatment", "discharge_drugs", "consultation", "ward_round", "plan_next", "response", "adverse", "fluid",
     "discharge_advice", "follow_up"),
    ("operation_what", "operation_when", "operation_findings", "anesthesia", "blood_loss", "drains", "wound", "postop",
     "preop", "past_operation", "device", "transfusion", "treatment", "bleeding"),
    ("main_diagnosis", "admission_diagnosis", "differential", "complication_dx", "diagnosis_basis", "past_disease",
     "past_all", "preop", "consultation", "ward_round", "infection_signs"),
    ("chief_complaint", "onset_duration", "symptom_present", "symptom_now", "symptom_character", "response",
     "discharge_condition", "postop", "bleeding", "trauma_history", "diagnosis_basis"),
    ("exam_result", "exam_when", "exam_done", "ef", "lesion_size", "lesion_site", "pathology", "edema_fluid", "device",
     "diagnosis_basis", "outside_treatment", "treatment", "physical_all"),
    ("sign", "physical_all", "vital_admission", "vital_discharge", "vital_max", "score", "wound", "mental", "rehab"),
    ("admission_date", "insurance_admin", "discharge_condition", "doctor"),
    ("smoking", "alcohol", "personal"),
    ("marital", "menstrual", "pregnancy"),
    ("allergy", "skin_test", "adverse"),
    ("nursing", "diet_order", "rehab", "intake_output", "isolation_critical"),
)  # fmt: skip
"""Intents whose sentences may answer each other's questions; none lends another its negatives."""
DOCTORS = ("陆明远", "顾晓岚", "沈一鸣", "程若水", "温景行")
DOCTORS_EN = ("Harlow", "Whitby", "Ferris", "Calder")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SLOT = re.compile(r"\{(?P<kind>[a-z_]+?)(?P<which>\d?)(?:\.(?P<field>[a-z_]+))?\}")


@dataclass(frozen=True)
class Intent:
    """One thing that is asked: its wordings, its proofs and its traps."""

    id: str
    zh: tuple[str, ...]
    en: tuple[str, ...]
    proves: tuple[str, ...]
    traps: tuple[str, ...]
    by_class: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def slots(self) -> frozenset[str]:
        """Kinds of things that the wordings name."""
        return frozenset(found["kind"] for text in (*self.zh, *self.en) for found in _SLOT.finditer(text))

    def proofs(self, question: str) -> tuple[str, ...]:
        """The proofs that fit the wording: of `proves_by_class`, those of the first class whose words it holds."""
        if not self.by_class:
            return self.proves
        return next((row[2:] for row in self.by_class if re.search(f"{row[0]}|{row[1]}", question, re.IGNORECASE)), ())

    @cached_property
    def every_proof(self) -> tuple[str, ...]:
        """The proofs of all wordings."""
        return (*self.proves, *(proof for row in self.by_class for proof in row[2:]))


class Filler:
    """Fills braces; within one group a slot keeps its entry, so that question and sentences speak of one thing."""

    def __init__(self, slots: dict[str, list[dict[str, Any]]], chance: random.Random) -> None:
        self._slots, self._chance = slots, chance
        self._chosen: dict[str, dict[str, Any]] = {}

    def fill(self, text: str) -> str:
        """The text with every brace filled in its own language."""
        language = "zh" if _HAN.search(_SLOT.sub("", text).partition(" | ")[2] or _SLOT.sub("", text)) else "en"
        if not re.search(r"[A-Za-z\u4e00-\u9fff]", _SLOT.sub("", text)):
            language = self._chance.choice(("zh", "en"))
        return _SLOT.sub(lambda found: self._value(found, language), text)

    def names(self, kind: str) -> tuple[str, ...]:
        """Every form of the thing that the group is about."""
        entry = self._chosen.get(kind)
        return (*entry["zh"], *entry["en"]) if entry else ()

    def _value(self, found: re.Match[str], language: str) -> str:
        kind, which, field = found["kind"], found["which"], found["field"]
        chance = self._chance
        if kind == "num":
            return str(chance.choice([chance.randint(20, 300), round(chance.uniform(1, 20), 1)]))
        if kind == "date":
            month, day = chance.randint(1, 12), chance.randint(1, 28)
            return chance.choice([f"{month}月{day}日", f"2026-{month:02d}-{day:02d}", f"{month}.{day}"])
        if kind in ("doctor", "doctor_en"):
            return chance.choice(DOCTORS if kind == "doctor" else DOCTORS_EN)
        entry = self._entry(kind, which)
        if field:
            value = entry.get(field) or entry.get(field + "s") or entry.get("zh")
            return str(chance.choice(value) if isinstance(value, list) else value)
        forms = entry[language]
        return str(forms[0] if chance.random() < 0.6 else chance.choice(forms))

    def _entry(self, kind: str, which: str) -> dict[str, Any]:
        key = kind + which
        if key not in self._chosen:
            taken = [entry["zh"][0] for name, entry in self._chosen.items() if name.rstrip("23") == kind]
            free = [entry for entry in self._slots[kind] if entry["zh"][0] not in taken]
            self._chosen[key] = self._chance.choice(free)
        return self._chosen[key]


def intents() -> tuple[Intent, ...]:
    """Every intent of the bank, with the further wordings of wordings.yaml."""
    more: dict[str, dict[str, list[str]]] = yaml.safe_load((BANK / "wordings.yaml").read_text("utf-8"))["wordings"]
    entries = [
        entry
        for file in sorted(BANK.glob("intents_*.yaml"))
        for entry in yaml.safe_load(file.read_text("utf-8"))["intents"]
    ]
    return tuple(
        Intent(
            id=entry["id"],
            zh=(*entry["zh"], *more[entry["id"]]["zh"]),
            en=(*entry["en"], *more[entry["id"]]["en"]),
            proves=tuple(entry.get("proves", ())),
            traps=tuple(entry["traps"]),
            by_class=tuple(map(tuple, entry.get("proves_by_class", ()))),
        )
        for entry in entries
    )  # fmt: skip


def wordings(intent: Intent, *, held: bool) -> tuple[str, ...]:
    """The questions of an intent that are trained on, or those that are held out."""
    every = (*intent.zh, *intent.en)
    if intent.id in HELD_INTENTS:
        return every if held else ()
    return tuple(text for place, text in enumerate(every) if (place % HELD_EVERY == HELD_EVERY - 1) == held)


def group(
    intent: Intent,
    question: str,
    bank: tuple[Intent, ...],
    chance: random.Random,
    *,
    others: int = 4,
    most: int = NEGATIVES,
) -> dict[str, Any]:
    """One group of this question, with at most so many negatives, so many of them of other matters."""
    slots = yaml_slots()
    filler = Filler(slots, chance)
    asked = filler.fill(question)
    chinese = bool(_HAN.search(asked))
    proofs = [filler.fill(text) for text in _of_language(intent.proofs(question), chinese, chance)]
    chance.shuffle(proofs)
    positives = [] if chance.random() < NO_ANSWER else proofs[: chance.choice((1, 1, 2))]
    traps = [filler.fill(text) for text in chance.sample(intent.traps, min(len(intent.traps), 4))]
    traps += _other_things(intent, question, chance)
    traps += _other_classes(intent, question, filler, chance)
    traps += _other_matters(intent, filler, bank, chance, others)
    negatives = [text for text in dict.fromkeys(traps) if text not in positives][:most]
    return {"intent": intent.id, "question": asked, "positives": positives, "negatives": negatives}


def _of_language(texts: tuple[str, ...], chinese: bool, chance: random.Random) -> list[str]:
    """Mostly sentences of the question's language."""
    if chance.random() < OTHER_LANGUAGE:
        chinese = not chinese
    same = [text for text in texts if bool(_HAN.search(text)) == chinese]
    return same or list(texts)


def _other_things(intent: Intent, question: str, chance: random.Random) -> list[str]:
    """Proofs of the same intent for another analyte, drug or lesion, where the question names one."""
    asked = {found["kind"] for found in _SLOT.finditer(question)} & {
        "analyte", "symptom", "disease", "drug", "exam", "sign", "vital", "specimen", "allergen", "department",
    }  # fmt: skip
    if not asked:
        return []
    texts = [text for text in intent.proves if any(f"{{{kind}}}" in text for kind in asked)]
    swapped = [re.sub(r"\{(" + "|".join(asked) + r")(2?)([.}])", r"{\g<1>3\g<3>", text) for text in texts]
    return [Filler(yaml_slots(), chance).fill(text) for text in chance.sample(swapped, min(len(swapped), 2))]


def _other_classes(intent: Intent, question: str, filler: Filler, chance: random.Random) -> list[str]:
    """Proofs of the intent's other classes: the drain's output is no urine output."""
    fits = intent.proofs(question)
    others = [proof for proof in intent.every_proof if proof not in fits] if intent.by_class else []
    return [filler.fill(text) for text in chance.sample(others, min(len(others), 2))]


def _other_matters(
    intent: Intent, filler: Filler, bank: tuple[Intent, ...], chance: random.Random, count: int
) -> list[str]:
    """Sentences of other intents that can't answer this one and do not name what it asks for."""
    near = {intent.id} | {name for family in FAMILIES if intent.id in family for name in family}
    named = [form.lower() for kind in intent.slots for form in filler.names(kind)]
    found: list[str] = []
    for other in chance.sample([each for each in bank if each.id not in near], count):
        text = Filler(yaml_slots(), chance).fill(chance.choice(other.every_proof))
        if not any(form in text.lower() for form in named):
            found.append(text)
    return found


_slots: dict[str, list[dict[str, Any]]] = {}


def yaml_slots() -> dict[str, list[dict[str, Any]]]:
    """What fills the braces."""
    if not _slots:
        _slots.update(yaml.safe_load((BANK / "slots.yaml").read_text("utf-8")))
    return _slots


def groups(count: int, *, held: bool, seed: int, others: int = 4, most: int = NEGATIVES) -> Iterator[dict[str, Any]]:
    """`count` groups, every intent as often as it has wordings, from a fixed seed; sizes as in `group`."""
    chance = random.Random(f"{seed} {held}")
    bank = intents()
    asked = [(intent, question) for intent in bank for question in wordings(intent, held=held)]
    for place in range(count):
        if place % len(asked) == 0:
            chance.shuffle(asked)
        intent, question = asked[place % len(asked)]
        yield group(intent, question, bank, chance, others=others, most=most)


def main() -> None:
    """Write the groups."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--groups", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    for name, count, held in (("train", arguments.groups, False), ("held", arguments.groups // 30, True)):
        file = arguments.work / f"groups.{name}.jsonl"
        with file.open("w", encoding="utf-8") as out:
            for each in groups(count, held=held, seed=arguments.seed):
                out.write(json.dumps(each, ensure_ascii=False) + "\n")
        print(f"{file}: {count} groups")


if __name__ == "__main__":
    main()
