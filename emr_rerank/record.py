"""The nouns of a record: what stands where on paper and in the text. Frozen, without I/O.

Offsets are half-open, count Python characters and index `Record.text`. Boxes are PDF points with the origin at the top
left of the page. Pages count from 1.
"""

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from emr_rerank import display

BBox = tuple[float, float, float, float]
"""(x0, top, x1, bottom) in PDF points, origin at the top left of the page."""

PageSource = Literal["text", "ocr"]
Assertion = Literal["present", "absent", "possible", "conditional", "historical", "family"]
Language = Literal["zh", "en", "mixed"]


class Noun(BaseModel):
    """A frozen value that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(Noun):
    """A half-open stretch of the record's text."""

    start: int
    end: int


class PrintedLine(Noun):
    """One line as printed on a page, before it is joined into paragraphs."""

    text: str
    bbox: BBox
    size: float = Field(0.0, description="font size in points, 0 when unknown")
    bold: bool = False
    confidence: float | None = Field(None, description="OCR confidence 0 to 1; null for a text layer")


class PageTable(Noun):
    """A table as printed on one page. Every row has as many cells as the table has columns."""

    bbox: BBox
    rows: tuple[tuple[str, ...], ...]
    row_boxes: tuple[BBox, ...]
    ruled: bool = True
    row_confidences: tuple[float, ...] = Field((), description="OCR confidence of each row; empty for a text layer")

    @property
    def text(self) -> str:
        """Its rows, tab-separated."""
        return "\n".join("\t".join(cell.replace("\n", "") for cell in row) for row in self.rows)


class Page(Noun):
    """One page: its body lines in reading order, its tables, and what was taken off as running matter.

    Lines that belong to a table stand in `tables` only. `tables` are ordered from top to bottom.
    """

    number: int
    width: float
    height: float
    source: PageSource = "text"
    ocr_confidence: float | None = None
    lines: tuple[PrintedLine, ...] = ()
    tables: tuple[PageTable, ...] = ()
    running: tuple[PrintedLine, ...] = Field((), description="running header, footer, page number, watermark lines")

    @property
    def text(self) -> str:
        """The printed body of the page, tables as tab-separated rows, lines and rows in reading order."""
        parts: list[str] = []
        waiting = list(self.tables)
        for line in self.lines:
            while waiting and waiting[0].bbox[1] <= (line.bbox[1] + line.bbox[3]) / 2:
                parts.append(waiting.pop(0).text)
            parts.append(line.text)
        return "\n".join([*parts, *(table.text for table in waiting)])


class Place(Noun):
    """Where a stretch of the record's text stands on paper: one printed line or one table row."""

    start: int
    end: int
    page: int
    bbox: BBox
    confidence: float | None = None


class RowRef(Noun):
    """Which row of which table of the record (indices into `Record.tables` and `Table.rows`)."""

    table: int
    row: int


class Table(Noun):
    """A table of the record, joined over pages. `rows` leaves the header out; `row_spans` are offsets into the text."""

    page: int
    bbox: BBox
    section_code: str = "other"
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    row_spans: tuple[Span, ...] = ()
    caption: str = Field("", description="text printed right above the table: report name, sample time")
    time: str | None = Field(None, description="ISO date or date-time of the report, where one is printed")


class Section(Noun):
    """A node of the section tree. `text == record.text[start:end]`, heading included; children tile their parent.

    A node with children has all its text in them: what stands before the first child is a `preamble` leaf.
    """

    code: str
    title: str = Field(description="the heading as printed; empty for preamble")
    path: tuple[str, ...] = Field(description="titles from the root to this node")
    rule: str | None = Field(None, description="id of the rule that opened it")
    date: str | None = Field(None, description="ISO date or date-time of the document it belongs to")
    author: str | None = Field(None, description="of a document: who signed it, where printed; of a part: null")
    page_start: int
    page_end: int
    start: int
    end: int
    body_start: int = Field(description="offset of the first character after the heading")
    children: tuple["Section", ...] = ()

    def walk(self) -> Iterator["Section"]:
        """This node and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def leaves(self) -> Iterator["Section"]:
        """The leaves below this node (itself when it has no children), in reading order."""
        return (node for node in self.walk() if not node.children)


class Sentence(Noun):
    """A sentence or a table row. `text == record.text[start:end]`; it lies inside one leaf section."""

    index: int = Field(description="position in Record.sentences")
    start: int
    end: int
    text: str
    section_code: str = Field(description="code of the leaf section; a preamble leaf takes its parent's code")
    section_path: tuple[str, ...]
    rule: str | None = Field(None, description="id of the section rule that fired")
    page: int
    bbox: BBox
    more_boxes: tuple[tuple[int, BBox], ...] = Field((), description="(page, box) of the parts on further pages")
    date: str | None = Field(None, description="own date where it states one, else its document's; ISO")
    date_rule: str | None = Field(None, description="id of the rule that resolved the date; null when inherited")
    row: RowRef | None = None
    low_confidence: bool = Field(False, description="OCR was not sure of it")


class Warning(Noun):
    """Something that the reader could not do faithfully. `message` holds no record text."""

    code: str
    page: int | None = None
    message: str


class Record(Noun):
    """One inpatient record, read.

    `sections` tile `text` from 0 to its end. `sentences` are in reading order and do not overlap; headings and blank
    stretches belong to sections but to no sentence.
    """

    record_id: str
    language: Language
    sha256: str = Field(description="of the PDF's bytes")
    page_count: int
    text: str
    pages: tuple[Page, ...] = ()
    places: tuple[Place, ...] = ()
    sections: tuple[Section, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    tables: tuple[Table, ...] = ()
    demographics: dict[str, str] = Field(
        default_factory=dict, description="admission/discharge dates, sex, age as read"
    )
    warnings: tuple[Warning, ...] = ()

    def __rich__(self) -> object:
        return display.record_tree(self)

    def _repr_html_(self) -> str:
        return display.record_html(self)

    def __repr__(self) -> str:
        return f"Record({self.record_id!r}, {self.page_count} pages, {len(self.sentences)} sentences)"

    def leaves(self) -> Iterator[Section]:
        """Every leaf section in reading order."""
        for section in self.sections:
            yield from section.leaves()
