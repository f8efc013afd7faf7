"""Reading the sample records from file to record: processor time a page, pages and record apart.

    python -m benchmarks.reading_samples [--runs N]

The best of the runs for each record; scanned records are left out. One run before them compiles the rules.
"""

import argparse
import gc
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from emr_rerank import Settings
from emr_rerank.errors import NoTextError
from emr_rerank.reading.build import build_record
from emr_rerank.reading.pages import read_pages

SAMPLES = Path(__file__).resolve().parents[1] / "sample_records"
_SETTINGS = Settings(ocr="never")


def measure(path: Path, runs: int) -> tuple[int, float, float]:
    """(pages, ms of reading the pages, ms of building the record) of one file."""
    pages, reading, building = 0, float("inf"), float("inf")
    for _ in range(runs):
        gc.collect()
        began = time.process_time()
        read = read_pages(path, _SETTINGS)
        between = time.process_time()
        build_record(path.stem, read, None)
        reading = min(reading, (between - began) * 1000)
        building = min(building, (time.process_time() - between) * 1000)
        pages = len(read.pages)
    return pages, reading, building


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    table = Table("record", "pages", "pages, ms a page", "record, ms a page", "both", title="read_record")
    total = (0, 0.0, 0.0)
    measure(SAMPLES / "psychiatry-zh.pdf", 1)
    for path in sorted(SAMPLES.glob("*.pdf")):
        try:
            pages, reading, building = measure(path, options.runs)
        except NoTextError:
            continue
        total = (total[0] + pages, total[1] + reading, total[2] + building)
        _show(table, path.stem, pages, reading, building)
    _show(table, "all", *total)
    Console().print(table)


def _show(table: Table, name: str, pages: int, reading: float, building: float) -> None:
    times = (f"{ms / pages:.2f}" for ms in (reading, building, reading + building))
    table.add_row(name, str(pages), *times)


if __name__ == "__main__":
    main()
