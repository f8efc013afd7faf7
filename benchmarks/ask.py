"""Section first against a flat search, on the sample records, in one run; and reading against pdfplumber.

    python -m benchmarks.ask [--records NAME...] [--runs N] [--json FILE]

Flat BM25 and flat e5 rank all sentences of the record; ours is the program with its default settings. A hit is an
expected sentence of the record's JSON file on its page. Times are medians over the questions (asking) and over the runs
(reading); one's own ratio is what carries over to another machine.
"""

import argparse
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pdfplumber
from rich.console import Console
from rich.table import Table

from emr_rerank import Asker, Record, Sentence, Settings, read_record
from emr_rerank.evaluation import ExpectedEvidence, expected_rank
from emr_rerank.evidence.bm25 import BM25
from emr_rerank.evidence.terms import surface_terms

SAMPLES = Path(__file__).resolve().parents[1] / "sample_records"
SCANNED = "pancreatitis-scan-zh"
Ranking = Callable[[Record, str], Sequence[Any]]


def flat_bm25(record: Record, question: str) -> list[Sentence]:
    """All sentences by BM25 over words and character pairs."""
    index = BM25([surface_terms(sentence.text) for sentence in record.sentences])
    return _by(index.scores(surface_terms(question)), record)


def flat_e5(asker: Asker) -> Ranking:
    """All sentences by e5 cosine; each is embedded once a record."""
    seen: dict[int, np.ndarray] = {}

    def rank(record: Record, question: str) -> list[Sentence]:
        if id(record) not in seen:
            seen.clear()
            seen[id(record)] = asker.embedder.passages([sentence.text[:200] for sentence in record.sentences])
        return _by(seen[id(record)] @ asker.embedder.queries([question])[0], record)

    return rank


def _by(scores: np.ndarray, record: Record) -> list[Sentence]:
    return [record.sentences[int(index)] for index in np.argsort(-scores, kind="stable")[:3]]


def ask_all(names: Sequence[str]) -> dict[str, dict[str, list[float]]]:
    """Method → hit1, hit3, ms: one entry a question that the record answers."""
    asker = Asker(Settings(journal=None))
    methods: dict[str, Ranking] = {
        "flat BM25": flat_bm25,
        "flat e5": flat_e5(asker),
        "emr-rerank": lambda record, question: asker.ask(record, question).evidence,
    }
    results: dict[str, dict[str, list[float]]] = {name: {"hit1": [], "hit3": [], "ms": []} for name in methods}
    for name in names:
        record = read_record(SAMPLES / f"{name}.pdf")
        truth = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
        for question in (q for q in truth["questions"] if q["evidence"]):
            for method, rank in methods.items():
                began = time.perf_counter()
                shown = rank(record, question["question"])
                results[method]["ms"].append((time.perf_counter() - began) * 1000)
                ranks = [expected_rank(ExpectedEvidence(**wanted), shown) for wanted in question["evidence"]]
                best = min((r for r in ranks if r), default=99)
                results[method]["hit1"].append(float(best == 1))
                results[method]["hit3"].append(float(best <= 3))
    return results


def read_all(names: Sequence[str], runs: int) -> dict[str, dict[str, float]]:
    """Record → milliseconds a page of read_record and of pdfplumber's extract_text and extract_tables."""
    return {name: _read_one(SAMPLES / f"{name}.pdf", runs) for name in names}


def _read_one(path: Path, runs: int) -> dict[str, float]:
    ours, theirs, pages = [], [], read_record(path).page_count
    for _ in range(runs):
        began = time.perf_counter()
        read_record(path)
        middle = time.perf_counter()
        with pdfplumber.open(path) as pdf:
            for page in pdf.pages:
                page.extract_text()
                page.extract_tables()
                page.close()
        ours.append((middle - began) * 1000 / pages)
        theirs.append((time.perf_counter() - middle) * 1000 / pages)
    return {"ours": statistics.median(ours), "pdfplumber": statistics.median(theirs)}


def show(asked: dict[str, dict[str, list[float]]], read: dict[str, dict[str, float]]) -> None:
    """Two tables."""
    console = Console(width=None if sys.stdout.isatty() else 110)
    table = Table("search", "questions", "Hit@1", "Hit@3", "median ms", title="asking")
    for method, rows in asked.items():
        hits = (f"{statistics.mean(rows[key]):.1%}" for key in ("hit1", "hit3"))
        table.add_row(method, str(len(rows["ms"])), *hits, f"{statistics.median(rows['ms']):.0f}")
    console.print(table)
    table = Table("record", "ours, ms a page", "pdfplumber, ms a page", "ratio", title="reading (whole read_record)")
    for name, row in read.items():
        ratio = row["pdfplumber"] / row["ours"]
        table.add_row(name, f"{row['ours']:.1f}", f"{row['pdfplumber']:.1f}", f"{ratio:.1f}")
    console.print(table)


def main() -> None:
    """Run, print, and write JSON where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = sorted(path.stem for path in SAMPLES.glob("*.pdf") if path.stem != SCANNED)
    parser.add_argument("--records", nargs="*", default=names, choices=names)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    asked, read = ask_all(arguments.records), read_all(arguments.records, arguments.runs)
    show(asked, read)
    if arguments.json:
        machine = {"python": platform.python_version(), "machine": platform.machine()}
        arguments.json.write_text(json.dumps({"asking": asked, "reading": read, "machine": machine}, indent=1) + "\n")


if __name__ == "__main__":
    main()
