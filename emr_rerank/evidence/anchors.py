"""Whether a sentence speaks of what a question asks about."""

from pathlib import Path

from emr_rerank.evidence.terms import holds_form, lexicon
from emr_rerank.record import Sentence


class AnchorCheck:
    """The anchors of one question, ready to be looked for in many sentences.

    Args:
        groups: `Question.anchors`; a sentence must hold a form of every group, in its text or its section titles, or
            stand in a section that is about the group's concept.
        rules_dir: a hospital's own rule files.
    """

    def __init__(self, groups: tuple[tuple[str, ...], ...], rules_dir: Path | None = None) -> None:
        self._concepts = lexicon(rules_dir).concepts
        self._groups = [(self._concepts_of(group), self._names(group)) for group in groups]

    def holds(self, sentence: Sentence) -> bool:
        """Whether the sentence satisfies every group."""
        if not self._groups:
            return True
        text = " ".join((*sentence.section_path, sentence.text))
        named = self._concepts.named(text)
        return all(
            bool(ids & named) or self._at_home(ids, sentence) or any(holds_form(text, form) for form in forms)
            for ids, forms in self._groups
        )

    def at_home(self, sentence: Sentence) -> bool:
        """Whether the sentence stands in the section that is about one of the concepts asked for."""
        return any(self._at_home(ids, sentence) for ids, _ in self._groups)

    def _concepts_of(self, group: tuple[str, ...]) -> frozenset[str]:
        """Concepts all of whose forms stand in the group."""
        ids = frozenset().union(*(self._concepts.with_form(form) for form in group))
        return frozenset(i for i in ids if set(self._concepts.get(i).forms) <= set(group))

    def _names(self, group: tuple[str, ...]) -> tuple[str, ...]:
        """Forms that belong to none of those concepts, to be looked for as they are."""
        return tuple(form for form in group if not self._concepts.with_form(form) & self._concepts_of(group))

    def _at_home(self, ids: frozenset[str], sentence: Sentence) -> bool:
        return any(sentence.section_code in self._concepts.get(concept_id).home for concept_id in ids)
