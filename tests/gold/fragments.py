"""Reads the gold fragments: plain text beside what the markup says of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent / "fragments"
ASSERTIONS = {
    "P": "present",
    "A": "absent",
    "?": "possible",
    "C": "conditional",
    "H": "historical",
    "F": "family",
}
_MARKS = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}|¶(?:\((null|[\dT:-]+)\))?")
DOCUMENT = "document"


@dataclass(frozen=True)
class Mention:
    """A marked stretch and what it is: an assertion, or the ISO day (None: no day can be told) of a date."""

    start: int
    end: int
    label: str | None


@dataclass(frozen=True)
class SentenceEnd:
    """Where a sentence ends and its day: ISO, None, or `DOCUMENT` for that of its document."""

    offset: int
    date: str | None


@dataclass(frozen=True)
class Fragment:
    """A fragment of a note. Offsets count in `text`, the fragment without its markup."""

    id: str
    language: str
    section: str
    document: str
    admission: date | None
    operations: tuple[date, ...]
    rows: bool
    text: str
    ends: tuple[SentenceEnd, ...]
    mentions: tuple[Mention, ...]
    dates: tuple[Mention, ...]


def fragments() -> Iterator[Fragment]:
    """All fragments, files by name."""
    for file in sorted(FOLDER.glob("*.yaml")):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        for entry in content["fragments"]:
            yield _fragment({**content["defaults"], **entry})


def _fragment(entry: dict[str, object]) -> Fragment:
    text, ends, mentions, dates = _read(str(entry["text"]).rstrip("\n"))
    admission = entry.get("admission")
    return Fragment(
        id=str(entry["id"]),
        language=str(entry["language"]),
        section=str(entry["section"]),
        document=_iso(entry["document"]),
        admission=date.fromisoformat(_iso(admission)[:10]) if admission else None,
        operations=tuple(date.fromisoformat(_iso(day)) for day in entry.get("operations", ())),  # type: ignore[attr-defined]
        rows=bool(entry.get("rows", False)),
        text=text,
        ends=tuple(ends),
        mentions=tuple(mentions),
        dates=tuple(dates),
    )


def _read(marked: str) -> tuple[str, list[SentenceEnd], list[Mention], list[Mention]]:
    text, at = "", 0
    ends: list[SentenceEnd] = []
    mentions: list[Mention] = []
    dates: list[Mention] = []
    for mark in _MARKS.finditer(marked):
        text += marked[at : mark.start()]
        at = mark.end()
        words, label = mark[1], mark[2]
        if words is None:
            day = DOCUMENT if mark[3] is None else None if mark[3] == "null" else mark[3]
            ends.append(SentenceEnd(len(text.rstrip()), day))
            continue
        start, text = len(text), text + words
        if label in ASSERTIONS:
            mentions.append(Mention(start, len(text), ASSERTIONS[label]))
        else:
            dates.append(Mention(start, len(text), None if label == "null" else label))
    return text + marked[at:], ends, mentions, dates


def _iso(value: object) -> str:
    """YAML reads 2026-03-05 as a day and 2026-03-05T08:30 as text or a time."""
    return value.isoformat(timespec="minutes") if hasattr(value, "hour") else str(value)  # type: ignore[attr-defined]
