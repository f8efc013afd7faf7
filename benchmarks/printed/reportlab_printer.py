"""Prints documents with reportlab: a fixed sheet, text set line by line, tables drawn with lines."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from benchmarks.printed.document import Break, Cell, Document, Grid, Note, Text

_ZENHEI = Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc")
_WIDTH, _HEIGHT = 595.28, 841.89
_LEFT, _RIGHT, _TOP, _BOTTOM = 62.0, 58.0, 72.0, 64.0
_CLOSING = "，。、；：！？）】”’,.;:)%"
_PAD = 2.0


def fonts() -> dict[str, str]:
    """Name of the variety → font: Adobe's Chinese CID font (not embedded), and an embedded TrueType one."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    found = {"reportlab": "STSong-Light"}
    if _ZENHEI.exists():
        pdfmetrics.registerFont(TTFont("ZenHei", str(_ZENHEI)))
        found["reportlab TrueType"] = "ZenHei"
    return found


def print_document(document: Document, path: Path, font: str) -> None:
    """Write one document as PDF."""
    pages = _Sheet(document, path, font, 0).flow()
    _Sheet(document, path, font, pages).flow()


class _Sheet:
    """A sheet that text flows down; heights are points from the top."""

    def __init__(self, document: Document, path: Path, font: str, pages: int) -> None:
        self.document, self.font, self.pages = document, font, pages
        self.width, self.height = (_HEIGHT, _WIDTH) if document.turned else (_WIDTH, _HEIGHT)
        rotates = document.turned == "rotate"  # reportlab writes the size as it is looked at
        self.canvas = Canvas(str(path), pagesize=(_HEIGHT, _WIDTH) if rotates else (_WIDTH, _HEIGHT), invariant=1)
        self.page, self.top, self.pad = 0, 0.0, 5.0
        self.room = self.width - _LEFT - _RIGHT

    def flow(self) -> int:
        """Print everything; gives the number of pages."""
        self._begin()
        for block in self.document.blocks:
            if isinstance(block, Break):
                self._next()
            elif isinstance(block, Grid):
                self._grid(block)
            elif isinstance(block, Note):
                self._note(block)
            else:
                self._text(block)
        self.canvas.showPage()
        self.canvas.save()
        return self.page

    def _begin(self) -> None:
        self.page += 1
        self.top = _TOP
        if self.document.turned:
            if self.document.turned == "rotate":
                self.canvas.setPageRotation(90)
            self.canvas.transform(0, 1, -1, 0, _WIDTH, 0)
        if self.document.watermark:
            self._watermark()
        if self.document.framed:
            self.canvas.rect(_LEFT - 6, _BOTTOM - 8, self.room + 12, self.height - _TOP - _BOTTOM + 14)
            self._rule(_LEFT - 6, _TOP + 18, self.width - _RIGHT + 6, _TOP + 18)
        for text, top in ((self.document.header, 36.0), (self.document.footer, self.height - 40.0)):
            line = text.format(page=self.page, total=self.pages)
            x = _LEFT + (self.room - self._wide(line, 9.0)) / 2
            if self.document.alternates:
                x = _LEFT if self.page % 2 else self.width - _RIGHT - self._wide(line, 9.0)
            self._write(x, top, line, 9.0)
        if self.document.header:
            self._rule(_LEFT, 52.0, self.width - _RIGHT, 52.0)

    def _next(self) -> None:
        self.canvas.showPage()
        self._begin()

    def _watermark(self) -> None:
        self.canvas.saveState()
        self.canvas.setFillGray(0.85)
        self.canvas.translate(self.width / 2 - 150, self.height / 2 - 150)
        self.canvas.rotate(45)
        self.canvas.setFont(self.font, 36)
        self.canvas.drawString(0, 0, self.document.watermark)
        self.canvas.restoreState()

    def _text(self, block: Text) -> None:
        size = self.document.size * (1.4 if block.kind == "title" else 1.0)
        indent = 2 * size if block.kind == "prose" and not block.text.isascii() else 0.0
        for number, line in enumerate(self._wrapped(block.text, size, self.room, indent)):
            if self.top + 1.6 * size > self.height - _BOTTOM:
                self._next()
            x = _LEFT + (0.0 if number else indent)
            if block.kind == "title":
                x = _LEFT + (self.room - self._wide(line, size)) / 2
            self._write(x, self.top, line, size)
            self.top += 1.6 * size

    def _note(self, note: Note) -> None:
        if note.turned:
            self.canvas.saveState()
            self.canvas.translate(34, self.height - 460)
            self.canvas.rotate(90)
            self.canvas.setFont(self.font, 10)
            self.canvas.drawString(0, 0, note.text)
            self.canvas.restoreState()
            return
        for number, letter in enumerate(note.text):
            self._write(26, 240 + 14.0 * number, letter, 10)

    def _grid(self, grid: Grid) -> None:
        lefts, x = [], _LEFT
        for share in grid.widths * grid.groups:
            lefts.append(x)
            x += share * self.room / grid.groups
        lefts.append(x)
        rows = grid.printed
        self.top += 4
        self.pad = 0.0 if grid.tight else 5.0
        spans = [self._height(row, lefts) for row in rows]
        place = 0
        head = True
        while place < len(rows):
            start, top = place, self.top + (self._height(grid.header * grid.groups, lefts) if head else 0)
            while place < len(rows) and top + spans[place] <= self.height - _BOTTOM:
                top += spans[place]
                place += 1
            self._part(grid, rows[start:place], spans[start:place], lefts, head, place == len(rows))
            if place < len(rows):
                self._next()
                head = grid.repeats
        self.top += 6

    def _part(
        self, grid: Grid, rows: Sequence[Sequence[Cell]], spans: Sequence[float], lefts: Sequence[float], head: bool,
        ends: bool,
    ) -> None:  # fmt: skip
        began = self.top
        if head:
            self._row(grid.header * grid.groups, self._height(grid.header * grid.groups, lefts), lefts, grid, None)
        for number, (row, high) in enumerate(zip(rows, spans, strict=True)):
            merged = []
            for column in range(len(row)):
                covered = 1
                while number + covered < len(rows) and rows[number + covered][column] is None:
                    covered += 1
                merged.append(sum(spans[number : number + covered]))
            self._row(row, high, lefts, grid, merged)
        if grid.look == "ruled":
            for x in lefts:
                self._rule(x, began, x, self.top)
            self._rule(lefts[0], self.top, lefts[-1], self.top)
        elif grid.look == "three_line" and ends:
            self._rule(lefts[0], self.top, lefts[-1], self.top)

    def _row(
        self, row: Sequence[Cell], high: float, lefts: Sequence[float], grid: Grid, merged: Sequence[float] | None
    ) -> None:
        size = self.document.size
        for column, cell in enumerate(row):
            if grid.look == "ruled" and cell is not None:
                self._rule(lefts[column], self.top, lefts[column + 1], self.top)
            lines = self._wrapped(cell or "", size, lefts[column + 1] - lefts[column] - 2 * _PAD, 0)
            room = merged[column] if merged else high
            top = self.top + 0.6 * self.pad + (room - self._lines_high(len(lines)) if grid.look == "ruled" else 0) / 2
            for line in lines:
                free = lefts[column + 1] - lefts[column] - 2 * _PAD - self._wide(line, size)
                how = grid.aligned[column % len(grid.widths) : column % len(grid.widths) + 1]
                self._write(lefts[column] + _PAD + free * {"r": 1.0, "c": 0.5}.get(how, 0.0), top, line, size)
                top += 1.25 * size
        if grid.look == "three_line" and merged is None:
            self._rule(lefts[0], self.top, lefts[-1], self.top)
            self._rule(lefts[0], self.top + high, lefts[-1], self.top + high)
        self.top += high

    def _height(self, row: Sequence[Cell], lefts: Sequence[float]) -> float:
        size = self.document.size
        wide = [right - left - 2 * _PAD for left, right in pairwise(lefts)]
        lines = max(len(self._wrapped(cell or "", size, room, 0)) for cell, room in zip(row, wide, strict=True))
        return self._lines_high(lines)

    def _lines_high(self, lines: int) -> float:
        return lines * 1.25 * self.document.size + self.pad

    def _wrapped(self, text: str, size: float, room: float, indent: float) -> list[str]:
        lines, line, left = [], "", room - indent
        for word in _words(text):
            if line and self._wide(line + word.rstrip(), size) > left and word[0] not in _CLOSING:
                lines.append(line.rstrip())
                line, left = "", room
            line += word
            while self._wide(line.rstrip(), size) > left + size:  # a word that is wider than its line
                cut = next(i for i in range(len(line), 0, -1) if self._wide(line[:i], size) <= left or i == 1)
                lines.append(line[:cut])
                line, left = line[cut:], room
        return [*lines, line.rstrip()]

    def _write(self, x: float, top: float, text: str, size: float) -> None:
        self.canvas.setFont(self.font, size)
        self.canvas.drawString(x, self.height - top - 0.88 * size, text)

    def _rule(self, x0: float, top: float, x1: float, bottom: float) -> None:
        self.canvas.setLineWidth(0.5)
        self.canvas.line(x0, self.height - top, x1, self.height - bottom)

    def _wide(self, text: str, size: float) -> float:
        return float(pdfmetrics.stringWidth(text, self.font, size))


def _words(text: str) -> list[str]:
    """Pieces that a line may break after: every Han letter, every Latin word with its space."""
    words: list[str] = []
    for letter in text:
        latin = letter.isascii() and words and words[-1][-1].isascii() and words[-1][-1] != " "
        if words and (latin or letter == " "):
            words[-1] += letter
        else:
            words.append(letter)
    return words
