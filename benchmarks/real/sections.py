"""Printed parts and inline parts of the real records: the truth, by ids and offsets, and how well it was found.

    python -m benchmarks.real.sections [--data FOLDER] [--layout a b] [--misses]

Every record is rendered as a PDF and read by the program. Spans are compared without white space. A part counts when a
section of its code covers it with an IoU of at least 0.8. `inline_sections.jsonl` holds the inline parts: where a
heading for the physical examination (查体, 入院查体, 查 …) or the auxiliary examinations (辅助检查, 辅检, 门诊资料 …)
stands inside a printed part, located by hand. An inline part begins with its number, if it has one, and ends before the
next numbered item, the next heading, or the first clause that is no finding: a result, an opinion, an order, the
patient's wish. A `查体：` inside a sentence of reasoning (依据…，查体：…) is no heading.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.real.dataset import PARTS, PRINTED_CODES, RealRecord, data_folder, load_records, stop
from benchmarks.real.render import LAYOUTS, render_all
from benchmarks.real.scoring import squeeze
from emr_rerank import Record, read_record

TRUTH = Path(__file__).with_name("inline_sections.jsonl")
IOU = 0.8
INLINE = ("physical_exam", "auxiliary_exam")


@dataclass(frozen=True)
class Span:
    """A section of the truth or found; offsets count the characters of the record that are not white space."""

    code: str
    start: int
    end: int
    where: str = ""

    def iou(self, other: "Span") -> float:
        """Intersection over union of two spans."""
        shared = min(self.end, other.end) - max(self.start, other.start)
        return max(0, shared) / max(1, max(self.end, other.end) - min(self.start, other.start))


@dataclass
class Counts:
    """Right, false and missed sections."""

    right: int = 0
    false: list[Span] = field(default_factory=list)
    missed: list[Span] = field(default_factory=list)

    def add(self, truth: Sequence[Span], found: Sequence[Span]) -> None:
        """Match each span of the truth with at most one found span of its code, best first."""
        left = list(found)
        for span in truth:
            best = max((other for other in left if other.code == span.code), key=span.iou, default=None)
            if best is None or span.iou(best) < IOU:
                self.missed.append(span)
                continue
            left.remove(best)
            self.right += 1
        self.false.extend(left)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + len(self.false))

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + len(self.missed))

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / max(1e-9, self.precision + self.recall)


@dataclass(frozen=True)
class InlinePart:
    """A heading inside a printed part and what stands under it: half-open offsets into the part's text."""

    record: str
    sha256: str
    part: str
    code: str
    start: int
    end: int


def load_truth(records: Sequence[RealRecord]) -> Mapping[str, list[InlinePart]]:
    """Record id → its inline parts; stops when a record's text is not the one they were located in."""
    hashes = {record.id: record.sha256 for record in records}
    truth: dict[str, list[InlinePart]] = {record.id: [] for record in records}
    for line in TRUTH.read_text(encoding="utf-8").splitlines():
        row = InlinePart(**json.loads(line))
        if row.record in truth:
            if hashes[row.record] != row.sha256:
                stop(f"{row.record} is not the text that its inline parts were located in")
            truth[row.record].append(row)
    return truth


def expected(record: RealRecord, read: str, rows: Sequence[InlinePart]) -> tuple[list[Span], list[Span]]:
    """Printed and inline parts as spans of the squeezed text that was read; a part that it lacks stands at -1."""
    printed, inline, at = [], [], 0
    for part in PARTS:
        raw = record.sections[part].replace("&nbsp;", "      ")  # as the reader takes it
        text = squeeze(raw)
        start = read.find(text, at)
        heading = read.rfind(part, at, start) if start >= 0 else -1
        if heading < 0:
            printed.append(Span(PRINTED_CODES[part], -1, -1, f"{record.id} {part}"))
            continue
        printed.append(Span(PRINTED_CODES[part], heading, start + len(text), f"{record.id} {part}"))
        at = start + len(text)
        for row in rows:
            if row.part == part:
                begin = start + len(squeeze(raw[: row.start]))
                end = begin + len(squeeze(raw[row.start : row.end]))
                inline.append(Span(row.code, begin, end, f"{record.id} {part}"))
    return printed, inline


def found_in(record: Record) -> tuple[list[Span], list[Span]]:
    """Sections that take the place of printed parts, and sections of the inline codes.

    Further documents count as printed parts too: a record that is one document must not fall into several.
    """
    printed, inline, documents = [], [], 0
    for section in record.sections:
        for node in section.walk():
            span = Span(node.code, *(len(squeeze(record.text[:at])) for at in (node.start, node.end)), record.record_id)
            if node.code in INLINE:
                inline.append(span)
            elif node.code in PRINTED_CODES.values():
                printed.append(span)
        documents += section.code not in ("preamble", "discharge_summary")
    return printed + [Span("document", 0, 0, record.record_id)] * documents, inline


def measure(records: Sequence[RealRecord], layout: str) -> dict[str, Counts]:
    """What was found, by kind of part, over all records in one layout."""
    truth = load_truth(records)
    counts = {name: Counts() for name in ("printed", *INLINE)}
    with tempfile.TemporaryDirectory(prefix="emr-rerank-sections-") as folder:
        pdfs = render_all(tuple(records), layout, Path(folder))
        for record in records:
            read = read_record(pdfs[record.id])
            printed, inline = expected(record, squeeze(read.text), truth[record.id])
            found_printed, found_inline = found_in(read)
            counts["printed"].add(printed, found_printed)
            for code in INLINE:
                counts[code].add(
                    [span for span in inline if span.code == code], [span for span in found_inline if span.code == code]
                )
    return counts


def rows(counts: Mapping[str, Counts]) -> Iterator[tuple[str, ...]]:
    """A row a kind of part: right, false, missed, precision, recall, F1."""
    for name, count in counts.items():
        rates = (count.precision, count.recall, count.f1)
        yield name, str(count.right), str(len(count.false)), str(len(count.missed)), *(f"{rate:.4f}" for rate in rates)


def main() -> int:
    """0 when measured, 2 when the records are missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of the records (default: $EMR_RERANK_DATA, ../shared/data)")
    parser.add_argument("--layout", nargs="*", choices=LAYOUTS, default=LAYOUTS)
    parser.add_argument("--misses", action="store_true", help="list what was missed or false, by ids and offsets")
    arguments = parser.parse_args()
    records = load_records(data_folder(arguments.data))
    console = Console()
    for layout in arguments.layout:
        counts = measure(records, layout)
        table = Table("part", "right", "false", "missed", "precision", "recall", "F1", title=f"layout {layout}")
        for row in rows(counts):
            table.add_row(*row)
        console.print(table)
        if arguments.misses:
            for name, count in counts.items():
                for kind, spans in (("missed", count.missed), ("false", count.false)):
                    for span in spans:
                        console.print(f"{layout} {name} {kind} {span.where} {span.start}:{span.end}", highlight=False)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
