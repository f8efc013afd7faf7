"""One question end to end, beside flat searches, on the sample records, in one run.

    python -m benchmarks.ask [--records NAME...] [--runs N] [--json FILE]

Each record is read and its sections are embedded before (indexed), one question warms everything up; then every
question of the record's JSON file is asked, so many times over. The flat searches are those of `emr-rerank eval
--compare`, with sentence vectors made before. A hit is an expected sentence on its page. Ratios carry over to another
machine.
"""

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from emr_rerank import Asker, Record, Settings, read_record
from emr_rerank.evaluation import ExpectedEvidence, expected_rank
from emr_rerank.evaluation.comparators import FLAT_BM25, FLAT_CROSS_ENCODER, FLAT_ENCODER, searches

SAMPLES = Path(__file__).resolve().parents[1] / "sample_records"
SCANNED = "pancreatitis-scan-zh"
OURS = "emr_rerank"
METHODS = (FLAT_BM25, FLAT_ENCODER, FLAT_CROSS_ENCODER, OURS)
STAGES = ("locate", "rerank", "facts")


@dataclass
class Times:
    """Milliseconds a question and first hits of one search; of the program also those of its stages."""

    total: list[float] = field(default_factory=list)
    first_hits: list[bool] = field(default_factory=list)
    stages: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in STAGES})


def ask_record(asker: Asker, name: str, runs: int, console: Console) -> dict[str, Times]:
    """All questions of one record by every search."""
    record = read_record(SAMPLES / f"{name}.pdf")
    asked = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))["questions"]
    flat = searches(record, asker.embedder, asker.reranker, asker.settings)
    times = {method: Times() for method in METHODS}
    asker.ask(record, asked[0]["question"])
    for question in asked * runs:
        for method in METHODS:
            shown, spent = _timed(partial(_search, asker, record, flat, method, question["question"]))
            own = times[method]
            own.total.append(spent)
            if method == OURS:
                for stage in STAGES:
                    own.stages[stage].append(getattr(shown.timings_ms, stage))
                shown = shown.evidence
            if question["evidence"]:
                ranks = (expected_rank(ExpectedEvidence(**wanted), shown) for wanted in question["evidence"])
                own.first_hits.append(1 in ranks)
    _show(console, f"{name}, {record.page_count} pages, {len(record.sentences)} sentences", times)
    return times


def _search(asker: Asker, record: Record, flat: Any, method: str, question: str) -> Any:
    return asker.ask(record, question) if method == OURS else flat[method](question)


def _timed(run: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    shown = run()
    return shown, (time.perf_counter() - began) * 1000


def _show(console: Console, title: str, times: dict[str, Times]) -> None:
    ours = times[OURS]
    table = Table("search", "asked", "Hit@1", "p50 ms", "p95 ms", "times our p50", title=title)
    for method, own in times.items():
        p50, p95 = np.percentile(own.total, [50, 95])
        ratio = p50 / np.median(ours.total)
        table.add_row(method, str(len(own.total)), _share(own.first_hits), f"{p50:.0f}", f"{p95:.0f}", f"{ratio:.2f}")
    console.print(table)
    stages = ", ".join(f"{name} {np.median(ours.stages[name]):.1f}" for name in STAGES)
    console.print(f"stages of emr_rerank, p50 ms: {stages}\n")


def _share(hits: Sequence[bool]) -> str:
    return f"{np.mean(hits):.1%}" if hits else "-"


def together(records: Sequence[dict[str, Times]]) -> dict[str, Times]:
    """The times of all records."""
    return {
        method: Times(
            [ms for times in records for ms in times[method].total],
            [hit for times in records for hit in times[method].first_hits],
            {stage: [ms for times in records for ms in times[method].stages[stage]] for stage in STAGES},
        )
        for method in METHODS
    }


def main() -> None:
    """Run, print, and write JSON where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = sorted(path.stem for path in SAMPLES.glob("*.pdf") if path.stem != SCANNED)
    parser.add_argument("--records", nargs="*", default=names, choices=names)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 110)
    asker = Asker(Settings(journal=None))
    made = {name: ask_record(asker, name, arguments.runs, console) for name in arguments.records}
    if len(made) > 1:
        _show(console, "all", together([*made.values()]))
    if arguments.json:
        machine = {"python": platform.python_version(), "machine": platform.machine()}
        found = {name: {method: vars(own) for method, own in times.items()} for name, times in made.items()}
        arguments.json.write_text(json.dumps({"asking": found, "machine": machine}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
