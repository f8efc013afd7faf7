"""Peak memory of reading records of 100, 200 and 300 pages, each in a process of its own.

    python -m benchmarks.reading_memory [--pages N...] [--json FILE]

The records (notes and laboratory reports in turn) are printed with reportlab. Peaks are resident memory of the whole
process: after the imports, after reading the pages, and after the record is built.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.printed.document import Block, Document
from benchmarks.printed.documents import documents
from benchmarks.printed.reportlab_printer import fonts, print_document


def print_record(pages: int, path: Path) -> None:
    """A record of about so many pages: notes, then ruled and unruled laboratory reports, over and over."""
    by_name = {document.name: document for document in documents()}
    part: list[Block] = []
    for name in ("notes-zh", "lab-ruled-two-groups", "lab-spaced"):
        part += by_name[name].blocks
    source = by_name["notes-zh"]
    repeats = max(1, round(pages / 39))  # the three documents make about 39 pages
    print_document(
        Document("record", "text", tuple(part * repeats), source.header, source.footer, size=10.5),
        path,
        fonts()["reportlab"],
    )


def measure(path: Path) -> dict[str, float]:
    """Pages of a record and the peaks in MB, in this process."""
    from emr_rerank import Settings
    from emr_rerank.reading.build import build_record
    from emr_rerank.reading.pages import read_pages

    imported = peak()
    read = read_pages(path, Settings())
    pages = peak()
    build_record("record", read, None)
    return {"pages": len(read.pages), "imports": imported, "pages read": pages, "record built": peak()}


def peak() -> float:
    """Peak resident memory of this process in MB; what the one that started it held does not count (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, nargs="*", default=[100, 200, 300])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return
    table = Table("pages", "imports MB", "pages read MB", "record built MB", title="Peak resident memory")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for pages in options.pages:
            path = Path(folder) / f"{pages}.pdf"
            print_record(pages, path)
            command = [sys.executable, "-m", "benchmarks.reading_memory", "--measure", str(path)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            result = json.loads(done.stdout.splitlines()[-1])
            results.append(result)
            table.add_row(*(f"{value:.0f}" for value in result.values()))
    Console().print(table)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
