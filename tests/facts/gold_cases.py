"""Reads the gold of tests/gold and builds the record of one case."""

from pathlib import Path
from typing import Any

import yaml

from emr_rerank.findings import Fact
from emr_rerank.record import Record
from tests.facts.one_sentence import facts_of, record_of, table_of

GOLD = Path(__file__).parents[1] / "gold"
Case = dict[str, Any]


def gold_cases(subject: str) -> list[tuple[str, Case]]:
    """(file.id, case) of both languages."""
    cases = []
    for language in ("zh", "en"):
        data = yaml.safe_load((GOLD / f"{subject}.{language}.yaml").read_text(encoding="utf-8"))
        cases += [(f"{subject}.{language}.{case['id']}", case) for case in data["cases"]]
    return cases


def record_of_case(name: str, case: Case) -> Record:
    """A record that holds the case alone: a sentence in its section, or a row of a table."""
    section = case.get("section", "progress_note")
    language = "en" if ".en." in name else "zh"
    if "row" in case:
        record = table_of(case["header"], [case["row"]])
        sentences = [each.model_copy(update={"section_code": section}) for each in record.sentences]
        return record.model_copy(update={"sentences": tuple(sentences), "language": language})
    record = record_of([case["text"]], section=section, language=language)
    path = (case.get("title", "病程记录"),)
    sentences = [each.model_copy(update={"section_path": path}) for each in record.sentences]
    return record.model_copy(update={"sentences": tuple(sentences)})


def facts_of_case(name: str, case: Case) -> tuple[Fact, ...]:
    """The facts of a case; their offsets are checked on the way."""
    return facts_of(record_of_case(name, case))


def score(found: dict[str, list[str]], wanted: dict[str, list[str]]) -> tuple[float, float, list[str]]:
    """(recall, precision, misses as `case: - wanted` and `case: + found`) over all cases."""
    hits, misses = 0, []
    for name, facts in wanted.items():
        left = list(found[name])
        for fact in facts:
            if fact in left:
                left.remove(fact)
                hits += 1
            else:
                misses.append(f"{name}: - {fact}")
        misses += [f"{name}: + {fact}" for fact in left]
    total = sum(map(len, wanted.values()))
    made = sum(map(len, found.values()))
    return hits / total, hits / made, misses
