"""Pages to print on: a cursor that flows down A4 sheets and remembers which text it put on which page."""

import io
import re
from dataclasses import dataclass

from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from sample_records.generator.style import Style, register

WIDTH, HEIGHT = A4
TOP, BOTTOM = HEIGHT - 92, 62
OPENING = "（《“‘【("
HANGING = "，。；：、！？）】》”’,.;:)%"
TOKEN = re.compile(r"[A-Za-z0-9.,%/+\-^*()<>=:'µ°]+|\s+|.", re.DOTALL)
STAMP_RED = Color(0.78, 0.12, 0.12)


@dataclass(frozen=True)
class Run:
    """Body text as printed, without whitespace, with its page and section code."""

    text: str
    page: int
    code: str


@dataclass(frozen=True)
class Masthead:
    """What runs on every page."""

    title: str
    fields: str
    footer: str = ""


def wrap(text: str, font: str, size: float, width: float, first: float = 0.0) -> list[str]:
    """Breaks text into lines no wider than `width` (the first one `first` narrower); numbers and words stay whole.

    No line starts with closing punctuation or ends with an opening bracket (W3C clreq, line-breaking rules).
    """
    lines, line, room = [], "", width - first
    for token in TOKEN.findall(text):
        if line and token not in HANGING and stringWidth(line + token.rstrip(), font, size) > room:
            stay = line.rstrip().rstrip(OPENING)
            carried = line.rstrip()[len(stay) :] if stay else ""
            lines.append(line.rstrip()[: len(line.rstrip()) - len(carried)].rstrip())
            line, room = carried, width
            token = token.lstrip()
        line += token
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


class Paper:
    """A document being printed. `total` is the page count for the footer (0 while it is not known)."""

    def __init__(self, style: Style, masthead: Masthead, total: int = 0) -> None:
        register(style)
        self.style, self.masthead, self.total = style, masthead, total
        self.width = WIDTH - style.left - style.right
        self.runs: list[Run] = []
        self.page = 0
        self.code = "preamble"
        self._buffer = io.BytesIO()
        self.canvas = Canvas(self._buffer, pagesize=A4, invariant=1, pageCompression=1)
        self.canvas.setTitle("Synthetic inpatient record")
        self.canvas.setAuthor("emr-rerank sample records (invented patient)")
        self.turn()

    def turn(self) -> None:
        """Starts a new page with its running header and footer."""
        if self.page:
            self.canvas.showPage()
        self.page += 1
        self.y = TOP
        self._running()

    def fresh(self) -> None:
        """Starts a new page unless this one is still empty."""
        if self.y < TOP:
            self.turn()

    def _running(self) -> None:
        style, canvas = self.style, self.canvas
        canvas.setFont(style.bold, 14)
        canvas.drawCentredString(WIDTH / 2, HEIGHT - 44, style.hospital)
        canvas.setFont(style.font, 9)
        canvas.drawString(style.left, HEIGHT - 64, self.masthead.fields)
        canvas.drawRightString(WIDTH - style.right, HEIGHT - 44, self.masthead.title)
        canvas.setLineWidth(0.6)
        canvas.line(style.left, HEIGHT - 70, WIDTH - style.right, HEIGHT - 70)
        label = style.page_label.format(page=self.page, total=self.total)
        canvas.drawCentredString(WIDTH / 2, 34, label)
        canvas.setFont(style.font, 7.5)
        canvas.drawString(style.left, 34, self.masthead.footer)

    def need(self, height: float) -> None:
        """Turns the page when less than `height` points are left."""
        if self.y - height < BOTTOM:
            self.turn()

    def put(self, x: float, y: float, text: str, size: float | None = None, bold: bool = False) -> None:
        """Draws text at a place and remembers it."""
        if not text.strip():
            return
        stroked = bold and self.style.bold == self.style.font
        self.canvas.setFont(self.style.bold if bold else self.style.font, size or self.style.size)
        self.canvas.setLineWidth(0.22)
        # A font without a bold cut is made heavy by stroking its outline (text rendering mode 2, ISO 32000-1 9.3.6).
        self.canvas.drawString(x, y, text, mode=2 if stroked else 0)
        self.runs.append(Run(re.sub(r"\s", "", text), self.page, self.code))

    def measure(self, text: str, size: float | None = None, bold: bool = False) -> float:
        """Width of text in points."""
        return float(stringWidth(text, self.style.bold if bold else self.style.font, size or self.style.size))

    def line(self, text: str, *, size: float | None = None, bold: bool = False, align: str = "left") -> None:
        """One line of text; wraps when it is too long and left-aligned."""
        size = size or self.style.size
        lines = wrap(text, self.style.font, size, self.width) if align == "left" else [text]
        for part in lines:
            self.need(self.style.leading)
            self.y -= self.style.leading * max(1.0, size / self.style.size)
            x = {"left": 0.0, "centre": (self.width - self.measure(part, size, bold)) / 2,
                 "right": self.width - self.measure(part, size, bold)}[align]  # fmt: skip
            self.put(self.style.left + x, self.y, part, size, bold)

    def title(self, text: str) -> None:
        """A document title, centred and spaced."""
        self.need(80)
        self.y -= 6
        self.line(text, size=15, bold=True, align="centre")
        self.y -= 8

    def paragraph(self, text: str, lead: str = "", indent: float = 2.0) -> None:
        """A wrapped paragraph; `lead` is its inline heading."""
        size, style = self.style.size, self.style
        offset = indent * size
        lead_width = self.measure(lead, bold=True)
        lines = wrap(text, style.font, size, self.width, offset + lead_width)
        self.need(min(len(lines), 2) * style.leading)
        for number, part in enumerate(lines):
            self.need(style.leading)
            self.y -= style.leading
            x = style.left
            if number == 0:
                self.put(x + offset, self.y, lead, bold=True)
                x += offset + lead_width
            self.put(x, self.y, part)

    def gap(self, points: float) -> None:
        """Leaves white space."""
        self.y -= points

    def stamp(self, text: str) -> None:
        """A boxed red stamp at the left, level with the cursor."""
        self.need(30)
        canvas, width = self.canvas, self.measure(text, 10) + 12
        canvas.saveState()
        canvas.setStrokeColor(STAMP_RED)
        canvas.setFillColor(STAMP_RED)
        canvas.setLineWidth(1.2)
        canvas.rect(self.style.left + 4, self.y - 24, width, 18)
        self.put(self.style.left + 10, self.y - 18, text, 10)
        canvas.restoreState()

    def close(self) -> bytes:
        """Ends the document and gives its bytes."""
        self.canvas.showPage()
        self.canvas.save()
        return self._buffer.getvalue()
