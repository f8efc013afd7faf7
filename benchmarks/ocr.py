"""Characters and lab rows of scanned pages, read with the OCR extra; pages of known truth made at run time.

    python -m benchmarks.ocr [--skews DEGREES...] [--turned DEGREES] [--poor] [--seed N] [--json FILE]

Character error is the edit distance to what was printed over its length, without white space; full-width and half-width
forms of a sign count as one (Unicode NFKC), because a picture does not tell them apart. A lab row is exact when every
cell is. Seconds are processor time over all threads.
"""

import argparse
import json
import platform
import statistics
import sys
import tempfile
import time
import unicodedata
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.scans import Scan, missing_fonts, pages, scanned
from emr_rerank.reading.pages import PagesRead, read_pages
from emr_rerank.settings import Settings


def folded(text: str) -> str:
    """Without white space, and in one width."""
    return "".join(unicodedata.normalize("NFKC", text.replace("μ", "u").replace("µ", "u")).split())


def edit_distance(one: str, other: str) -> int:
    """Levenshtein distance."""
    before = list(range(len(other) + 1))
    for number, letter in enumerate(one, start=1):
        row = [number]
        for place, against in enumerate(other, start=1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (letter != against)))
        before = row
    return before[-1]


def measure(scan: Scan, skew: float, turned: int, poor: bool = False) -> dict[str, Any]:
    """Characters, edits, rows, exact rows and seconds of one page."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scan.pdf"
        path.write_bytes(scanned(scan, skew, turned=turned, poor=poor))
        began = time.process_time()
        read = read_pages(path, Settings())
        seconds = time.process_time() - began
    truth, text = folded(scan.text), folded(_text(read))
    found = {tuple(map(folded, row)) for page in read.pages for table in page.tables for row in table.rows}
    wrong = [row for row in scan.rows if tuple(map(folded, row)) not in found]
    return {
        "page": scan.name,
        "skew": skew,
        "characters": len(truth),
        "edits": edit_distance(truth, text),
        "rows": len(scan.rows),
        "wrong": wrong,
        "cpu_seconds": seconds,
        "confidence": read.pages[0].ocr_confidence,
        "text": text,
    }


def _text(read: PagesRead) -> str:
    page = read.pages[0]
    running = [line.text for line in page.running]
    return "".join(running) + page.text


def show(results: Iterable[dict[str, Any]]) -> None:
    """One line a kind of page, over all skews."""
    results = list(results)
    table = Table(
        "page", "pages", "character error", "lab rows exact", "median CPU s a page", title="Scanned pages, 150 dpi"
    )
    names = dict.fromkeys(result["page"] for result in results)
    for name, group in [*((name, [r for r in results if r["page"] == name]) for name in names), ("all", results)]:
        rows = sum(result["rows"] for result in group)
        exact = rows - sum(len(result["wrong"]) for result in group)
        error = sum(result["edits"] for result in group) / sum(result["characters"] for result in group)
        table.add_row(
            name,
            str(len(group)),
            f"{error:.2%}",
            f"{exact}/{rows} ({exact / rows:.3f})" if rows else "",
            f"{statistics.median(result['cpu_seconds'] for result in group):.1f}",
        )
    Console(width=None if sys.stdout.isatty() else 110).print(table)


def main() -> None:
    """Run, print, and write JSON where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--skews", nargs="*", type=float, default=[-1.5, 0.0, 1.5])
    parser.add_argument("--turned", type=int, default=0, choices=(0, 90, 180, 270))
    parser.add_argument("--poor", action="store_true", help="worn copies")
    parser.add_argument("--seed", type=int, default=1, help="of the texts and results that are printed")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if missing := missing_fonts():
        sys.exit(f"missing: {', '.join(missing)}; apt-get install fonts-noto-cjk fonts-wqy-zenhei fonts-liberation")
    results = [
        measure(scan, skew, arguments.turned, arguments.poor)
        for scan in pages(arguments.seed)
        for skew in arguments.skews
    ]
    show(results)
    if arguments.json:
        machine = {"python": platform.python_version(), "machine": platform.machine(), "rapidocr": version("rapidocr")}
        arguments.json.write_text(
            json.dumps({"pages": results, "machine": machine}, ensure_ascii=False, indent=1) + "\n"
        )


if __name__ == "__main__":
    main()
