"""The set of documents that the reading benchmark prints with every producer."""

from dataclasses import replace

from benchmarks.printed import content
from benchmarks.printed.document import Block, Break, Document, Grid, Look, Note, Text

_HEADER = "青禾市中心医院 住院病历 姓名：周国梁 住院号：2603021187 科室：肾内科"
_FOOTER = "第 {page} 页 共 {total} 页"
_NOTES = (
    "装订线内请勿书写",
    "病案室存档联",
    "未经许可不得复印",
    "病历续页接上页",
    "医务科审核专用",
    "护理文书存根",
    "出院后归档备查",
)
_ZH = ("项目", "结果", "单位", "参考范围", "提示")
_EN = ("Test", "Result", "Unit", "Reference range", "Flag")
_WIDTHS = (0.36, 0.16, 0.16, 0.20, 0.12)


def documents() -> list[Document]:
    """All documents, the text pages first."""
    return [*_text_pages(), *_laboratory(), *_other_tables(), *_wrapped()]


def _text_pages() -> list[Document]:
    chinese = [
        content.notes(name) for name in ("kidney-zh", "hip-fracture-zh", "pneumonia-zh", "gi-bleed-zh", "allergy-zh")
    ]
    english, mixed = content.notes("ketoacidosis-en"), content.notes("angina-mixed")
    upright = Document("notes-zh", "text", tuple(block for notes in chinese for block in notes), _HEADER, _FOOTER)
    return [
        upright,
        Document(
            "notes-en", "text", tuple(english * 3), "Harrowgate Vale General Hospital  Imogen Tarrow  MRN H4471902",
            "Page {page} of {total}", size=10.0,
        ),
        Document(
            "notes-mixed-watermark", "text", tuple(mixed + chinese[1]), _HEADER, "第{page}页/共{total}页",
            alternates=True, watermark="仅供临床使用 严禁外传", size=12.0,
        ),
        Document("consent-framed", "text", tuple(_consent() * 3), _HEADER, _FOOTER, framed=True),
        replace(upright, name="notes-rotate-90", turned="rotate", blocks=tuple(chinese[4] + chinese[2])),
        replace(upright, name="notes-sideways", turned="sideways", blocks=tuple(chinese[3])),
        replace(upright, name="notes-vertical-margin", blocks=_with_margin_notes(chinese[3] + chinese[0])),
    ]  # fmt: skip


def _consent() -> list[Block]:
    body = [Text(line, "line" if "    " in line else "prose") for line in content.CONSENT]
    return [Text("侵入性操作知情同意书", "title"), *body]


def _with_margin_notes(notes: list[Text]) -> tuple[Block, ...]:
    """Each page of text under a margin note, letters under one another and turned by a quarter in turn."""
    blocks: list[Block] = []
    for number, start in enumerate(range(0, len(notes), 12)):
        note = Note(_NOTES[number % len(_NOTES)], turned=number % 2 == 1)
        blocks += [*([Break()] if start else []), note, *notes[start : start + 12]]
    return tuple(blocks)


def _laboratory() -> list[Document]:
    looks: tuple[tuple[str, Look], ...] = (("ruled", "ruled"), ("three-line", "three_line"), ("spaced", "spaced"))
    found = []
    for name, look in looks:
        found.append(_report(f"lab-{name}", look))
        found.append(_report(f"lab-{name}-two-groups", look, groups=2))
        found.append(_report(f"lab-{name}-glued-flags", look, glued=True))
        found.append(_report(f"lab-{name}-en", look, english=True))
    for repeats in (True, False):
        for name, look in looks:
            header = "header-again" if repeats else "header-once"
            found.append(_report(f"lab-{name}-over-pages-{header}", look, over_pages=True, repeats=repeats))
    found.append(replace(_report("lab-ruled-rotate-90", "ruled"), turned="rotate"))
    found.append(replace(_report("lab-spaced-rotate-90", "spaced"), turned="rotate"))
    return found


def _report(
    name: str, look: Look, *, groups: int = 1, glued: bool = False, english: bool = False, over_pages: bool = False,
    repeats: bool = False,
) -> Document:  # fmt: skip
    """Twelve laboratory reports, or four over pages, with what is printed around them."""
    header, widths, aligned = (_EN if english else _ZH), _WIDTHS, "lrlcc"
    if groups == 2:
        widths = (0.34, 0.16, 0.18, 0.22, 0.10)
    if glued:
        header, widths, aligned = header[:4], (0.40, 0.18, 0.18, 0.24), "llll"
    blocks: list[Block] = []
    step, count = (110, 4) if over_pages else (30, 12)
    rows = content.analytes(english=english)
    for number, start in enumerate(range(0, step * count, step)):
        part = [rows[i % len(rows)] for i in range(start, start + step)]
        blocks += [Break()] if number else []
        blocks += _heading(number, english)
        cells = tuple(_glued(row) if glued else (row[0][0], *row[1]) for row in part)
        blocks.append(Grid(header, cells, widths, look, aligned, groups, repeats))
        blocks += _signature(number, english)
    return Document(name, "table", tuple(blocks), _HEADER, _FOOTER, size=9.0)


def _glued(row: tuple[tuple[str, ...], tuple[str, ...]]) -> tuple[str, ...]:
    (name, _), (value, unit, reference, flag) = row
    return name, f"{value}{flag}", unit, reference


def _heading(number: int, english: bool) -> list[Text]:
    if english:
        return [
            Text("LABORATORY REPORT", "title"),
            Text(f"Specimen: serum  Collected: 2026-03-{2 + number:02} 06:10", "line"),
        ]
    return [
        Text("青禾市中心医院检验报告单", "title"),
        Text(f"姓名：周国梁 性别：男 年龄：67岁 标本：血清 采样时间：2026-03-{2 + number:02} 06:10", "line"),
    ]


def _signature(number: int, english: bool) -> list[Text]:
    if english:
        return [Text(f"Verified by: T. Farrow  Reported: 2026-03-{2 + number:02} 09:30", "line")]
    return [
        Text(f"检验者：苏丽华 审核者：范雨 报告时间：2026-03-{2 + number:02} 09:30", "line"),
        Text("注：此报告仅对本标本负责。", "line"),
    ]


def _other_tables() -> list[Document]:
    orders = Grid(
        ("开始时间", "医嘱内容", "剂量", "用法", "频次", "医师", "停止时间"), tuple(content.ORDERS * 12),
        (0.13, 0.33, 0.10, 0.12, 0.10, 0.09, 0.13),
    )  # fmt: skip
    vitals = Grid(
        ("时间", "体温(℃)", "脉搏(次/分)", "呼吸(次/分)", "血压(mmHg)", "SpO2(%)", "病情观察及护理措施"),
        tuple(content.VITALS * 20), (0.13, 0.09, 0.12, 0.12, 0.12, 0.10, 0.32),
    )  # fmt: skip
    days = ("03-02", "03-04", "03-08", "03-13")
    trend = Grid(
        ("项目", *days, "单位", "参考范围"), tuple(content.TREND), (0.25, 0.11, 0.11, 0.11, 0.11, 0.14, 0.17), "spaced"
    )
    form = Grid(content.FORM[0], tuple(content.FORM[1:]), (0.15, 0.35, 0.15, 0.35))
    numbered = tuple(
        (str(number + 1), short, name, value, flag, unit, reference)
        for number, ((name, short), (value, unit, reference, flag)) in enumerate(content.analytes()[:40])
    )
    coded = Grid(
        ("序号", "代号", "项目名称", "结果", "标志", "单位", "参考值"), numbered,
        (0.07, 0.14, 0.28, 0.11, 0.08, 0.16, 0.16), "spaced", "cllrcll",
    )  # fmt: skip
    lined_orders, lined_vitals = replace(orders, look="three_line"), replace(vitals, look="three_line")
    scores = Grid(("评估内容", "入院", "第3天", "出院"), tuple(content.ASSESSMENT), (0.4, 0.2, 0.2, 0.2), "three_line")
    merged = Grid(("类别", *_ZH), tuple(content.MERGED), (0.14, 0.26, 0.14, 0.16, 0.18, 0.12))
    return [
        Document("orders-ruled", "table", (Text("长期医嘱单", "title"), orders), _HEADER, _FOOTER, size=9.0),
        Document("trend-spaced", "table", (Text("肾功能变化", "title"), trend, Text("患者肾功能逐渐好转。")), size=9.0),
        Document("trend-ruled", "table", (Text("肾功能变化", "title"), replace(trend, look="ruled")), size=9.0),
        Document("form-ruled", "table", (Text("住院病案首页", "title"), form), _HEADER, _FOOTER),
        Document("lab-spaced-coded", "table", (*_heading(0, False), coded, *_signature(0, False)), size=8.0),
        Document("orders-three-line", "wrapped", (Text("医嘱单", "title"), lined_orders), size=9.0),
        Document("nursing-three-line", "wrapped", (Text("护理单", "title"), lined_vitals), size=9.0),
        Document("nursing-ruled", "table", (Text("护理记录单", "title"), vitals), _HEADER, _FOOTER, size=9.0),
        Document(
            "scores-three-line", "table", (Text("护理评估", "title"), scores, Text("患者病情平稳，继续目前护理。")),
        ),
        Document("lab-ruled-merged", "table", (*_heading(0, False), merged, *_signature(0, False)), size=9.0),
    ]  # fmt: skip


def _wrapped() -> list[Document]:
    rows = tuple(content.LONG_NAMES)
    widths = (0.28, 0.14, 0.22, 0.24, 0.12)
    found = []
    for name, look in (("ruled", "ruled"), ("three-line", "three_line"), ("spaced", "spaced")):
        grid = Grid(_ZH, rows, widths, look)
        kind = "table" if look == "ruled" else "wrapped"
        found.append(
            Document(f"lab-{name}-wrapped", kind, (*_heading(0, False), grid, *_signature(0, False)), size=9.0)
        )
    tight = Grid(_ZH, rows, widths, "spaced", tight=True)
    found.append(
        Document("lab-spaced-wrapped-tight", "wrapped", (*_heading(0, False), tight, *_signature(0, False)), size=9.0)
    )
    return found
