"""A question beside a record in the other language, with what that language has for its words.

Dictionary-based query translation (Ballesteros and Croft, SIGIR 1997), but written after the words, not in their stead:
a cross-encoder that knows both languages takes from either what it understands better.
"""

from functools import lru_cache
from pathlib import Path

from emr_rerank.evidence.terms import Lexicon, Named, is_chinese, lexicon
from emr_rerank.rules.analytes import catalogue
from emr_rerank.rules.glossary import glossary

_USUAL = 3
"""So many of a concept's forms are usual names; the shortest of them is taken."""


@lru_cache(maxsize=256)
def glossed(question: str, rules_dir: Path | None = None) -> str:
    """`Vomiting (呕吐) after the fall (跌倒)?`, and the other way round; the question itself where nothing is known.

    Args:
        question: in either language.
        rules_dir: a hospital's own rule files.

    Raises:
        RuleError: a rule file is wrong.
    """
    own, at, parts = is_chinese(question), 0, []
    for start, end, other in _glosses(question, rules_dir):
        if other and is_chinese(question[start:end]) == own:
            parts.append(f"{question[at:end]} ({other})")
            at = end
    return "".join([*parts, question[at:]])


def _glosses(question: str, rules_dir: Path | None) -> list[tuple[int, int, str]]:
    """(start, end, name in the other language) of what the glossary or the lexicon knows, in reading order.

    Of two that overlap the longer stays, of two as long that of the glossary: a concept is wider than its names.
    """
    words = lexicon(rules_dir)
    found = [(gloss.start, gloss.end, gloss.others[0]) for gloss in glossary(rules_dir).find(question)]
    found += [(item.start, item.end, _name(item, question, words, rules_dir)) for item in words.named(question)]
    kept: list[tuple[int, int, str]] = []
    for start, end, other in sorted(found, key=lambda each: each[0] - each[1]):
        if all(end <= other_start or other_end <= start for other_start, other_end, _ in kept):
            kept.append((start, end, other))
    return sorted(kept)


def _name(item: Named, question: str, words: Lexicon, rules_dir: Path | None) -> str:
    """What is named, in the language that the question is not in; empty where the rules have no such name."""
    chinese = not is_chinese(question)
    if item.analyte:
        known = catalogue(rules_dir).get(item.term)
        return known.display_zh if chinese else known.display_en
    usual = [form for form in words.concept(item.term).forms if is_chinese(form) == chinese][:_USUAL]
    return min(usual, key=len, default="")
