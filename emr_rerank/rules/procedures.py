"""Schemas of `rules/procedures.*.yaml` and `rules/examinations.yaml`."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from emr_rerank.rules.files import Pattern, Rule, load_rules
from emr_rerank.rules.names import any_name, any_word
from emr_rerank.rules.printed import fold_case

ProcedureKind = Literal[
    "tail", "lead", "abbreviation", "operation", "context", "label", "label_planned", "date", "anaesthesia_label",
    "healing_label", "anaesthesia", "healing", "planned", "product", "transfusion", "abo", "rh",
]  # fmt: skip
ExaminationKind = Literal[
    "modality", "region", "exam", "aspect", "conclusion", "findings", "marker", "negative",
]  # fmt: skip


class ProcedureRule(Rule):
    """Words or a pattern; the kinds are explained at the top of procedures.zh.yaml."""

    kind: ProcedureKind
    shown: str | None = None
    words: tuple[str, ...] = ()
    pattern: Pattern | None = None

    @model_validator(mode="after")
    def _complete(self) -> "ProcedureRule":
        if bool(self.words) == bool(self.pattern):
            raise ValueError("needs words or a pattern, not both")
        return self


class Examination(Rule):
    """A modality, a region, an examination or words around them; explained at the top of examinations.yaml."""

    kind: ExaminationKind
    shown: str | None = None
    display_zh: str | None = None
    words: tuple[str, ...]


class Examinations:
    """Finds names of examinations: one id for each modality and region."""

    def __init__(self, rules: tuple[Examination, ...]) -> None:
        self._ids = {
            kind: {fold_case(word): rule.shown or rule.id for rule in rules if rule.kind == kind for word in rule.words}
            for kind in ("modality", "region", "exam")
        }

        def words(kind: str) -> str:
            return any_name(sorted({fold_case(word) for rule in rules if rule.kind == kind for word in rule.words}))

        modality, region, exam = (any_word(sorted(self._ids[kind])) for kind in ("modality", "region", "exam"))
        aspect = rf"(?:\s*{words('aspect')}\s*)*"
        place = rf"{aspect}(?P<region>{region})?\s*{aspect}(?P<modality>{modality})"
        behind = rf"(?:\s*{aspect}(?:of (?:the )?)?(?P<behind>{region}))?{aspect}"
        self.name = re.compile(f"(?P<exam>{exam})|{place}{behind}")
        aside = r"(?:\s*[(（][^()（）]{0,24}[)）])?"
        self.lead = re.compile(
            rf"(?:检查)?{aside}\s*(?:(?:\s*[:：]\s*|\s*{words('marker')}\s*[:：]?\s*|提示\s*)+|(?={words('negative')}))"
        )
        self.conclusion = re.compile(rf"\s*(?:{words('conclusion')})\s*[:：]\s*")
        self.other_part = re.compile(rf"\s*(?:{words('findings')})\s*[:：]")
        self.conclusions = {fold_case(word) for rule in rules if rule.kind == "conclusion" for word in rule.words}

    def id_of(self, found: re.Match[str]) -> str:
        """The id of a match of `name`."""
        if found["exam"]:
            return self._ids["exam"][found["exam"]]
        modality = self._ids["modality"][found["modality"]]
        region = found["region"] or found["behind"]
        if not region:
            return modality
        name = self._ids["region"][region]
        return "echocardiography" if (modality, name) == ("ultrasound", "cardiac") else f"{modality}_{name}"


@lru_cache(maxsize=8)
def examinations(overrides: Path | None = None) -> Examinations:
    """The examinations in force. Raises RuleError."""
    return Examinations(load_rules("examinations", Examination, overrides))


@lru_cache(maxsize=128)
def procedure_pattern(kind: ProcedureKind, overrides: Path | None = None) -> re.Pattern[str]:
    """One pattern of all patterns and words of a kind; `(?i)` of a rule reaches over that rule alone."""
    rules = [rule for rule in load_rules("procedures", ProcedureRule, overrides) if rule.kind == kind]
    ways = []
    for place, rule in enumerate(rules):
        if rule.pattern:
            plain = rule.pattern.removeprefix("(?i)")
            plain = re.sub(r"\?P<(value2?|name)>", rf"?P<\g<1>_{place}>", plain)
            ways.append(
                f"(?i:{plain})" if rule.pattern != plain and rule.pattern.startswith("(?i)") else f"(?:{plain})"
            )
    words = sorted((word for rule in rules for word in rule.words), key=len, reverse=True)
    ways += [f"(?i:{'|'.join(map(re.escape, words))})"] if words else []
    return re.compile("|".join(ways) or r"(?!)")


def named(found: re.Match[str], group: str) -> str | None:
    """What a numbered group of `procedure_pattern` matched: `value` stands for value and value2 of any rule."""
    return next((text for name, text in found.groupdict().items() if text and name.startswith(group)), None)


@lru_cache(maxsize=8)
def blood_products(overrides: Path | None = None) -> tuple[re.Pattern[str], dict[str, str]]:
    """(pattern over folded lower-case text, printed form → id of the product)."""
    rules = [rule for rule in load_rules("procedures", ProcedureRule, overrides) if rule.kind == "product"]
    ids = {fold_case(word): rule.shown or rule.id for rule in rules for word in rule.words}
    return re.compile(any_name(ids)), ids
