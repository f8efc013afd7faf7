"""Names of drugs as printed: the catalogue's name with its concentration, salt, dosage form and trade name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from emr_rerank.rules.dosing import WordKind, drug_words
from emr_rerank.rules.drugs import drug_catalogue
from emr_rerank.rules.printed import fold_case


@dataclass(frozen=True)
class DrugName:
    """A printed name; offsets into the text. `id` is the catalogue's, else the name. `sure`: no other meaning."""

    id: str
    start: int
    end: int
    sure: bool
    listed: bool = True


@dataclass(frozen=True)
class _Extent:
    before: re.Pattern[str]
    behind: re.Pattern[str]
    unlisted: re.Pattern[str]
    lead: re.Pattern[str]
    blood: re.Pattern[str]


def drug_names(text: str, rules_dir: Path | None = None) -> tuple[DrugName, ...]:
    """Drugs named in a text, in reading order, without overlap; unlisted ones by dosage form and the dose behind it."""
    plain = fold_case(text)
    extent = _extent(rules_dir)
    names: list[DrugName] = []
    reached = 0
    for mention in drug_catalogue(rules_dir).find(plain):
        if mention.start < reached:
            continue
        before = extent.before.search(plain[max(reached, mention.start - 24) : mention.start])
        start = mention.start - len(before.group()) if before else mention.start
        behind = extent.behind.match(plain, mention.end)
        reached = behind.end() if behind else mention.end
        form = bool(behind and behind["form"])
        names.append(DrugName(mention.drug.id, start, reached, form or not mention.unsure))
    names.extend(_unlisted(text, plain, names, extent))
    return tuple(sorted(names, key=lambda name: name.start))


def _unlisted(text: str, plain: str, known: list[DrugName], extent: _Extent) -> Iterator[DrugName]:
    for found in extent.unlisted.finditer(plain):
        start, end = found.span("name")
        leads = list(extent.lead.finditer(plain, start, end))
        start = leads[-1].end() if leads else start
        if extent.blood.search(plain, start, end):
            continue
        if end - start - len(found["form"]) >= 2 and not any(name.start < end and start < name.end for name in known):
            yield DrugName(text[start:end].strip(), start, end, True, listed=False)


@lru_cache(maxsize=8)
def _extent(rules_dir: Path | None) -> _Extent:
    def words(kind: WordKind) -> str:
        return drug_words(kind, rules_dir)

    forms = words("form")
    return _Extent(
        before=re.compile(rf"(?:\d+(?:\.\d+)?\s?%\s?)?(?:{words('before')})*$"),
        behind=re.compile(
            rf"(?:\s?(?:{words('after')}))*(?:{words('adjective')})*(?P<form>\s?(?:{forms}))?"
            r"(?:\s?\((?:[^()\d]{1,14}|[^()\d]{0,6}\d{2}r)\))?"
        ),
        unlisted=re.compile(
            rf"(?P<name>[一-鿿α-ω()-]{{2,14}}?(?:{words('adjective')})*"
            rf"(?P<form>片|丸|(?:{forms})(?<=..[^片丸溶液])|(?:{forms})(?<=口服液|混悬液|注射液|滴眼液)))"
            r"(?=\s*\d+(?:\.\d+)?\s*(?:mg|g|ml|μg|ug|片|粒|袋|丸|支|u)(?![a-z]))"
        ),
        lead=re.compile(rf"{words('give')}|{words('plan')}|[()]"),
        blood=re.compile(words("blood")),
    )
