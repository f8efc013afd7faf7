"""Prints each real record as a PDF, in one of two layouts, into a folder outside the repository."""

import argparse
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Spacer
from reportlab.platypus.flowables import Flowable

from benchmarks.real.dataset import RealRecord, data_folder, load_records, stop

FONT = "STSong-Light"  # a CID font that every PDF reader knows: no font file is needed
LAYOUTS = ("a", "b")
TITLE = "出院记录"

_BODY = ParagraphStyle("body", fontName=FONT, fontSize=10.5, leading=17, wordWrap="CJK", firstLineIndent=21)
_FORM = ParagraphStyle("form", parent=_BODY, fontSize=10, leading=15, firstLineIndent=0)
_HEADING = ParagraphStyle("heading", parent=_BODY, fontSize=12, leading=20, firstLineIndent=0, spaceBefore=6)
_TITLE = ParagraphStyle("title", parent=_HEADING, fontSize=16, leading=26, alignment=TA_CENTER)

Decorate = Callable[[Canvas, int, int], None]  # canvas, page, pages


@dataclass(frozen=True)
class _Layout:
    margin: float
    story: Callable[[RealRecord], list[Flowable]]
    decorate: Callable[[RealRecord], Decorate]


def render(record: RealRecord, layout: str, folder: Path) -> Path:
    """Write `folder/<record id>.pdf` in layout 'a' (headings on lines of their own) or 'b' (framed form)."""
    chosen = _layouts()[layout]
    decorate = chosen.decorate(record)
    total = _build(record, chosen, decorate, 0)[1]  # a first pass counts the pages for 'page x of y'
    path = folder / f"{record.id}.pdf"
    path.write_bytes(_build(record, chosen, decorate, total)[0])
    return path


def render_all(records: tuple[RealRecord, ...], layout: str, folder: Path) -> dict[str, Path]:
    """Every record rendered; paths by record id."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    folder.mkdir(parents=True, exist_ok=True)
    return {record.id: render(record, layout, folder) for record in records}


def refuse_inside_repository(folder: Path) -> None:
    """The records must never be committed, so they are not written where git looks."""
    repository = Path(__file__).resolve().parents[2]
    if folder.resolve().is_relative_to(repository):
        stop(f"{folder} is inside the repository; the rendered records must stay outside it.")


def _build(record: RealRecord, layout: _Layout, decorate: Decorate, total: int) -> tuple[bytes, int]:
    buffer = io.BytesIO()
    margin = layout.margin
    frame = Frame(margin, margin, A4[0] - 2 * margin, A4[1] - 2 * margin)
    document = BaseDocTemplate(buffer, pagesize=A4, title=record.id, invariant=1)

    def on_page(canvas: Canvas, template: BaseDocTemplate) -> None:
        decorate(canvas, template.page, total)

    document.addPageTemplates(PageTemplate("page", frames=[frame], onPage=on_page))
    document.build(layout.story(record))
    return buffer.getvalue(), document.page


def _layouts() -> dict[str, _Layout]:
    return {"a": _Layout(25 * mm, _plain, _page_number), "b": _Layout(28 * mm, _form, _form_frame)}


def _plain(record: RealRecord) -> list[Flowable]:
    story: list[Flowable] = [Paragraph(TITLE, _TITLE)]
    for heading, text in record.sections.items():
        story.append(Paragraph(heading, _HEADING))
        story.extend(Paragraph(escape(line), _BODY) for line in text.splitlines() if line.strip())
    return story


def _form(record: RealRecord) -> list[Flowable]:
    story: list[Flowable] = [Paragraph(TITLE, _TITLE)]
    for heading, text in record.sections.items():
        lines = [line for line in text.splitlines() if line.strip()] or [""]
        story.append(Paragraph(f"【{heading}】{escape(lines[0])}", _FORM))
        story.extend(Paragraph(escape(line), _FORM) for line in lines[1:])
        story.append(Spacer(1, 8))
    return story


def _page_number(record: RealRecord) -> Decorate:
    def decorate(canvas: Canvas, page: int, pages: int) -> None:
        canvas.setFont(FONT, 9)
        canvas.drawCentredString(A4[0] / 2, 12 * mm, f"- {page} -")

    return decorate


def _form_frame(record: RealRecord) -> Decorate:
    def decorate(canvas: Canvas, page: int, pages: int) -> None:
        left, right = 24 * mm, A4[0] - 24 * mm
        canvas.rect(left, 24 * mm, right - left, A4[1] - 48 * mm)
        canvas.setFont(FONT, 9)
        canvas.drawString(left, A4[1] - 18 * mm, f"姓名：某某    科室：某科    住院号：{record.id.upper()}")
        canvas.drawString(left, 15 * mm, "示例医院住院病历")
        canvas.drawRightString(right, 15 * mm, f"第 {page} 页 共 {pages} 页")

    return decorate


def main() -> int:
    """0 when rendered, 2 when the records are missing or the folder lies inside the repository."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the PDFs go; outside the repository")
    parser.add_argument("--data", type=Path, help="folder of the records (default: $EMR_RERANK_DATA, ../shared/data)")
    parser.add_argument("--layout", choices=LAYOUTS, default="a", help="a: headings on own lines; b: framed form")
    arguments = parser.parse_args()
    refuse_inside_repository(arguments.folder)
    written = render_all(load_records(data_folder(arguments.data)), arguments.layout, arguments.folder)
    print(f"{len(written)} records in {arguments.folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
