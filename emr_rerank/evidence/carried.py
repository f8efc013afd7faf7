"""What a sentence's predecessors say for it: `头颅CT示：…。脑室无扩大。` The second sentence is of the CT too.

So is the second of `She has headaches. They occur three times a week.`, which refers back by a pronoun.
"""

import re
from collections.abc import Callable, Sequence

from emr_rerank.record import Sentence

REACH = 3
"""So many sentences after its name a report's findings are still taken as its own."""
LONGEST_TABLE = 30
"""So many rows back the heading of a table is looked for."""
MOST_OF_CLAUSE = 40
"""Characters of an earlier clause that are shown with a sentence."""
_LIST_NUMBER = re.compile(r"^(?:[（(]?\d{1,2}[)）、.．](?!\d)|[一二三四五六七八九十]{1,3}、|[①-⑳])\s*")
_CLAUSE_END = re.compile(r"[，,。；;：:！!？?\n]|\.(?=\s|$)")
Ids = frozenset[str]


def carried_matters(sentences: Sequence[Sentence], named: Sequence[Ids], refers: Sequence[bool]) -> dict[int, Ids]:
    """For sentences that refer back, the matters of the sentence right before them in their section.

    One that refers back itself hands on what it was handed, over `REACH` sentences.

    Args:
        sentences: all sentences of a record, in reading order.
        named: the matters that each names: diseases, symptoms, drugs, procedures, examinations, parts of the body.
        refers: whether each begins with a word that refers back (it, they, the scan, 其, 该).
    """
    carried: dict[int, Ids] = {}
    steps = 0
    for place in range(1, len(sentences)):
        before, sentence = sentences[place - 1], sentences[place]
        steps = steps + 1 if refers[place] and _beside(before, sentence) else 0
        if 0 < steps <= REACH:
            matters = named[place - 1] | (carried.get(before.index, frozenset()) if refers[place - 1] else frozenset())
            if matters:
                carried[sentence.index] = matters
    return carried


def carried_names(sentences: Sequence[Sentence], named: Sequence[Ids]) -> dict[int, Ids]:
    """For table rows and sentences that name no examination, those that the heading or the earlier sentence names.

    Args:
        sentences: all sentences of a record, in reading order.
        named: the examinations that each names.
    """
    return {sentences[place].index: named[earlier] for place, earlier in _reports(sentences, named).items()}


def contexts(
    sentences: Sequence[Sentence],
    examinations: Sequence[Ids],
    matters: Sequence[Ids],
    refers: Sequence[bool],
    named: Callable[[str], Ids],
) -> dict[int, str]:
    """For sentences (no table rows) that go on from an earlier one, its clause that says of what they tell.

    Args:
        sentences: all sentences of a record, in reading order.
        examinations: those that each names.
        matters: the matters that each names, as for `carried_matters`.
        refers: as for `carried_matters`.
        named: what a text names.
    """
    told = {
        sentences[place].index: _clause(sentences[earlier].text, examinations[earlier], named)
        for place, earlier in _reports(sentences, examinations).items()
        if sentences[place].row is None
    }
    for place in range(1, len(sentences)):
        before, sentence = sentences[place - 1], sentences[place]
        if refers[place] and matters[place - 1] and _beside(before, sentence):
            told.setdefault(sentence.index, _clause(before.text, matters[place - 1], named))
    return told


def _clause(text: str, ids: Ids, named: Callable[[str], Ids]) -> str:
    """The first clause that names one of these, without a list number; the beginning of the text where none does."""
    clauses = [clause.strip() for clause in _CLAUSE_END.split(text)]
    clause = next((clause for clause in clauses if named(clause) & ids), text.strip())
    return _LIST_NUMBER.sub("", clause)[:MOST_OF_CLAUSE].strip()


def _beside(before: Sentence, sentence: Sentence) -> bool:
    """Whether both stand in the running text of one section."""
    return sentence.row is None and before.row is None and before.section_path == sentence.section_path


def _reports(sentences: Sequence[Sentence], named: Sequence[Ids]) -> dict[int, int]:
    """The place of the heading or earlier sentence that names the examination, for each that it names it for."""
    found: dict[int, int] = {}
    for place, sentence in enumerate(sentences):
        if not named[place] or sentence.row:
            earlier = _heading(place, sentences, named) if sentence.row else _report(place, sentences, named)
            if earlier is not None and named[earlier]:
                found[place] = earlier
    return found


def _report(place: int, sentences: Sequence[Sentence], named: Sequence[Ids]) -> int | None:
    """The nearest of the last sentences of its section that names an examination."""
    for back in range(place - 1, max(place - REACH, 0) - 1, -1):
        earlier = sentences[back]
        if earlier.row is not None or earlier.section_path != sentences[place].section_path:
            return None
        if named[back]:
            return back
    return None


def _heading(place: int, sentences: Sequence[Sentence], named: Sequence[Ids]) -> int | None:
    """The nearest of the sentences right before a row's table that names an examination."""
    own = sentences[place].row
    top = place
    while top and own and (row := sentences[top].row) and row.table == own.table and place - top <= LONGEST_TABLE:
        top -= 1
    for back in range(top, max(top - REACH, -1), -1):
        if sentences[back].row is not None:
            return None
        if named[back]:
            return back
    return None
