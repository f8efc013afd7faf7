"""How long all facts of a record take, on one core, and how many of the printed results come out.

    python -m benchmarks.facts [--records NAME...] [--runs N] [--json FILE]

Facts of every kind are extracted from every sentence of the named records (by default two that have 64 pages together),
after one run that reads the rules. Wall and processor time are medians over the runs; the last line scales to 60 pages.
Series are compared with the lab reports that the generator printed: time, value, unit and page of each point.
"""

import argparse
import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from emr_rerank import Record, read_record
from emr_rerank.facts.extract import extract_facts
from emr_rerank.facts.trends import build_trends
from emr_rerank.findings import Fact

SAMPLES = Path(__file__).resolve().parents[1] / "sample_records"
DEFAULT = ("kidney-zh", "gi-bleed-zh")
PAGES = 60


def measure(record: Record, runs: int) -> dict[str, float]:
    """Median seconds of wall and processor time of one extraction."""
    wall, processor = [], []
    for _ in range(runs):
        began, busy = time.perf_counter(), time.process_time()
        extract_facts(record, record.sentences)
        wall.append(time.perf_counter() - began)
        processor.append(time.process_time() - busy)
    return {"wall": statistics.median(wall), "processor": statistics.median(processor)}


def printed(name: str, facts: Sequence[Fact]) -> tuple[int, int]:
    """(points of the series that are as printed, points printed); analytes with one result are left out."""
    truth = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))["series"]
    expected = {
        (analyte, each["time"], each["value"], each["unit"], each["page"])
        for analyte, points in truth.items()
        if len(points) > 1
        for each in points
    }
    trends = build_trends(facts, list(truth))
    found = {(each.name, point.time, point.value, each.unit, point.page) for each in trends for point in each.points}
    return len(expected & found), len(expected)


def run(names: Sequence[str], runs: int) -> dict[str, dict[str, Any]]:
    """Record → pages, facts, seconds, series points."""
    rows: dict[str, dict[str, Any]] = {}
    for name in names:
        record = read_record(SAMPLES / f"{name}.pdf")
        facts = extract_facts(record, record.sentences)
        right, points = printed(name, facts)
        rows[name] = {"pages": record.page_count, "facts": len(facts), "right": right, "points": points}
        rows[name] |= measure(record, runs)
    return rows


def show(rows: dict[str, dict[str, Any]]) -> None:
    """One table and the figure for a record of 60 pages."""
    console = Console(width=110)
    table = Table("record", "pages", "facts", "wall ms", "processor ms", "series points as printed", title="all facts")
    for name, row in rows.items():
        times = (f"{row[key] * 1000:.0f}" for key in ("wall", "processor"))
        table.add_row(name, str(row["pages"]), str(row["facts"]), *times, f"{row['right']} of {row['points']}")
    console.print(table)
    pages = sum(row["pages"] for row in rows.values())
    wall, processor = (sum(row[key] for row in rows.values()) * PAGES / pages for key in ("wall", "processor"))
    console.print(f"{PAGES} pages: {wall:.2f} s wall, {processor:.2f} s processor, one core")


def main() -> None:
    """Run, print, and write JSON where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--records", nargs="*", default=DEFAULT, choices=sorted(path.stem for path in SAMPLES.glob("*.pdf"))
    )
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    rows = run(arguments.records, arguments.runs)
    show(rows)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
