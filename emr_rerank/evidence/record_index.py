"""What a record's words are, counted once and used by every question about it."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from emr_rerank.evidence.bm25 import BM25
from emr_rerank.evidence.carried import carried_matters, carried_names, contexts
from emr_rerank.evidence.terms import ANALYTE, Lexicon, lexicon
from emr_rerank.record import Record, Section, Sentence
from emr_rerank.rules.evidence import role_pattern

REMEMBERED = 8
"""Records whose index is kept in memory."""
_MATTERS = frozenset({"disease", "symptom", "drug", "procedure", "exam", "anatomy"})
"""Groups of what a pronoun may stand for; `she` stands for the patient, and a relative's disease is no other's."""


@dataclass(frozen=True)
class RecordIndex:
    """Terms of sentences and leaf sections. `leaf_of[i]` is the leaf of sentence i.

    `concepts`: ids of the concepts that a sentence and its section titles name.
    `carried`: by sentence, the examinations that an earlier sentence of its report names for it, and the matters of the
    sentence before it where it refers back. `contexts`: the clause that names them there (`头颅CT示`).
    """

    leaves: tuple[Section, ...]
    codes: tuple[frozenset[str], ...]
    leaf_of: tuple[int, ...]
    sentences: BM25
    sections: BM25
    analytes: tuple[frozenset[str], ...]
    terms: tuple[frozenset[str], ...]
    concepts: tuple[frozenset[str], ...]
    carried: Mapping[int, frozenset[str]]
    contexts: Mapping[int, str]


_KNOWN: OrderedDict[tuple[str, int, Path | None], tuple[Record, RecordIndex]] = OrderedDict()


def record_index(record: Record, rules_dir: Path | None = None) -> RecordIndex:
    """The index of a record; made at its first question."""
    key = (record.sha256, id(record), rules_dir)
    if key not in _KNOWN:
        _KNOWN[key] = (record, _build(record, rules_dir))
        while len(_KNOWN) > REMEMBERED:
            _KNOWN.popitem(last=False)
    return _KNOWN[key][1]


def _build(record: Record, rules_dir: Path | None) -> RecordIndex:
    words = lexicon(rules_dir)
    leaves = tuple(record.leaves())
    starts = [leaf.start for leaf in leaves]
    leaf_of = tuple(max(bisect_right(starts, sentence.start) - 1, 0) for sentence in record.sentences)
    terms = [words.terms(sentence.text) for sentence in record.sentences]
    sections = [list(words.terms(" ".join(leaf.path))) * 2 for leaf in leaves]
    for leaf, own in zip(leaf_of, terms, strict=True):
        sections[leaf].extend(own)
    carried, clauses = told_before(record.sentences, terms, words, rules_dir)
    return RecordIndex(
        leaves=leaves,
        codes=_codes(record),
        leaf_of=leaf_of,
        sentences=BM25(terms),
        sections=BM25(sections),
        analytes=tuple(frozenset(t.removeprefix(ANALYTE) for t in own if t.startswith(ANALYTE)) for own in terms),
        terms=tuple(frozenset(own) for own in terms),
        concepts=_concepts(record, terms, words),
        carried=carried,
        contexts=clauses,
    )


def _concepts(record: Record, terms: Iterable[Iterable[str]], words: Lexicon) -> tuple[frozenset[str], ...]:
    titles = {path: words.concepts.named(" ".join(path)) for path in {s.section_path for s in record.sentences}}
    own = (frozenset(term for term in each if term.startswith("concept.")) for each in terms)
    return tuple(titles[s.section_path] | named for s, named in zip(record.sentences, own, strict=True))


def told_before(
    sentences: Sequence[Sentence], terms: Sequence[Iterable[str]], words: Lexicon, rules_dir: Path | None = None
) -> tuple[dict[int, frozenset[str]], dict[int, str]]:
    """`RecordIndex.carried` and `RecordIndex.contexts` of sentences in reading order, given their terms."""
    back = role_pattern("refers_back", rules_dir)
    refers = [bool(back.match(sentence.text)) for sentence in sentences]
    own_matters = [frozenset() if words.relatives(own) else _of_groups(own, _MATTERS, words) for own in terms]
    matters = carried_matters(sentences, own_matters, refers)
    examinations = [_of_groups(own, {"exam"}, words) for own in terms]
    names = carried_names(sentences, examinations)
    empty = frozenset[str]()
    carried = {index: matters.get(index, empty) | names.get(index, empty) for index in matters.keys() | names.keys()}
    return carried, contexts(sentences, examinations, own_matters, refers, words.concepts.named)


def _of_groups(terms: Iterable[str], groups: Set[str], words: Lexicon) -> frozenset[str]:
    named = (term for term in terms if term.startswith("concept."))
    return frozenset(name for name in named if words.concept(name).group in groups)


def _codes(record: Record) -> tuple[frozenset[str], ...]:
    """For each leaf the codes of itself and of every section around it."""
    codes: list[frozenset[str]] = []

    def visit(node: Section, above: frozenset[str]) -> None:
        own = above | {node.code}
        if not node.children:
            codes.append(own)
        for child in node.children:
            visit(child, own)

    for section in record.sections:
        visit(section, frozenset())
    return tuple(codes)
