"""How a record checked against itself looks to a person: on a terminal (rich) and in a notebook (HTML).

The noun calls this from `__rich__` and `_repr_html_`; rich is imported only then.
"""

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from emr_rerank.display import flat, html_table

if TYPE_CHECKING:
    from rich.console import Group

    from emr_rerank.record_check import RecordChange, RecordCheck, RecordConflict

_COLUMNS = ("side", "page", "section", "date", "text")
_LABELS = {
    "zh": {
        "side": "说法",
        "page": "页",
        "section": "章节",
        "date": "日期",
        "text": "原文",
        "consistent": "未发现前后矛盾",
        "conflicts": "处前后矛盾",
        "changed": "住院期间改变",
        "present": "有",
        "absent": "否认",
        "stated": "有",
        "denied": "否认",
        "left": "左",
        "right": "右",
        "given": "出院带药",
        "allergy": "过敏",
        "positive": "阳性",
        "negative": "阴性",
    },
    "en": {
        "side": "says",
        "page": "page",
        "section": "section",
        "date": "date",
        "text": "text",
        "consistent": "no contradiction found",
        "conflicts": "contradiction(s)",
        "changed": "changed during the stay",
        "present": "yes",
        "absent": "denied",
        "stated": "yes",
        "given": "given at discharge",
        "allergy": "allergic",
    },
}


def check_view(check: "RecordCheck") -> "Group":
    """What a record says of one matter in two ways, for a terminal."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    label = _LABELS[check.language]
    colour = "bold red" if check.conflicts else "bold green"
    parts: list[Text | Table] = [Text.assemble((check.record_id, "bold"), "  ", (_head(check, label), colour))]
    for matter in _matters(check):
        table = Table(title=_title(matter, label), title_justify="left", box=box.SIMPLE_HEAD, expand=False)
        for name in _COLUMNS[:-1]:
            table.add_column(label[name], max_width=28, overflow="fold")
        table.add_column(label["text"], ratio=1, overflow="fold")
        for cells in _cells(matter, label):
            table.add_row(*(Text(cell) for cell in cells))
        parts.append(table)
    return Group(*parts)


def check_html(check: "RecordCheck") -> str:
    """What a record says of one matter in two ways, for a notebook."""
    label = _LABELS[check.language]
    names = [label[name] for name in _COLUMNS]
    tables = (html_table(_title(matter, label), names, _cells(matter, label)) for matter in _matters(check))
    return f"<p><b>{escape(check.record_id)}</b> {escape(_head(check, label))}</p>" + "".join(tables)


def _head(check: "RecordCheck", label: dict[str, str]) -> str:
    return f"▲ {len(check.conflicts)} {label['conflicts']}" if check.conflicts else f"● {label['consistent']}"


def _matters(check: "RecordCheck") -> "tuple[RecordConflict | RecordChange, ...]":
    return (*check.conflicts, *check.changes)


def _title(matter: "RecordConflict | RecordChange", label: dict[str, str]) -> str:
    day = getattr(matter, "date", None)
    return f"{matter.label} ({label['changed']} {day})" if day else matter.label


def _cells(matter: "RecordConflict | RecordChange", label: dict[str, str]) -> Iterable[tuple[str, ...]]:
    for side in matter.sides:
        for place, piece in enumerate(side.evidence):
            value = "" if place else label.get(side.value, side.value)
            where = " › ".join(piece.section) or piece.section_code
            yield value, str(piece.page), where, piece.date or "", flat(piece.text)
