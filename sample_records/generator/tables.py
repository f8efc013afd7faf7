"""Tables on paper: ruled, or aligned by white space alone."""

from collections.abc import Sequence

from sample_records.generator.paper import BOTTOM, Paper, wrap

PADDING = 3.0


def print_table(
    paper: Paper,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    weights: Sequence[float],
    *,
    ruled: bool,
    size: float = 9.0,
    codes: Sequence[str] | None = None,
) -> list[int]:
    """Prints a table over as many pages as it needs, its header again on each; gives the page of every row.

    Args:
        weights: relative column widths.
        codes: section code of each row, where it differs from the paper's own.
    """
    widths = [paper.width * weight / sum(weights) for weight in weights]
    pages, own = [], paper.code
    if header:
        paper.need(size * 5)
        _row(paper, header, widths, ruled, size)
    for number, row in enumerate(rows):
        if header and paper.y - _height(paper, row, widths, ruled, size) < BOTTOM:
            paper.turn()
            _row(paper, header, widths, ruled, size)
        paper.code = codes[number] if codes else own
        _row(paper, row, widths, ruled, size)
        pages.append(paper.page)
    paper.code = own
    paper.gap(4)
    return pages


def _cells(paper: Paper, row: Sequence[str], widths: Sequence[float], size: float) -> list[list[str]]:
    return [wrap(cell, paper.style.font, size, width - 2 * PADDING) for cell, width in zip(row, widths, strict=True)]


def _height(paper: Paper, row: Sequence[str], widths: Sequence[float], ruled: bool, size: float) -> float:
    lines = max(len(cell) for cell in _cells(paper, row, widths, size))
    return lines * size * 1.35 + (6.0 if ruled else 3.5)


def _row(paper: Paper, row: Sequence[str], widths: Sequence[float], ruled: bool, size: float) -> None:
    height = _height(paper, row, widths, ruled, size)
    paper.need(height)
    top, x = paper.y, paper.style.left
    for lines, width in zip(_cells(paper, row, widths, size), widths, strict=True):
        for number, line in enumerate(lines):
            paper.put(x + PADDING, top - (4.0 if ruled else 2.5) - size * (0.85 + 1.35 * number), line, size)
        if ruled:
            paper.canvas.setLineWidth(0.5)
            paper.canvas.rect(x, top - height, width, height)
        x += width
    paper.y = top - height
