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
def glossed(question: str, rules_dir: Path | None = None, *, chinese: bool) -> str:
    """`Vomiting (呕吐) after the fall (跌倒)?` beside Chinese, and the other way round; itself where nothing is known.

    Words that are in the record's language already stay as they are: of `SLR多少度` only `SLR (直腿抬高)` is glossed
    beside Chinese.

    Args:
        question: in either language, or mixed.
        rules_dir: a hospital's own rule files.
        chinese: whether it is read beside Chinese text.

    Raises:
        RuleError: a rule file is wrong.
    """
    at, parts = 0, []
    for start, end, other in _glosses(question, rules_dir, chinese):
        if other and is_chinese(question[start:end]) != chinese:
            parts.append(f"{question[at:end]} ({other})")
            at = end
    return "".join([*parts, question[at:]])


def _glosses(question: str, rules_dir: Path | None, chinese: bool) -> list[tuple[int, int, str]]:
    """(start, end, name in the other language) of what the glossary or the lexicon knows, in reading order.

    Of two that overlap the longer stays, of two as long that of the glossary: a concept is wider than its names.
    """
    words = lexicon(rules_dir)
    found = [(gloss.start, gloss.end, gloss.others[0]) for gloss in glossary(rules_dir).find(question)]
    known = (item for item in words.named(question) if not item.others)  # PCT may be either
    found += [(item.start, item.end, _name(item, words, rules_dir, chinese)) for item in known]
    kept: list[tuple[int, int, str]] = []
    for start, end, other in sorted(found, key=lambda each: each[0] - each[1]):
        if all(end <= other_start or other_end <= start for other_start, other_end, _ in kept):
            kept.append((start, end, other))
    return sorted(kept)


def _name(item: Named, words: Lexicon, rules_dir: Path | None, chinese: bool) -> str:
    """What is named, in Chinese or English; empty where the rules have no such name."""
    if item.analyte:
        known = catalogue(rules_dir).get(item.term)
        return known.display_zh if chinese else known.display_en
    usual = [form for form in words.concept(item.term).forms if is_chinese(form) == chinese][:_USUAL]
    return min(usual, key=len, default="")
