"""Scores the facts of laboratory results and vital signs against the hand-written gold: `python -m tests.gold.labs`."""

from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from emr_rerank.findings import Fact
from tests.facts.one_sentence import facts_of, record_of, table_of

FOLDER = Path(__file__).parent
KEPT_OUT = ("other_stay", "other_person", "planned")


class Stated(NamedTuple):
    """One result: what must be exact of it."""

    name: str
    value: float | str
    unit: str | None
    flag: str | None
    kept_out: str | None


class Score(NamedTuple):
    """Facts told exactly, left out, and told wrongly or beside the gold."""

    exact: int
    missed: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def share(self) -> float:
        """exact / (exact + missed + wrong): 1 only when nothing is left out and nothing added."""
        return self.exact / (self.exact + len(self.missed) + len(self.wrong))


def entries(name: str) -> list[dict[str, Any]]:
    """The entries of `NAME.yaml`."""
    return list(yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))


def score(*names: str, kind: str | None) -> Score:
    """The score over all entries of the files, for facts of one kind, or of labs and vitals together."""
    exact, missed, wrong = 0, list[str](), list[str]()
    for name in names:
        for entry in entries(name):
            gold = Counter(stated(line) for line in entry["facts"])
            found = Counter(_of(fact) for fact in read(entry) if fact.kind in (kind or ("lab", "vital")))
            place = f"{name}: {entry.get('text') or entry['row']}"
            for one in list(found):
                same = next((other for other in gold if gold[other] and _same(one, other)), None)
                while same and found[one] and gold[same]:
                    exact, found[one], gold[same] = exact + 1, found[one] - 1, gold[same] - 1
            missed += [f"{place}: {one}" for one in gold.elements()]
            wrong += [f"{place}: {one}" for one in found.elements()]
    return Score(exact, tuple(missed), tuple(wrong))


def read(entry: dict[str, Any]) -> tuple[Fact, ...]:
    """The facts that the program finds in an entry."""
    if "row" in entry:
        header, row = ([cell.strip() for cell in entry[part].split("|")] for part in ("header", "row"))
        return facts_of(table_of(header, [row]))
    text = entry["text"]
    return facts_of(record_of([text], language="zh" if any("一" <= sign <= "鿿" for sign in text) else "en"))


def stated(line: str) -> Stated:
    """A line of the gold."""
    name, value, unit, flag, kept_out = (line.split("|") + [""] * 4)[:5]
    return Stated(name, _number(value), unit or None, flag or None, kept_out or None)


def _of(fact: Fact) -> Stated:
    kept_out = next((note for note in KEPT_OUT if note in fact.notes), None)
    return Stated(fact.name, fact.value, fact.unit, fact.flag, kept_out)


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _same(one: Stated, other: Stated) -> bool:
    """Equal; converted numbers within 0.3 %, since the gold gives four digits of them."""
    if isinstance(one.value, float) and isinstance(other.value, float):
        close = abs(one.value - other.value) <= 0.003 * abs(other.value)
        return close and one._replace(value=0.0) == other._replace(value=0.0)
    return one == other


if __name__ == "__main__":
    for kind, files in (
        ("lab", ("labs.zh", "labs.en", "labs.rows")),
        ("vital", ("vitals",)),
        (None, ("labs.later",)),
        (None, ("labs.third",)),
    ):
        result = score(*files, kind=kind)
        count = sum(len(entries(name)) for name in files)
        print(*(f"  missed {line}" for line in result.missed), sep="\n")  # noqa: T201
        print(*(f"  wrong  {line}" for line in result.wrong), sep="\n")  # noqa: T201
        print(f"{kind or files[0]}: {count} texts and rows, {result.exact} facts exact, share {result.share:.4f}")  # noqa: T201
