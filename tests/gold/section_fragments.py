"""Reads the section gold: fragments with tags in the text, and the sections expected and found in them.

A tag ⟨depth code title⟩ stands where a section begins; it ends at the next tag of the same or a lesser depth, or at
⟨/depth⟩. Spans are compared without white space, so that line breaks and glued lines do not count.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from emr_rerank.reading.build import build_record
from emr_rerank.record import Record, Section
from tests.reading.printed_pages import RIGHT, line, page, read, table

FOLDER = Path(__file__).parent
_TAG = re.compile(r"⟨(?:/(?P<closed>\d)|(?P<depth>\d) (?P<code>\w+)(?: (?P<title>[^⟩]*))?)⟩")
_LINES_A_PAGE = 42


@dataclass(frozen=True)
class Expected:
    """A section: its depth, code, title and span in the text without white space."""

    depth: int
    code: str
    title: str
    start: int
    end: int


@dataclass(frozen=True)
class Fragment:
    """One invented note and what it holds; `documents` are (code, date, author)."""

    id: str
    text: str
    sections: frozenset[Expected]
    documents: tuple[tuple[str, str | None, str | None], ...]

    def record(self) -> Record:
        """The fragment printed on one page and read."""
        return build_record(self.id, read(page_of(self.text)), None)

    def found(self) -> frozenset[Expected]:
        """The sections that the program finds; own text of a node (preamble) is none."""
        record = self.record()
        return frozenset(_found(record.text, record.sections, 0))


def fragments(language: str) -> tuple[Fragment, ...]:
    """The fragments of `sections.LANGUAGE.yaml`."""
    data = yaml.safe_load((FOLDER / f"sections.{language}.yaml").read_text(encoding="utf-8"))
    return tuple(_fragment(entry) for entry in data["fragments"])


def _fragment(entry: dict[str, Any]) -> Fragment:
    tagged, at, plain = entry["text"], 0, ""
    open_sections: list[tuple[int, str, str, int]] = []
    done: set[Expected] = set()

    def close(depth: int) -> None:
        while open_sections and open_sections[-1][0] >= depth:
            level, code, title, start = open_sections.pop()
            done.add(Expected(level, code, title, start, len(squeeze(plain))))

    for tag in _TAG.finditer(tagged):
        plain += tagged[at : tag.start()]
        at = tag.end()
        depth = int(tag["closed"] or tag["depth"])
        close(depth)
        if tag["code"]:
            open_sections.append((depth, tag["code"], squeeze(tag["title"] or ""), len(squeeze(plain))))
    plain += tagged[at:]
    close(0)
    documents = tuple(tuple(document) for document in entry.get("documents", ()))
    return Fragment(entry["id"], plain, frozenset(done), documents)


def _found(text: str, sections: tuple[Section, ...], depth: int) -> Iterator[Expected]:
    for node in sections:
        if node.code == "preamble":
            continue
        start, end = len(squeeze(text[: node.start])), len(squeeze(text[: node.end]))
        yield Expected(depth, node.code, squeeze(node.title), start, end)
        yield from _found(text, node.children, depth + 1)


def squeeze(text: str) -> str:
    """The text without white space, and without what cells are parted by."""
    return re.sub(r"\s|&nbsp;|\|", "", text)


def page_of(text: str) -> Any:
    """A page that prints the text: wrapped at the right margin, rows of cells as ruled tables."""
    lines, tables, place = [], [], 0
    rows: list[list[str]] = []
    for printed in [*text.rstrip("\n").split("\n"), ""]:
        if " | " in printed:
            rows.append([cell.strip() for cell in printed.split("|")])
            continue
        if rows:
            tables.append(table(rows, place))
            place, rows = place + len(rows), []
        for part in _wrapped(printed):
            lines.append(line(part, place))
            place += 1
    assert place <= _LINES_A_PAGE
    return page(number=1, tables=tables).model_copy(update={"lines": tuple(item for item in lines if item.text)})


def _wrapped(text: str) -> Iterator[str]:
    """The lines that a printer makes of a paragraph: English breaks at spaces, Chinese anywhere."""
    current = ""
    for piece in re.findall(r"[A-Za-z0-9.,:;()/%+-]+ ?|.", text):
        if current and line(current + piece.rstrip(), 0).bbox[2] > RIGHT:
            yield current.rstrip()
            current = ""
        current += piece
    yield current.rstrip()
