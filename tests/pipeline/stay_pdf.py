"""Prints an invented stay (stays/*.yaml) as a PDF; edits plant a contradiction, or what only looks like one."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

Stay = dict[str, Any]
FONT = "STSong-Light"  # a CID font that every PDF reader knows: no font file is needed
STAYS = Path(__file__).with_name("stays")
_BODY = ParagraphStyle("body", fontName=FONT, fontSize=10.5, leading=17, wordWrap="CJK")
_TITLE = ParagraphStyle("title", parent=_BODY, fontSize=15, leading=24, alignment=1, spaceBefore=10)


def stays() -> dict[str, Stay]:
    """Every stay by its name."""
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(STAYS.glob("*.yaml"))}


def edited(stay: Stay, edit: dict[str, Any]) -> Stay:
    """The stay with one stretch of text replaced, `HEADING|TEXT` only below that heading.

    Raises:
        AssertionError: the text does not stand there exactly once.
    """
    for further in ("base", "also"):
        if further in edit:
            stay = edited(stay, edit[further])
    heading, _, find = edit["find"].rpartition("|")
    replacement = edit["replace"].rpartition("|")[2]
    count = 0

    def change(title: str, text: str) -> str:
        nonlocal count
        if find in text and (not heading or (title == heading and text.startswith(find))):
            count += 1
            return text.replace(find, replacement, 1)
        return text

    documents = [
        {
            **document,
            "parts": [[title, change(title, text)] for title, text in document.get("parts", [])],
            "notes": [[when, title, change(title, text)] for when, title, text in document.get("notes", [])],
        }
        for document in stay["documents"]
    ]
    assert count == 1, (edit, count)
    return {**stay, "documents": documents}


def pdf(stay: Stay) -> bytes:
    """The stay as printed."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    document = SimpleDocTemplate(buffer, pagesize=A4, leftMargin=60, rightMargin=60, invariant=1)
    document.build(list(_story(stay)))
    return buffer.getvalue()


def _story(stay: Stay) -> Iterator[Flowable]:
    header = (
        ["项目", "结果", "单位", "参考区间"] if stay["language"] == "zh" else ["Item", "Result", "Unit", "Reference"]
    )
    recorded = "记录时间：" if stay["language"] == "zh" else "Date: "
    for document in stay["documents"]:
        yield Paragraph(document["title"], _TITLE)
        if "date" in document:
            yield Paragraph(recorded + document["date"], _BODY)
        for title, text in document.get("parts", []):
            yield Paragraph(f"{title}{'' if stay['language'] == 'zh' else ' '}{text}", _BODY)
        for when, title, text in document.get("notes", []):
            yield Paragraph(f"{when}　{title}", _BODY)
            yield Paragraph(text, _BODY)
        if "lab" in document:
            yield Paragraph(document["lab"]["caption"], _BODY)
            style = [("FONT", (0, 0), (-1, -1), FONT, 10), ("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
            yield Table([header, *document["lab"]["rows"]], colWidths=[160, 80, 90, 100], style=style)
            yield Spacer(1, 8)
        if "table" in document:
            grid = [("FONT", (0, 0), (-1, -1), FONT, 9), ("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
            yield Table(document["table"], style=grid)
            yield Spacer(1, 8)
