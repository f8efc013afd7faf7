"""What a sentence's predecessors say for it: `头颅CT示：…。脑室无扩大。` The second sentence is of the CT too."""

from collections.abc import Sequence

from emr_rerank.record import Sentence

REACH = 3
"""So many sentences after its name a report's findings are still taken as its own."""
LONGEST_TABLE = 30
"""So many rows back the heading of a table is looked for."""
Ids = frozenset[str]


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
