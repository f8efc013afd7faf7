"""What a sentence tells of the drugs that a question asks for: a name, or something like one, and a figure."""

import re
from pathlib import Path

from emr_rerank.evidence.stated import detail
from emr_rerank.evidence.terms import lexicon
from emr_rerank.findings import Fact
from emr_rerank.record import Sentence
from emr_rerank.rules.evidence import role_pattern

_CLAUSE = re.compile(r"[^，,；;。、]*")


def names_drug(text: str, rules_dir: Path | None = None) -> bool:
    """Whether the text names a drug, not only a class of drugs (给予抗生素)."""
    known = lexicon(rules_dir).concepts
    named = (known.get(name) for name in known.named(text))
    return any(concept.group == "drug" and not concept.narrower for concept in named)


def may_name_drug(text: str, rules_dir: Path | None = None) -> bool:
    """Whether the text names a drug, or holds what looks like a name that the catalogue lacks (八珍颗粒)."""
    return bool(role_pattern("drug_like", rules_dir).search(text)) or names_drug(text, rules_dir)


def figure_behind(fact: Fact, sentence: Sentence) -> bool:
    """Whether the fact has a dose, or a figure (2.0静点) stands behind it in its clause."""
    clause = _CLAUSE.match(sentence.text, max(fact.end - sentence.start, 0))
    return detail(fact, "dose") is not None or bool(clause and re.search(r"\d", clause.group()))
