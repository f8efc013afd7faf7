"""PDFs drawn at run time: `paper()` gives a sheet to draw on; `save()` writes it and gives its path."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))

A4 = (595.28, 841.89)


class Paper:
    """A PDF in the making; heights are points from the top of the page."""

    def __init__(self, path: Path, size: tuple[float, float] = A4, **options: object) -> None:
        self.path = path
        self.width, self.height = size
        self.canvas = Canvas(str(path), pagesize=size, invariant=1, **options)

    def write(self, x: float, top: float, text: str, size: float = 10.0, font: str = "STSong-Light") -> "Paper":
        """One line of text whose top left is near (x, top)."""
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, self.height - top - size * 0.88, text)
        return self

    def right(self, x: float, top: float, text: str, size: float = 10.0) -> "Paper":
        """One line of text that ends at x."""
        return self.write(x - pdfmetrics.stringWidth(text, "STSong-Light", size), top, text, size)

    def middle(self, x: float, top: float, text: str, size: float = 10.0) -> "Paper":
        """One line of text centred on x."""
        return self.write(x - pdfmetrics.stringWidth(text, "STSong-Light", size) / 2, top, text, size)

    def rule(self, x0: float, top: float, x1: float, bottom: float) -> "Paper":
        """A ruling line."""
        self.canvas.setLineWidth(0.5)
        self.canvas.line(x0, self.height - top, x1, self.height - bottom)
        return self

    def columns(self, lefts: Sequence[float], top: float, rows: Iterable[Sequence[str]], step: float = 15.0) -> float:
        """Rows of cells, each cell left-aligned on its column; gives the height below the last row."""
        for row in rows:
            for left, cell in zip(lefts, row, strict=False):
                if cell:
                    self.write(left, top, cell)
            top += step
        return top

    def grid(self, lefts: Sequence[float], tops: Sequence[float]) -> "Paper":
        """A full ruled grid."""
        for x in lefts:
            self.rule(x, tops[0], x, tops[-1])
        for top in tops:
            self.rule(lefts[0], top, lefts[-1], top)
        return self

    def page(self) -> "Paper":
        """A new page."""
        self.canvas.showPage()
        return self

    def save(self) -> Path:
        """Write the file."""
        self.canvas.showPage()
        self.canvas.save()
        return self.path


@pytest.fixture
def paper(tmp_path: Path) -> Callable[..., Paper]:
    """Makes sheets of paper in the test's own folder."""
    numbers = iter(range(1000))

    def sheet(size: tuple[float, float] = A4, **options: object) -> Paper:
        return Paper(tmp_path / f"paper{next(numbers)}.pdf", size, **options)

    return sheet
