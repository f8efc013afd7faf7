"""The sentences worth scoring: sections as a soft prior from several sides, and the best of the whole record anyway.

A section is ranked by question rules, by its words, by its vector and by its date; the ranks are joined by reciprocal
rank fusion, score = Σ 1 / (60 + rank) (Cormack, Clarke and Büttcher, SIGIR 2009). A wrong guess never loses an answer:
a quarter of the candidates is the lexical best of the whole record, whatever section it stands in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from emr_rerank.evidence.anchors import AnchorCheck
from emr_rerank.evidence.days import same_day
from emr_rerank.evidence.embedder import Embedder, Vectors
from emr_rerank.evidence.record_index import RecordIndex, record_index
from emr_rerank.evidence.understand import question_terms
from emr_rerank.findings import Question
from emr_rerank.record import Record, Section, Sentence
from emr_rerank.rules.evidence import Role, role_sections
from emr_rerank.settings import Settings

RRF_K = 60
FLAT_SHARE = 4
"""One candidate of so many is reserved for the flat lexical ranking."""
DIGEST_CHARS = 60
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SectionVectors:
    """One vector a leaf section, in the order of `Record.leaves()`; unit length, shape (number of leaves, dim)."""

    embedder: str
    vectors: Vectors


def embed_sections(record: Record, embedder: Embedder) -> SectionVectors:
    """Vectors of all leaf sections, each from its titles and the beginning of its text: enough to tell its matter."""
    return SectionVectors(embedder.name, embedder.passages([_digest(leaf, record) for leaf in record.leaves()]))


def shortlist(
    record: Record,
    question: Question,
    section_vectors: SectionVectors | None,
    embedder: Embedder,
    settings: Settings,
) -> tuple[Sentence, ...]:
    """The candidates, best first, at most `settings.candidates`.

    Args:
        record: the record that is asked.
        question: understood by `understand`.
        section_vectors: from `embed_sections`; None, or those of another embedder, leave this signal out.
        embedder: embeds the question.
        settings: sizes and rules folder.

    Raises:
        ModelError: the embedder failed.
    """
    if not record.sentences:
        return ()
    index = record_index(record, settings.rules_dir)
    terms = question_terms(question.text, settings.rules_dir)
    lexical = index.sentences.scores(list(terms), lambda term: terms[term])
    sections = _rank_sections(index, question, terms, section_vectors, embedder, settings.rules_dir)
    order = _order(record, question, index, lexical, _top(sections, settings.sections), settings)
    return tuple(record.sentences[i] for i in order[: settings.candidates])


def _digest(leaf: Section, record: Record) -> str:
    body = " ".join(record.text[leaf.body_start : leaf.end].split())[:DIGEST_CHARS]
    return " › ".join(title for title in leaf.path if title) + " " + body


def _rank_sections(
    index: RecordIndex,
    question: Question,
    terms: dict[str, float],
    vectors: SectionVectors | None,
    embedder: Embedder,
    rules: Path | None,
) -> Scores:
    """Fused score of every leaf section; shape (number of leaves,)."""
    signals = [
        np.array([_routed(codes, question.sections) for codes in index.codes]),
        index.sections.scores(list(terms), lambda term: terms[term]),
        np.array(
            [_timely(leaf, codes, question, rules) for leaf, codes in zip(index.leaves, index.codes, strict=True)]
        ),
    ]
    if vectors is not None and vectors.embedder == embedder.name and len(vectors.vectors) == len(index.leaves):
        signals.append((vectors.vectors @ embedder.queries([question.text])[0]).astype(np.float64))
    return fuse(signals)


def fuse(signals: Iterable[Scores]) -> Scores:
    """Reciprocal rank fusion; equal values share the better rank, and a value of 0 or below adds nothing."""
    fused: Scores | None = None
    for signal in signals:
        ranks = np.array([float((signal > value).sum()) + 1 for value in signal])
        part = np.where(signal > 0, 1 / (RRF_K + ranks), 0.0)
        fused = part if fused is None else fused + part
    return fused if fused is not None else np.zeros(0)


def _routed(codes: frozenset[str], wanted: Sequence[str]) -> float:
    """1 for the section the rules name first, falling to 0 for one they do not name."""
    places = [place for place, code in enumerate(wanted) if code in codes]
    return 1 / (1 + min(places)) if places else 0.0


def _timely(leaf: Section, codes: frozenset[str], question: Question, rules: Path | None) -> float:
    if question.day is not None:
        return float(same_day(leaf.date, question.day))
    if question.window is None:
        return 0.0
    role: Role = "at_admission" if question.window == "admission" else "at_discharge"
    return float(not codes.isdisjoint(role_sections(role, rules)))


def _top(scores: Scores, most: int) -> frozenset[int]:
    order = np.argsort(-scores, kind="stable")[:most]
    return frozenset(int(i) for i in order if scores[i] > 0)


def _order(
    record: Record, question: Question, index: RecordIndex, lexical: Scores, chosen: frozenset[int], settings: Settings
) -> list[int]:
    """Sentence indices, best first: typed ones, then flat and sectional ones in turn."""
    named = [i for i, held in enumerate(index.analytes) if held & set(question.analytes)]
    most_typed = max(settings.candidates * 2 // 3, 1)
    typed = _by_day(record, named, question)[:most_typed] if question.day else spread(named, most_typed)
    flat = [int(i) for i in np.argsort(-lexical, kind="stable") if lexical[i] > 0]
    anchors = AnchorCheck(question.anchors, settings.rules_dir, index.carried)
    inside = [i for i, leaf in enumerate(index.leaf_of) if leaf in chosen]
    anchored = [i for i, s in enumerate(record.sentences) if question.anchors and anchors.holds(s, index.concepts[i])]
    routed = [i for i in inside if record.sentences[i].section_code in question.sections]
    prior = np.zeros(len(record.sentences))
    prior[inside] += 1.0
    prior[anchored] += 3.0
    prior[routed] += 1.0
    best = lexical.max(initial=0.0)
    mixed = prior + (4 * lexical / best if best > 0 else 0)
    sectional = [int(i) for i in np.argsort(-mixed, kind="stable") if mixed[i] > 0]
    wordless = [i for i, s in enumerate(record.sentences) if s.section_code in question.sections]
    return list(dict.fromkeys([*typed, *_in_turn(sectional, flat), *wordless]))


def _by_day(record: Record, indices: list[int], question: Question) -> list[int]:
    """Sentences of the asked day first, the others after them, each in reading order."""
    day = question.day
    if day is None:
        return indices
    return sorted(indices, key=lambda i: not same_day(record.sentences[i].date, day))


def spread(indices: list[int], most: int) -> list[int]:
    """At most so many, evenly taken, the first and the last always among them: a trend needs both of its ends."""
    if len(indices) <= most:
        return indices
    places = np.linspace(0, len(indices) - 1, most).round().astype(int)
    return [indices[place] for place in dict.fromkeys(int(p) for p in places)]


def _in_turn(first: list[int], second: list[int]) -> list[int]:
    """Three of the first list, then one of the second, and so on, so that neither crowds out the other."""
    merged: list[int] = []
    ahead, behind = iter(first), iter(second)
    while True:
        batch = [i for _, i in zip(range(FLAT_SHARE - 1), ahead, strict=False)]
        other = next(behind, None)
        if not batch and other is None:
            return merged
        merged.extend(batch if other is None else [*batch, other])
