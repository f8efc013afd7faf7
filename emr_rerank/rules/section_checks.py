"""What is wrong with section rules taken together: parents that nothing opens, titles that another rule takes."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

from emr_rerank.rules.files import Placed, load_placed
from emr_rerank.rules.sections import SectionRule, Where

_SCOPES = ("parents", "inside", "only_in", "not_in", "ends", "over")


def section_problems(overrides: Path | None = None) -> tuple[str, ...]:
    """One sentence a problem, each naming file, line and rule; none when the rules are sound."""
    rules = load_placed("sections", SectionRule, overrides)
    return (*_unopened(rules), *_shadowed(rules))


def rules_not_fired(fired: frozenset[str], overrides: Path | None = None) -> tuple[str, ...]:
    """The section rules that never fired, as `file:line: rule 'id'`: the hospital's own, or all where it has none."""
    rules = load_placed("sections", SectionRule, overrides)
    own = {key for key, placed in rules.items() if overrides is not None and placed.file.parent == overrides}
    asked = own or set(rules)
    return tuple(
        str(placed)
        for key, placed in rules.items()
        if key in asked and key not in fired and placed.rule.level != "hint"
    )


def _unopened(rules: Mapping[str, Placed[SectionRule]]) -> Iterator[str]:
    """Rules that hang under, or need, a section that no rule opens."""
    opened = {placed.rule.code for placed in rules.values() if placed.rule.level in ("document", "part")}
    for placed in rules.values():
        for scope in _SCOPES:
            for code in getattr(placed.rule, scope):
                if code not in opened:
                    yield f"{placed}: {scope}: no rule opens a section '{code}'."


def _shadowed(rules: Mapping[str, Placed[SectionRule]]) -> Iterator[str]:
    """Titles that an earlier rule of the same folder always takes first."""
    seen: dict[str, list[Placed[SectionRule]]] = {}
    for placed in rules.values():
        if placed.rule.level == "hint":
            continue
        for title in placed.rule.titles:
            earlier = seen.setdefault(_key(title), [])
            taker = next((other for other in earlier if _takes(other, placed)), None)
            if taker is not None and taker.rule.id == placed.rule.id:
                yield f"{placed}: the title '{title}' is listed twice."
            elif taker is not None:
                first = f"'{taker.rule.id}' (line {taker.line})"
                yield f"{placed}: the title '{title}' never fires: {first} takes it first."
            earlier.append(placed)


def _takes(first: Placed[SectionRule], second: Placed[SectionRule]) -> bool:
    """Whether the first rule fires wherever the second would."""
    one, other = first.rule, second.rule
    if first.file.parent != second.file.parent:
        return False
    wider = not one.only_in or (bool(other.only_in) and set(other.only_in) <= set(one.only_in))
    places = set(other.where) & set(get_args(Where)) <= set(one.where)
    free = set(one.not_in) <= set(other.not_in) and not one.ends and not one.timed
    cues = not other.cue and not other.bare_after_number and not one.not_before and not one.not_after
    return wider and places and free and (cues or one.id == other.id)


def _key(title: str) -> str:
    return re.sub(r"\s+", "", title).lower()
