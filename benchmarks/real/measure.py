"""Asks the hand-written questions about the real records and prints how good the evidence and the refusals are."""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.real.dataset import (
    RealQuestion,
    RealRecord,
    asked_record,
    by_id,
    data_folder,
    half,
    spread,
    stop,
)
from benchmarks.real.render import LAYOUTS, render_all
from benchmarks.real.scoring import TOP, Outcome, Rates, Reply, Shown, by_kind, judge
from benchmarks.real.sets import DEFAULT, SETS

_PIPE_WIDTH = 120
_HAN = re.compile("[一-鿿]")

Answering = Callable[[Path, str], Reply]
"""Answers a question about a PDF. Called with all questions of a record one after the other."""


def program() -> Answering:
    """The program itself with its default settings: one Asker, each PDF read once, nothing journalled."""
    from emr_rerank import Asker, Record, Settings, read_record

    asker = Asker(Settings(journal=None))
    last: dict[Path, Record] = {}

    def answer(pdf: Path, question: str) -> Reply:
        if pdf not in last:
            last.clear()
            last[pdf] = read_record(pdf, asker.settings)
        found = asker.ask(last[pdf], question)
        return Reply(
            status=found.status,
            evidence=tuple(Shown(item.text, item.score) for item in found.evidence),
            rejected=tuple(Shown(item.text, item.score) for item in found.rejected),
        )

    return answer


def measure(
    questions: Sequence[RealQuestion], records: Mapping[str, RealRecord], pdfs: Mapping[str, Path], answer: Answering
) -> Iterator[Outcome]:
    """Ask every question, record by record."""
    for question in sorted(questions, key=lambda question: question.record):
        yield judge(question, asked_record(question, records), answer(pdfs[question.record], question.question))


def rates_table(outcomes: Sequence[Outcome]) -> Table:
    """One row a kind of question, all kinds last."""
    table = Table(box=None, pad_edge=False)
    table.add_column("kind", no_wrap=True)
    hits = ("asked", "answerable", "Hit@1", f"Hit@{TOP}", "MRR", f"Hit@{TOP} unfiltered")
    for heading in (*hits, "refusal P", "R", "F1"):
        table.add_column(heading, justify="right", no_wrap=True)
    for kind, rates in by_kind(outcomes).items():
        table.add_row(kind, str(len(rates.outcomes)), str(len(rates.answerable)), *map(_percent, _row(rates)))
    return table


def _row(rates: Rates) -> tuple[float | None, ...]:
    return (rates.hit(1), rates.hit(TOP), rates.mrr(), rates.hit_unfiltered(TOP), *rates.refusal())


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def miss_line(outcome: Outcome) -> str:
    """A miss by ids, ranks and scores; it quotes the question, never the record."""
    question, reply = outcome.question, outcome.reply
    scores = " ".join(f"{item.score:.2f}" for item in (*reply.evidence, *reply.rejected))
    return (
        f"{question.id} {question.record} {question.kind} {question.status} → {reply.status}"
        f" rank {outcome.rank or '-'} unfiltered {outcome.rank_unfiltered or '-'} scores {scores or '-'}"
        f"  {question.question}"
    )


def language_lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The rates by the language of the question: one of them crosses the language of the records."""
    for name, chinese in (("Chinese", True), ("English", False)):
        asked = Rates([o for o in outcomes if bool(_HAN.search(o.question.question)) == chinese])
        hits = f"Hit@1 {_percent(asked.hit(1))}, Hit@{TOP} {_percent(asked.hit(TOP))}"
        yield f"asked in {name}: {len(asked.outcomes)}, {hits}, refusal F1 {_percent(asked.refusal()[2])}"


def conflicts_line(outcomes: Sequence[Outcome]) -> str:
    """How many contradictions were found, and how many were claimed where there is none."""
    real = [outcome.reply.status == "conflicting" for outcome in outcomes if outcome.question.status == "conflicting"]
    false = sum(o.reply.status == "conflicting" and o.question.status != "conflicting" for o in outcomes)
    return f"contradictions found: {sum(real)} of {len(real)}; claimed where there is none: {false}"


def _answering(name: str) -> Answering:
    module, _, factory = name.partition(":")
    try:
        made: Answering = getattr(import_module(module), factory)()
    except (ImportError, AttributeError, ValueError) as error:
        stop(f"--answer {name}: {error}. It takes MODULE:FACTORY, a function that returns an answering function.")
    return made


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the records (default: $EMR_RERANK_DATA, ../shared/data)")
    parser.add_argument("--set", choices=SETS, default=DEFAULT, help="which questions")
    parser.add_argument("--layout", choices=LAYOUTS, default="a", help="a: headings on own lines; b: framed form")
    parser.add_argument("--half", choices=("development", "held-out"), help="only that half of the questions")
    parser.add_argument("--limit", type=int, help="ask only N questions, spread over the records")
    parser.add_argument("--answer", default="benchmarks.real.measure:program", help="MODULE:FACTORY to measure instead")
    parser.add_argument("--verbose", action="store_true", help="print each miss: ids, ranks, scores")
    return parser.parse_args()


def main() -> int:
    """0 when measured, 2 when the records are missing."""
    arguments = _arguments()
    chosen = SETS[arguments.set]
    records = chosen.records(data_folder(arguments.data))
    questions = spread(half(chosen.load_questions(), arguments.half), arguments.limit)
    wanted = {question.record for question in questions}
    answer = _answering(arguments.answer)
    console = Console() if sys.stdout.isatty() else Console(width=_PIPE_WIDTH)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="emr-rerank-real-") as folder:
        asked = tuple(record for record in records if record.id in wanted)
        pdfs = render_all(asked, arguments.layout, Path(folder), chosen.look)
        outcomes = []
        for outcome in measure(questions, by_id(records), pdfs, answer):
            outcomes.append(outcome)
            if arguments.verbose and outcome.missed:
                console.print(miss_line(outcome), markup=False, highlight=False, soft_wrap=True)
            elif sys.stderr.isatty():
                print(f"\r{len(outcomes)}/{len(questions)}", end="", file=sys.stderr)
    console.print(rates_table(outcomes))
    for line in (*language_lines(outcomes), conflicts_line(outcomes)):
        console.print(line, highlight=False)
    console.print(f"layout {arguments.layout}, {len(outcomes)} questions, {time.perf_counter() - began:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
