"""What a sentence's predecessors say for it: `头颅CT示：…。脑室无扩大。` The second sentence is of the CT too.

So is the second of `She has headaches. They occur three times a week.`, which refers back by a pronoun.
"""

from collections.abc import Sequence

from emr_rerank.record import Sentence

REACH = 3
"""So many sentences after its name a report's findings are still taken as its own."""
LONGEST_TABLE = 30
"""So many rows back the heading of a table is looked for."""
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
        beside = sentence.row is None and before.row is None and before.section_path == sentence.section_path
        steps = steps + 1 if refers[place] and beside else 0
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
    carried: dict[int, Ids] = {}
    for place, sentence in enumerate(sentences):
        if not named[place] or sentence.row:
            earlier = _heading(place, sentences, named) if sentence.row else _report(place, sentences, named)
            if earlier is not None and named[earlier]:
                carried[sentence.index] = named[earlier]
    return carried


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
