"""The titles and patterns of the section rules, ordered for quick look-up."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from emr_rerank.rules.sections import SectionRule

_SQUEEZE = re.compile(r"\s+")

Patterns = tuple[tuple[re.Pattern[str], SectionRule], ...]


@dataclass(frozen=True)
class TitleIndex:
    """Section rules by what they look for, in their order; `any_…` tells quickly that none of a group matches."""

    by_letter: dict[str, tuple[tuple[re.Pattern[str], tuple[SectionRule, ...]], ...]]
    "first letter of a title → its pattern and rules, the longest title first; for titles before other text"
    by_title: dict[str, tuple[SectionRule, ...]]
    "for titles alone on their line"
    patterns: Patterns
    "of whole lines, by their words"
    set_apart: Patterns
    "of whole lines, by how they are set"
    any_pattern: re.Pattern[str]
    clauses: Patterns
    "of what begins a sentence or a clause"
    any_clause: re.Pattern[str]


def title_index(all_rules: Sequence[SectionRule]) -> TitleIndex:
    """The index of rules that open or close something; hints do not."""
    rules = [rule for rule in all_rules if rule.level != "hint"]
    titles: dict[str, list[SectionRule]] = {}
    words: dict[str, str] = {}
    for rule in rules:
        for title in rule.titles:
            own = titles.setdefault(title_key(title), [])
            if rule not in own:
                own.append(rule)
            words[title_key(title)] = title
    by_letter: dict[str, list[tuple[re.Pattern[str], tuple[SectionRule, ...]]]] = {}
    for key in sorted(titles, key=len, reverse=True):
        here = tuple(rule for rule in titles[key] if set(rule.where) & {"line_start", "inline"})
        if here:
            by_letter.setdefault(key[0], []).append((_title_pattern(words[key]), here))
    patterns = _patterns(rules, lambda rule: bool({"own_line", "dated"} & set(rule.where)))
    set_apart = _patterns(rules, lambda rule: bool({"large", "centred"} & set(rule.where)))
    clauses = _patterns(rules, lambda rule: bool({"inline", "clause"} & set(rule.where)))
    return TitleIndex(
        by_letter={letter: tuple(entries) for letter, entries in by_letter.items()},
        by_title={key: tuple(own) for key, own in titles.items()},
        patterns=patterns,
        set_apart=set_apart,
        any_pattern=_any(patterns),
        clauses=clauses,
        any_clause=_any(clauses),
    )


def title_key(title: str) -> str:
    """A title as it is looked up: without blanks, in lower case."""
    return _SQUEEZE.sub("", title).lower()


def _patterns(rules: Sequence[SectionRule], wanted: Callable[[SectionRule], bool]) -> Patterns:
    return tuple((re.compile(rule.pattern, re.I), rule) for rule in rules if rule.pattern is not None and wanted(rule))


def _any(patterns: Patterns) -> re.Pattern[str]:
    """One pattern that matches where some of them does, or anything where they can't be joined (flags inside one)."""
    try:
        return re.compile("|".join(f"(?:{pattern.pattern})" for pattern, _ in patterns) or r"(?!)", re.I)
    except re.error:
        return re.compile(r"[\s\S]*")


def _title_pattern(title: str) -> re.Pattern[str]:
    """Chinese letters may stand apart (主　诉); English words too, in any case, and end at a word border."""
    if title.isascii():
        return re.compile(r"\s+".join(map(re.escape, title.split())) + r"(?![A-Za-z])", re.IGNORECASE)
    return re.compile(r"[ \u3000]*".join(map(re.escape, _SQUEEZE.sub("", title))))
