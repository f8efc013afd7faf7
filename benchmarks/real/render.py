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

from benchmarks.real.dataset import RealRecord, data_folder, stop
from benchmarks.real.looks import CHINESE, Look
from benchmarks.real.sets import DEFAULT, SETS

LAYOUTS = ("a", "b")

Decorate = Callable[[Canvas, int, int], None]  # canvas, page, pages


@dataclass(frozen=True)
class _Layout:
    margin: float
    story: Callable[[RealRecord, Look], list[Flowable]]
    decorate: Callable[[RealRecord, Look], Decorate]


class _Styles:
    """Paragraph styles of a look."""

    def __init__(self, look: Look) -> None:
        self.body = ParagraphStyle(
            "body", fontName=look.font, fontSize=10.5, leading=17, wordWrap=look.wrap, firstLineIndent=look.indent
        )
        self.form = ParagraphStyle("form", parent=self.body, fontSize=10, leading=15, firstLineIndent=0)
        self.heading = ParagraphStyle(
            "heading", parent=self.body, fontSize=12, leading=20, firstLineIndent=0, spaceBefore=6
        )
        self.title = ParagraphStyle("title", parent=self.heading, fontSize=16, leading=26, alignment=TA_CENTER)


def render(record: RealRecord, layout: str, folder: Path, look: Look = CHINESE) -> Path:
    """Write `folder/<record id>.pdf` in layout 'a' (headings on lines of their own) or 'b' (framed form)."""
    chosen = _layouts()[layout]
    decorate = chosen.decorate(record, look)
    total = _build(record, chosen, look, decorate, 0)[1]  # a first pass counts the pages for 'page x of y'
    path = folder / f"{record.id}.pdf"
    path.write_bytes(_build(record, chosen, look, decorate, total)[0])
    return path


def render_all(records: tuple[RealRecord, ...], layout: str, folder: Path, look: Look = CHINESE) -> dict[str, Path]:
    """Every record rendered; paths by record id."""
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE.font))
    folder.mkdir(parents=True, exist_ok=True)
    return {record.id: render(record, layout, folder, look) for record in records}


def refuse_inside_repository(folder: Path) -> None:
    """The records must never be committed, so they are not written where git looks."""
    repository = Path(__file__).resolve().parents[2]
    if folder.resolve().is_relative_to(repository):
        stop(f"{folder} is inside the repository; the rendered records must stay outside it.")


def _build(record: RealRecord, layout: _Layout, look: Look, decorate: Decorate, total: int) -> tuple[bytes, int]:
    buffer = io.BytesIO()
    margin = layout.margin
    frame = Frame(margin, margin, A4[0] - 2 * margin, A4[1] - 2 * margin)
    document = BaseDocTemplate(buffer, pagesize=A4, title=record.id, invariant=1)

    def on_page(canvas: Canvas, template: BaseDocTemplate) -> None:
        decorate(canvas, template.page, total)

    document.addPageTemplates(PageTemplate("page", frames=[frame], onPage=on_page))
    document.build(layout.story(record, look))
    return buffer.getvalue(), document.page


def _layouts() -> dict[str, _Layout]:
    return {"a": _Layout(25 * mm, _plain, _page_number), "b": _Layout(28 * mm, _form, _form_frame)}


def _plain(record: RealRecord, look: Look) -> list[Flowable]:
    styles = _Styles(look)
    story: list[Flowable] = [Paragraph(look.title, styles.title)]
    for heading, text in record.sections.items():
        story.append(Paragraph(heading, styles.heading))
        story.extend(Paragraph(escape(line), styles.body) for line in text.splitlines() if line.strip())
    return story


def _form(record: RealRecord, look: Look) -> list[Flowable]:
    styles = _Styles(look)
    story: list[Flowable] = [Paragraph(look.title, styles.title)]
    for heading, text in record.sections.items():
        lines = [line for line in text.splitlines() if line.strip()] or [""]
        story.append(Paragraph(look.form_heading.format(heading) + escape(lines[0]), styles.form))
        story.extend(Paragraph(escape(line), styles.form) for line in lines[1:])
        story.append(Spacer(1, 8))
    return story


def _page_number(record: RealRecord, look: Look) -> Decorate:
    def decorate(canvas: Canvas, page: int, pages: int) -> None:
        canvas.setFont(look.font, 9)
        canvas.drawCentredString(A4[0] / 2, 12 * mm, f"- {page} -")

    return decorate


def _form_frame(record: RealRecord, look: Look) -> Decorate:
    def decorate(canvas: Canvas, page: int, pages: int) -> None:
        left, right = 24 * mm, A4[0] - 24 * mm
        canvas.rect(left, 24 * mm, right - left, A4[1] - 48 * mm)
        canvas.setFont(look.font, 9)
        canvas.drawString(left, A4[1] - 18 * mm, look.header.format(record.id.upper()))
        canvas.drawString(left, 15 * mm, look.footer)
        canvas.drawRightString(right, 15 * mm, look.page.format(page, pages))

    return decorate


def main() -> int:
    """0 when rendered, 2 when the records are missing or the folder lies inside the repository."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the PDFs go; outside the repository")
    parser.add_argument("--data", type=Path, help="folder of the records (default: $EMR_RERANK_DATA, ../shared/data)")
    parser.add_argument("--set", choices=SETS, default=DEFAULT, help="which records")
    parser.add_argument("--layout", choices=LAYOUTS, default="a", help="a: headings on own lines; b: framed form")
    arguments = parser.parse_args()
    refuse_inside_repository(arguments.folder)
    chosen = SETS[arguments.set]
    records = chosen.records(data_folder(arguments.data))
    written = render_all(records, arguments.layout, arguments.folder, chosen.look)
    print(f"{len(written)} records in {arguments.folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
