"""The nouns of a printed document: what is printed, and what a faithful reader must give back."""

from dataclasses import dataclass
from typing import Literal

Look = Literal["ruled", "three_line", "spaced"]
Kind = Literal["title", "heading", "prose", "line"]
Cell = str | None
"""The text of a cell; None for a cell that is merged with the one above it."""


@dataclass(frozen=True)
class Text:
    """A paragraph, heading or single line, printed from the left margin (titles in the middle)."""

    text: str
    kind: Kind = "prose"


@dataclass(frozen=True)
class Grid:
    """A table. `widths` are shares of the text width, one a column of one group; `aligned` is l, r or c a column.

    `groups` side by side share the header; `repeats` prints the header again on every page; `tight` leaves no more room
    between rows than between the lines of a cell.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]
    look: Look = "ruled"
    aligned: str = ""
    groups: int = 1
    repeats: bool = False
    tight: bool = False

    @property
    def read(self) -> list[tuple[str, ...]]:
        """The rows as they must be read: a merged cell speaks for every row that it covers."""
        rows: list[tuple[str, ...]] = []
        for row in self.rows:
            rows.append(tuple(rows[-1][i] if cell is None else cell for i, cell in enumerate(row)))
        return rows

    @property
    def printed(self) -> list[tuple[Cell, ...]]:
        """The rows as they stand on paper, groups side by side, filled down the left group first."""
        height = -(-len(self.rows) // self.groups)
        columns = [self.rows[start : start + height] for start in range(0, len(self.rows), height)]
        empty = ("",) * len(self.header)
        return [
            tuple(cell for column in columns for cell in (column[i] if i < len(column) else empty))
            for i in range(height)
        ]


@dataclass(frozen=True)
class Note:
    """A line set vertically in the left margin: letters under one another, or turned by 90 degrees."""

    text: str
    turned: bool = False


@dataclass(frozen=True)
class Break:
    """A new page begins."""


Block = Text | Grid | Note | Break


@dataclass(frozen=True)
class Document:
    """One document. `kind` says which acceptance line judges it.

    `turned`: `rotate` prints pages with /Rotate 90, `sideways` prints the text turned on an upright page.
    `framed` draws a box around every page's text. `header` and `footer` may hold {page} and {total}; `alternates` sets
    them left and right in turn.
    """

    name: str
    kind: Literal["text", "table", "wrapped"]
    blocks: tuple[Block, ...]
    header: str = ""
    footer: str = ""
    alternates: bool = False
    watermark: str = ""
    turned: Literal["", "rotate", "sideways"] = ""
    size: float = 10.5
    framed: bool = False

    @property
    def texts(self) -> list[str]:
        """The text outside tables, in reading order."""
        return [block.text for block in self.blocks if isinstance(block, Text | Note)]

    @property
    def tables(self) -> list[Grid]:
        """The tables, in reading order."""
        return [block for block in self.blocks if isinstance(block, Grid)]
