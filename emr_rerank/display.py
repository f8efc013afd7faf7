"""How a record and an answer look to a person: on a terminal (rich) and in a notebook (HTML).

The nouns call this from `__rich__` and `_repr_html_`; rich is imported only then.
"""

import re
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Literal

from emr_rerank.series_view import (
    FLAGS,
    SERIES_LABELS,
    apart_cells,
    apart_table,
    extremes_line,
    kidney_line,
    points_table,
    range_text,
    trend_line,
)
from emr_rerank.series_view import number as number

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table
    from rich.tree import Tree

    from emr_rerank.findings import Answer, Conflict, Evidence, Fact
    from emr_rerank.record import Record, Section

_LABELS = {
    "zh": {
        "answered": "有依据",
        "insufficient_evidence": "本病历中没有明确依据",
        "conflicting": "病历前后矛盾",
        "evidence": "依据",
        "rejected": "未采纳（相关性不足，不能作为依据）",
        "score": "得分",
        "page": "页",
        "section": "章节",
        "date": "日期",
        "text": "原文",
        "facts": "数据",
        "item": "项目",
        "value": "结果",
        "reference": "参考范围",
        "trend": "趋势",
        "conflict": "矛盾",
        "present": "有",
        "absent": "否认",
        "none": "无",
        "yes": "有",
        "positive": "阳性",
        "negative": "阴性",
        "not stated": "未注明",
        "stopped": "已停用",
        "planned": "计划",
        "avoided": "避免使用",
        "occasional": "偶尔",
        **SERIES_LABELS["zh"],
    },
    "en": {
        "answered": "answered",
        "insufficient_evidence": "not in this record",
        "conflicting": "the record contradicts itself",
        "evidence": "Evidence",
        "rejected": "Rejected (not close enough to prove anything)",
        "score": "score",
        "page": "page",
        "section": "section",
        "date": "date",
        "text": "text",
        "facts": "Facts",
        "item": "item",
        "value": "value",
        "reference": "reference",
        "trend": "Trend",
        "conflict": "conflict",
        "present": "yes",
        "absent": "denied",
        **SERIES_LABELS["en"],
    },
}
_COLOURS = {"answered": "green", "insufficient_evidence": "yellow", "conflicting": "red"}
_MARKS = {"answered": "●", "insufficient_evidence": "○", "conflicting": "▲"}


def answer_view(answer: "Answer") -> "Group":
    """The answer for a terminal: status, message, evidence, facts, trends, conflicts."""
    from rich.console import Group
    from rich.text import Text

    label = _labels(answer)
    head = Text.assemble(
        (f"{_MARKS[answer.status]} {label[answer.status]}", f"bold {_COLOURS[answer.status]}"), "  ", answer.message
    )
    parts: list[Text | Table] = [Text(answer.question, style="bold"), head]
    if answer.evidence:
        parts.append(_evidence_table(label["evidence"], answer.evidence, label))
    if answer.rejected and not answer.evidence:
        parts.append(_evidence_table(label["rejected"], answer.rejected, label, style="dim"))
    if answer.facts and not answer.trends:
        parts.append(_facts_table(answer.facts, label))
    for trend in answer.trends:
        parts += [Text(trend_line(trend), style="bold cyan"), Text(extremes_line(trend, label), style="cyan")]
        parts.append(points_table(trend, label))
        if trend.kidney_injury and "KDIGO" not in answer.message:
            parts.append(Text(kidney_line(trend.kidney_injury, label), style="cyan"))
        if trend.apart:
            parts.append(apart_table(trend, label))
    parts += [Text(_conflict_line(conflict, label), style="red") for conflict in answer.conflicts]
    return Group(*parts)


def record_tree(record: "Record") -> "Tree":
    """The section tree with code, pages, date and the rule that fired at each node."""
    from rich.tree import Tree

    tree = Tree(f"{record.record_id}  {record.page_count} pages, {len(record.sentences)} sentences, {record.language}")
    for section in record.sections:
        _grow(tree, section)
    return tree


def answer_html(answer: "Answer") -> str:
    """The answer for a notebook."""
    label = _labels(answer)
    parts = [
        f"<p><b>{escape(answer.question)}</b><br>{_MARKS[answer.status]} "
        f"<b>{escape(label[answer.status])}</b> {escape(answer.message)}</p>"
    ]
    for title, items in ((label["evidence"], answer.evidence), (label["rejected"], answer.rejected)):
        if items:
            names = ["#", *(label[name] for name in ("score", "page", "section", "date", "text"))]
            parts.append(html_table(title, names, (_evidence_cells(item) for item in items)))
    if answer.facts:
        names = [label[name] for name in ("item", "value", "reference", "date", "page")]
        parts.append(html_table(label["facts"], names, (_fact_cells(fact, label) for fact in answer.facts)))
    for trend in answer.trends:
        parts.append(f"<p><code>{escape(trend_line(trend))}</code><br>{escape(extremes_line(trend, label))}</p>")
        if trend.kidney_injury and "KDIGO" not in answer.message:
            parts.append(f"<p>{escape(kidney_line(trend.kidney_injury, label))}</p>")
        if trend.apart:
            names = [label[name] for name in ("value", "why", "date", "page")]
            parts.append(html_table(f"{trend.display}: {label['apart']}", names, apart_cells(trend, label)))
    parts += [f"<p>{escape(_conflict_line(conflict, label))}</p>" for conflict in answer.conflicts]
    return "".join(parts)


def _conflict_line(conflict: "Conflict", label: dict[str, str]) -> str:
    """`矛盾: 过敏史：青霉素 (依据 1, 2)`"""
    ranks = ", ".join(str(rank) for rank in conflict.evidence)
    return f"{label['conflict']}: {conflict.label or conflict.about} ({label['evidence']} {ranks})"


def record_html(record: "Record") -> str:
    """The section tree for a notebook."""
    body = "".join(_html_section(section) for section in record.sections)
    return f"<p><b>{escape(record.record_id)}</b>, {record.page_count} pages, {record.language}</p><ul>{body}</ul>"


def language_of(question: str) -> Literal["zh", "en"]:
    """The language in which a question is answered."""
    return "zh" if re.search(r"[\u4e00-\u9fff]", question) else "en"


def _labels(answer: "Answer") -> dict[str, str]:
    return _LABELS[language_of(answer.question)]


def _evidence_table(title: str, items: Iterable["Evidence"], label: dict[str, str], style: str = "") -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, style=style, expand=False)
    table.add_column("#", justify="right")
    table.add_column(label["score"], justify="right")
    table.add_column(label["page"], justify="right")
    table.add_column(label["section"], max_width=28, overflow="fold")
    table.add_column(label["date"], no_wrap=True)
    table.add_column(label["text"], ratio=1, overflow="fold")
    for item in items:
        table.add_row(*(Text(cell) for cell in _evidence_cells(item)))
    return table


def _facts_table(facts: Iterable["Fact"], label: dict[str, str]) -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=label["facts"], title_justify="left", box=box.SIMPLE_HEAD)
    for name in ("item", "value", "reference", "date", "page"):
        table.add_column(label[name])
    for fact in facts:
        table.add_row(*(Text(cell) for cell in _fact_cells(fact, label)))
    return table


def _grow(tree: "Tree", section: "Section") -> None:
    from rich.text import Text

    pages = (
        f"{section.page_start}"
        if section.page_start == section.page_end
        else f"{section.page_start}-{section.page_end}"
    )
    text = Text.assemble(
        (section.title or "(preamble)", "bold"),
        f"  {section.code}  p{pages}",
        (f"  {section.date}" if section.date else "", "cyan"),
        (f"  {section.author}" if section.author else "", "magenta"),
        (f"  {section.rule}" if section.rule else "", "dim"),
    )
    branch = tree.add(text)
    for child in section.children:
        _grow(branch, child)


def _html_section(section: "Section") -> str:
    inner = "".join(_html_section(child) for child in section.children)
    nested = f"<ul>{inner}</ul>" if inner else ""
    title = escape(section.title or section.code)
    return f"<li>{title} <small>{section.code}, p. {section.page_start}</small>{nested}</li>"


def html_table(title: str, names: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table with a caption, every cell escaped."""
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><caption>{escape(title)}</caption><tr>{head}</tr>{body}</table>"


def _evidence_cells(item: "Evidence") -> tuple[str, ...]:
    where = " › ".join(item.section) or item.section_code
    return (str(item.rank), f"{item.score:.2f}", str(item.page), where, (item.date or "")[:10], flat(item.text))


def _fact_cells(fact: "Fact", label: dict[str, str]) -> tuple[str, ...]:
    time = (fact.time or "").replace("T", " ")
    value = label.get(str(fact.value), _shown_value(fact))
    return (fact.display, value, _shown_reference(fact), time, str(fact.page))


def flat(text: str) -> str:
    """A table row with visible column borders, line ends as spaces."""
    return " │ ".join(cell.strip() for cell in text.split("\t") if cell.strip()).replace("\n", " ")


def _shown_value(fact: "Fact") -> str:
    return f"{number(fact.value)} {fact.unit or ''}".rstrip() + FLAGS[fact.flag]


def _shown_reference(fact: "Fact") -> str:
    return "" if fact.reference is None else range_text(fact.reference)
