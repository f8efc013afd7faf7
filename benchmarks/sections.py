"""Sections against openmed's detect_sections and medspaCy's sectionizer, on the same text in one run; and the speed.

    python -m benchmarks.sections [--openmed PYTHON] [--medspacy PYTHON] [--data FOLDER] [--json FILE]

The peers are no dependencies: name an interpreter that has them, or they are left out. Everything is printed as PDF and
read by the program; all three get that text. A section counts as found when a span covers it with an IoU of at least
0.8, white space ignored, whatever it is called; as right when it is called so too (a peer's labels are read in its
favour, `section_peers.CODES`). Precision is the share of spans that cover some section of the truth, where the truth is
complete. Real records are left out where their folder is not there (benchmarks/real/README.md).
"""

import argparse
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.real.dataset import DATA_FILE, data_folder
from benchmarks.real.render import LAYOUTS
from benchmarks.section_peers import CODES, Peer, Spans, available
from benchmarks.section_sets import MTS_FILE, Sample, gold, mts, real
from emr_rerank import Record, Settings
from emr_rerank.facts.context import scopes, sentence_assertion
from emr_rerank.reading.build import text_of
from emr_rerank.reading.pages import PagesRead, read_pages
from emr_rerank.reading.sections import build_sections
from emr_rerank.reading.sentences import find_sentences

IOU = 0.8
SAMPLES = Path(__file__).resolve().parents[1] / "sample_records"
_SIXTY_PAGES = ("kidney-zh", "hip-fracture-zh", "gi-bleed-zh")
_OURS = "emr-rerank"


@dataclass
class Score:
    """Sections of the truth, those found and rightly named, and the spans that cover one."""

    truth: int = 0
    found: int = 0
    right: int = 0
    spans: int = 0
    covering: int = 0
    seconds: float = 0.0
    misses: list[str] = field(default_factory=list)


def score(samples: Sequence[Sample], spans: Sequence[Spans], means: Callable[[str], Set[str]]) -> Score:
    """Compare the spans of each text with its sections."""
    total = Score()
    for sample, own in zip(samples, spans, strict=True):
        before = [0, *accumulate(not letter.isspace() and letter != "|" for letter in sample.record.text)]
        placed = [(label, before[start], before[end]) for label, start, end in own]
        total.spans += len(placed)
        total.truth += len(sample.truth)
        total.covering += sum(any(_iou(s, e, t.start, t.end) >= IOU for t in sample.truth) for _, s, e in placed)
        for truth in sample.truth:
            labels = [label for label, s, e in placed if _iou(s, e, truth.start, truth.end) >= IOU]
            total.found += bool(labels)
            named = any(means(label) & truth.codes for label in labels)
            total.right += named
            if not named:
                codes = "/".join(sorted(truth.codes))
                total.misses.append(f"{sample.record.record_id} {codes} {truth.start}:{truth.end}")
    return total


def _iou(start: int, end: int, other_start: int, other_end: int) -> float:
    shared = min(end, other_end) - max(start, other_start)
    return max(0, shared) / max(1, max(end, other_end) - min(start, other_start))


def our_spans(record: Record) -> Spans:
    """The sections of a record, own text of a node left out."""
    nodes = (node for section in record.sections for node in section.walk())
    return [(node.code, node.start, node.end) for node in nodes if node.code != "preamble"]


def compare(samples: Sequence[Sample], peers: Sequence[Peer]) -> dict[str, Score]:
    """Score of the program and of each peer on the same texts."""
    scores = {_OURS: score(samples, [our_spans(one.record) for one in samples], lambda label: {label})}
    for peer in peers:
        spans, seconds = peer.detect([one.record.text for one in samples])
        codes = CODES[peer.name]
        # mypy can't infer a lambda that binds the loop's value by a default
        scores[peer.name] = score(samples, spans, lambda label, codes=codes: codes.get(label, set()))  # type: ignore[misc]
        scores[peer.name].seconds = seconds
    return scores


def sixty_pages() -> PagesRead:
    """Sixty pages of the sample records, numbered on, as the page reader hands them over."""
    pages = [page for name in _SIXTY_PAGES for page in read_pages(SAMPLES / f"{name}.pdf", Settings(), None).pages]
    numbered = [page.model_copy(update={"number": number}) for number, page in enumerate(pages[:60], 1)]
    return PagesRead(pages=tuple(numbered), sha256="0" * 64)


def speed(runs: int) -> dict[str, float]:
    """Median milliseconds of each stage over a 60-page record, nothing cached but the compiled rules."""
    read, stages = sixty_pages(), dict[str, list[float]]()

    def mark(name: str, began: float) -> float:
        now = time.perf_counter()
        stages.setdefault(name, []).append((now - began) * 1000)
        return now

    for _ in range(runs + 1):  # the first run compiles the rules
        scopes.cache_clear()
        began = at = time.perf_counter()
        _, text = text_of(read, None)
        at = mark("lines into paragraphs", at)
        sections = build_sections(text)
        at = mark("sections", at)
        stretches = find_sentences(text.text, text.lines, sections, None)
        at = mark("sentences", at)
        for one in stretches:
            sentence_assertion(text.text[one.start : one.end], one.owner.code)
        mark("context", at)
        mark("all", began)
    return {name: statistics.median(times[1:]) for name, times in stages.items()}


def show(title: str, scores: dict[str, Score], complete: bool) -> None:
    """One table a set of texts."""
    table = Table("detector", "sections", "found", "named right", "spans", "precision", title=title)
    for name, one in scores.items():
        precision = f"{one.covering / one.spans:.1%}" if complete and one.spans else "-"
        shares = (f"{count / one.truth:.1%}" for count in (one.found, one.right))
        table.add_row(name, str(one.truth), *shares, str(one.spans), precision)
    Console(width=None if sys.stdout.isatty() else 110).print(table)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--openmed", metavar="PYTHON", help="interpreter that has openmed (default: this one)")
    parser.add_argument("--medspacy", metavar="PYTHON", help="interpreter that has medspacy (default: this one)")
    parser.add_argument("--data", type=Path, help="folder of the real records and of MTS-Dialog")
    parser.add_argument("--runs", type=int, default=7, help="of the speed measurement")
    parser.add_argument("--misses", action="store_true", help="list our own misses by record, code and offsets")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _sets(folder: Path) -> Iterator[tuple[str, list[Sample], bool]]:
    """(title, texts, whether all their sections are known) of each set that is there."""
    yield "own gold, Chinese", gold("zh"), True
    yield "own gold, English", gold("en"), True
    if (folder / DATA_FILE).is_file():
        for layout in LAYOUTS:
            printed, inline = real(folder, layout)
            yield f"real records, layout {layout}: printed parts", printed, False
            yield f"real records, layout {layout}: inline 查体 and 辅助检查", inline, False
    if (folder / MTS_FILE).is_file():
        yield "MTS-Dialog sections under usual headings", mts(folder), False


def main() -> None:
    """Run, print, and write JSON where asked to."""
    arguments = _arguments()
    found = (available("openmed", arguments.openmed), available("medspacy", arguments.medspacy))
    peers = [peer for peer in found if peer is not None]
    folder = data_folder(arguments.data)
    results: dict[str, dict[str, Score]] = {}
    for title, samples, complete in _sets(folder):
        results[title] = compare(samples, peers)
        show(title, results[title], complete)
        if arguments.misses:
            print(*(f"  missed {miss}" for miss in results[title][_OURS].misses), sep="\n")
    times = speed(arguments.runs)
    print("60 pages, median ms: " + ", ".join(f"{name} {value:.0f}" for name, value in times.items()))
    if arguments.json:
        machine = {"python": platform.python_version(), "machine": platform.machine()}
        scores = {title: {name: vars(one) for name, one in of.items()} for title, of in results.items()}
        report = {"sections": scores, "speed_ms": times, "machine": machine}
        arguments.json.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
