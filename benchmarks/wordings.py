"""How well the rules understand wordings they were not written from: the questions of training/bank, on little records.

    python -m benchmarks.wordings [--fills 1] [--seed 3] [--scores reranker] [--verbose]

For every wording and filling of its slots a record is made of one sentence that proves the answer, the traps of its
intent and sentences of other matters, each in the section that its path names. It is asked twice, with the proof and
without it. With constant scores (the default) every sentence is equally likely to the reranker and the rules alone
decide; `--scores reranker` takes the embedded reranker's. A trap is written for the reranker to rank below the proof,
and some answer in part (a denial of another matter): refusals are a measure to compare by, not a rate of errors.
"""

import argparse
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from emr_rerank import Asker, Record, Section, Sentence, Settings
from emr_rerank.rules.sections import section_rules
from training.generate import FAMILIES, Filler, Intent, intents, yaml_slots

HAN = re.compile(r"[\u4e00-\u9fff]")
TRAPS = 12
CONSTANT = 0.8
"""A score above `min_score`: what the rules allow is kept."""
_MORE_TITLES = {
    "入院记录": "admission_note", "出院记录": "discharge_summary", "检验报告单": "lab_report",
    "诊断": "discharge_diagnosis", "健康教育": "nursing_record",
    "检查报告单": "imaging_report", "检查结论": "imaging_report", "病案首页": "cover", "日常病程记录": "progress_note",
    "精神检查": "specialist_exam", "胃镜检查": "imaging_report", "Imaging": "imaging_report", "Plan": "treatment_plan",
    "Operative Report": "operation_note", "Laboratory Report": "lab_report", "Microbiology": "lab_report",
    "OB": "marital_history", "Pathology": "pathology_report", "Past Surgical History": "past_history",
    "Home Medications": "past_history", "Nursing": "nursing_record", "Mental Status": "specialist_exam",
}  # fmt: skip


class Constant:
    """A reranker to which all sentences are alike."""

    name = "constant"
    weights_hash = ""
    device = "cpu"

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        """The same for each."""
        return [CONSTANT] * len(passages)

    skim_error = 0.0
    skim = score


class Blind:
    """An embedder to which all texts are alike."""

    name = "blind"
    weights_hash = ""
    dim = 1

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        """Shape (number of texts, 1)."""
        return np.zeros((len(texts), 1), dtype=np.float32)

    passages = queries


@dataclass(frozen=True)
class Case:
    """A question, the lines of its record (`path | text`), and which of them proves the answer."""

    intent: str
    question: str
    proof: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """Whether the proof was kept and first, what stood first, and what was kept without it."""

    case: Case
    rank: int | None
    first: str
    without: str


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    titles = {title.lower(): rule.code for rule in reversed(section_rules()) for title in rule.titles}
    return titles | {title.lower(): code for title, code in _MORE_TITLES.items()}


def section_code(path: Sequence[str]) -> str:
    """The code of the innermost title known."""
    opening = [rule for rule in section_rules() if rule.pattern and rule.code != "other"]
    for title in reversed(path):
        if title.lower() in _codes():
            return _codes()[title.lower()]
        matching = (rule.code for rule in opening if re.fullmatch(rule.pattern or "", title))
        if code := next(matching, None):
            return code
    return "other"


def record_of(lines: Sequence[str]) -> Record:
    """A page of one section a line."""
    text, sections, sentences = "", [], []
    for index, line in enumerate(lines):
        where, _, said = line.partition(" | ")
        path = tuple(part.strip() for part in where.split("›"))
        code, start, end = section_code(path), len(text), len(text) + len(said)
        text += said + "\n"
        place = {"start": start, "date": "2026-03-05"}
        sections.append(
            Section(
                code=code, title=path[-1], path=path, page_start=1, page_end=1, end=end + 1, body_start=start, **place
            )
        )
        sentences.append(
            Sentence(
                index=index,
                end=end,
                text=said,
                section_code=code,
                section_path=path,
                page=1,
                bbox=(0, 0, 1, 1),
                **place,
            )
        )
    return Record(
        record_id="invented",
        language="zh",
        sha256="",
        page_count=1,
        text=text,
        sections=tuple(sections),
        sentences=tuple(sentences),
    )


def cases(fills: int, seed: int) -> Iterator[Case]:
    """Every wording, so many times with other fillings and another proof."""
    bank = intents()
    for intent in bank:
        for place, question in enumerate((*intent.zh, *intent.en)):
            for turn in range(fills):
                chance = random.Random(f"{seed} {intent.id} {place} {turn}")
                yield _case(intent, question, bank, chance)


def _case(intent: Intent, question: str, bank: tuple[Intent, ...], chance: random.Random) -> Case:
    filler = Filler(yaml_slots(), chance)
    asked = filler.fill(question)
    chinese = bool(HAN.search(asked))
    fitting = intent.proofs(question)
    own = [text for text in fitting if bool(HAN.search(text)) == chinese] or list(fitting)
    proofs = {filler.fill(text) for text in fitting}
    proof = filler.fill(chance.choice(own))
    near = {intent.id} | {name for family in FAMILIES if intent.id in family for name in family}
    traps = [filler.fill(text) for text in chance.sample(intent.traps, len(intent.traps))]
    named = [form.lower() for kind in intent.slots for form in filler.names(kind)]
    for other in chance.sample([each for each in bank if each.id not in near], TRAPS):
        text = Filler(yaml_slots(), chance).fill(chance.choice(other.every_proof))
        traps += [] if any(form in text.lower() for form in named) else [text]
    others = [trap for trap in dict.fromkeys(traps) if trap != proof and trap not in proofs][:TRAPS]
    return Case(intent.id, asked, proof, tuple(others))


def ask(asker: Asker, case: Case, chance: random.Random) -> Result:
    """Ask with the proof among the others, and without it."""
    lines = [case.proof, *case.others]
    chance.shuffle(lines)
    full = asker.ask(record_of(lines), case.question).evidence
    rank = next((item.rank for item in full if lines[item.sentence] == case.proof), None)
    less = [line for line in lines if line != case.proof]
    empty = asker.ask(record_of(less), case.question).evidence
    return Result(case, rank, lines[full[0].sentence] if full else "", less[empty[0].sentence] if empty else "")


def _asker(scores: str) -> Asker:
    asker = Asker(Settings(journal=None))
    if scores == "constant":
        asker.reranker, asker.embedder = Constant(), Blind()
    return asker


def rates(results: Sequence[Result]) -> str:
    """Kept, first and refused when absent, in percent."""
    count = len(results)
    kept = sum(result.rank is not None for result in results)
    first = sum(result.rank == 1 for result in results)
    refused = sum(not result.without for result in results)
    return f"{count:5d}  kept {kept / count:6.1%}  first {first / count:6.1%}  refused without {refused / count:6.1%}"


def main() -> None:
    """Print the rates of every intent and of all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fills", type=int, default=1)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--every", type=int, default=1, help="ask only every Nth wording")
    parser.add_argument("--scores", choices=("constant", "reranker"), default="constant")
    parser.add_argument("--verbose", action="store_true", help="print what was missed")
    arguments = parser.parse_args()
    asker, chance = _asker(arguments.scores), random.Random(arguments.seed)
    results = [ask(asker, case, chance) for case in list(cases(arguments.fills, arguments.seed))[:: arguments.every]]
    by_intent: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_intent[result.case.intent].append(result)
    for intent, own in by_intent.items():
        print(f"{intent:22}{rates(own)}")
        for result in own if arguments.verbose else ():
            if result.rank != 1 or result.without:
                print(f"    {result.rank or '-'} {result.case.question} ~ {result.case.proof}")
                print(f"        first {result.first}\n        without {result.without}")
    print(f"{'all':22}{rates(results)}")


if __name__ == "__main__":
    main()
