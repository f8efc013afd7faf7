"""Reading PDFs: pages a second and fidelity against pdfplumber (and pymupdf, docling-parse if installed), in one run.

    python -m benchmarks.reading [--producer NAME...] [--document NAME...] [--runs N] [--folder DIR] [--json FILE]

The documents (benchmarks/printed) are printed anew with every producer at hand: reportlab, Chromium, LibreOffice. Times
are processor times, as all readers use one thread and machines are shared: text and tables of all pages of a file,
opened and closed, the best of the runs, each begun with the garbage collected. The ratio of a family of producers is
the median over its documents of four pages and more of pdfplumber's time by ours. Character errors are on text pages,
white space apart, in reading order. A table cell is right in its row and column only.
"""

import argparse
import gc
import importlib.util
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.printed.document import Document
from benchmarks.printed.documents import documents
from benchmarks.printed.peers import PEERS, reading_of
from benchmarks.printed.producers import print_set, producers
from benchmarks.printed.scoring import Reading, TableScore, paragraphs_kept, table_score, text_errors
from emr_rerank import Settings
from emr_rerank.reading.build import build_record
from emr_rerank.reading.pages import PagesRead, read_pages

Outcome = dict[str, Any]
# Records have 20 to 300 pages: documents of a page or two count for fidelity, not for the ratio of times.
_MIN_PAGES = 4


def ours(read: PagesRead, document: Document) -> Reading:
    """emr-rerank: lines and tables of the record that the pages make."""
    record = build_record("record", read, None)
    lines = [line.text for page in record.pages for line in page.lines]
    tables = [[table.header, *table.rows] for table in record.tables]
    return Reading(lines, tables, record.text.split("\n"))


def read_ours(path: Path) -> PagesRead:
    """What is timed of emr-rerank: text and tables of every page, running lines taken off."""
    return read_pages(path, Settings())


def readers() -> dict[str, tuple[Callable[[Path], Any], Callable[[Any, Document], Reading]]]:
    """Reader → (what is timed, what makes a Reading of it); those that are not installed are left out."""
    installed = (peer for peer in PEERS if importlib.util.find_spec(peer.module))
    return {"emr-rerank": (read_ours, ours), **{peer.name: (peer.read, reading_of) for peer in installed}}


def measure(path: Path, document: Document, runs: int, names: Sequence[str]) -> dict[str, Outcome]:
    """Reader → ms, pages and fidelity for one file."""
    import pypdfium2

    with_pages = pypdfium2.PdfDocument(path)
    pages = len(with_pages)
    with_pages.close()
    found = {}
    for name, (read, reading) in readers().items():
        if names and name not in names:
            continue
        best = float("inf")
        for _ in range(runs):
            gc.collect()  # nobody pays for what another reader left
            began = time.process_time()
            result = read(path)
            best = min(best, (time.process_time() - began) * 1000)
        found[name] = {"pages": pages, "ms": best, **fidelity(document, reading(result, document))}
    return found


def fidelity(document: Document, reading: Reading) -> Outcome:
    """Errors and letters of the text, paragraphs kept, and cells of the tables."""
    score = table_score(document, reading)
    errors, letters = text_errors(document, reading) if document.kind == "text" or reading.paragraphs else (0, 0)
    kept, paragraphs = paragraphs_kept(document, reading) if reading.paragraphs is not None else (0, 0)
    return {"errors": errors, "letters": letters, "kept": kept, "paragraphs": paragraphs, "tables": vars(score)}


def run(options: argparse.Namespace, folder: Path) -> tuple[list[Outcome], list[str]]:
    """One entry a producer, document and reader; and the producers that are missing."""
    found, missing = producers()
    chosen = [d for d in documents() if not options.document or d.name in options.document]
    results = []
    for producer in found:
        if options.producer and not any(name in producer.name for name in options.producer):
            continue
        try:
            paths = print_set(producer, chosen, folder)
        except (subprocess.SubprocessError, OSError) as error:
            missing.append(f"{producer.name} ({type(error).__name__})")
            continue
        for document in chosen:
            for reader, outcome in measure(paths[document.name], document, options.runs, options.reader).items():
                about = {"producer": producer.name, "family": producer.family, "document": document.name}
                results.append({**about, "kind": document.kind, "reader": reader, **outcome})
    return results, missing


def fidelity_table(results: Sequence[Outcome]) -> Table:
    """Producer and reader → errors on text pages, cells of tables, paragraphs, false tables."""
    table = Table(
        "producer", "reader", "text error %", "cells recall", "cells precision", "rows exact", "wrapped cells",
        "wrapped rows", "tables joined", "false tables", "paragraphs", title="Fidelity",
    )  # fmt: skip
    for producer, reader in dict.fromkeys((r["producer"], r["reader"]) for r in results):
        own = [r for r in results if (r["producer"], r["reader"]) == (producer, reader)]
        text = [r for r in own if r["kind"] == "text"]
        plain, wrapped = _score(own, "table"), _score(own, "wrapped")
        kept, paragraphs = sum(r["kept"] for r in text), sum(r["paragraphs"] for r in text)
        table.add_row(
            producer, reader, f"{100 * sum(r['errors'] for r in text) / max(1, sum(r['letters'] for r in text)):.3f}",
            _share(plain.right, plain.wanted), _share(plain.right, plain.found), _share(plain.exact, plain.rows),
            _share(wrapped.right, wrapped.wanted), _share(wrapped.exact, wrapped.rows),
            f"{plain.tables_found}/{plain.tables_wanted}", str(sum(r["tables"]["tables_found"] for r in text)),
            _share(kept, paragraphs),
        )  # fmt: skip
    return table


def _score(results: Sequence[Outcome], kind: str) -> TableScore:
    return sum((TableScore(**r["tables"]) for r in results if r["kind"] == kind), TableScore())


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.4f}" if whole else "-"


def speed_table(results: Sequence[Outcome]) -> Table:
    """Family and reader → pages a second and the median ratio to pdfplumber."""
    table = Table("set", "reader", "pages", "pages/s", "ms a page", "times pdfplumber (median)", title="Speed")
    for family, reader in dict.fromkeys((r["family"], r["reader"]) for r in results):
        own = [r for r in results if (r["family"], r["reader"]) == (family, reader)]
        pages, ms = sum(r["pages"] for r in own), sum(r["ms"] for r in own)
        row = [family, reader, str(pages), f"{1000 * pages / ms:.0f}", f"{ms / pages:.2f}"]
        table.add_row(*row, f"{ratio(results, family, reader):.1f}")
    return table


def ratio(results: Sequence[Outcome], family: str, reader: str) -> float:
    """Median over the family's documents of pdfplumber's time by the reader's, very short ones left out."""
    long = [r for r in results if r["family"] == family and r["pages"] >= _MIN_PAGES]
    ms = {(r["producer"], r["document"], r["reader"]): r["ms"] for r in long}
    if not any(name == "pdfplumber" for _, _, name in ms):
        return float("nan")
    ratios = [ms[(p, d, "pdfplumber")] / ms[(p, d, reader)] for p, d, name in ms if name == reader]
    return statistics.median(ratios)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--producer", nargs="*", default=[], help="part of a producer's name; all when left out")
    parser.add_argument("--document", nargs="*", default=[], help="documents by name; all when left out")
    parser.add_argument("--reader", nargs="*", default=[], help="readers by name; all that are installed when left out")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="keep the PDFs here and use those that are there")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 180)
    with tempfile.TemporaryDirectory() as scratch:
        results, missing = run(options, options.folder or Path(scratch))
    for name in missing:
        console.print(f"{name} is not installed or failed: left out.")
    console.print(fidelity_table(results))
    console.print(speed_table(results))
    machine = f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    console.print(f"Machine: {_processor()} ({machine}); {options.runs} runs")
    if options.json:
        options.json.write_text(json.dumps({"machine": machine, "results": results}, indent=1), encoding="utf-8")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown processor")


if __name__ == "__main__":
    main()
