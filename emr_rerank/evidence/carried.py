"""What a sentence's predecessors say for it: `头颅CT示：…。脑室无扩大。` The second sentence is of the CT too."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from emr_rerank.evidence.terms import lexicon
from emr_rerank.record import Sentence

REACH = 3
"""So many sentences after its name a report's findings are still taken as its own."""


def carried_examinations(
    candidates: Iterable[Sentence], sentences: Sequence[Sentence], rules_dir: Path | None = None
) -> dict[int, str]:
    """By sentence index, the nearest earlier sentence of its section that names an examination, for those that name none."""
    known = lexicon(rules_dir)
    by_index = {sentence.index: sentence for sentence in sentences}

    def examined(sentence: Sentence) -> bool:
        return any(known.concept(name).group == "exam" for name in known.concepts.named(sentence.text))

    carried: dict[int, str] = {}
    for sentence in candidates:
        if sentence.row is not None or examined(sentence):
            continue
        for back in range(1, REACH + 1):
            earlier = by_index.get(sentence.index - back)
            if earlier is None or earlier.row is not None or earlier.section_path != sentence.section_path:
                break
            if examined(earlier):
                carried[sentence.index] = earlier.text
                break
    return carried
