"""Which row of a table heads its columns, what the columns are, and where a second analyte group begins."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from emr_rerank.rules.tables import ColumnLabel, Role, column_labels

# A column of one of these roles names what the row is about.
KEY_ROLES = frozenset({"item", "drug", "time", "order"})
MIN_LABELS = 3  # of a header without rules to hold it together
_REMEMBERED = 20_000
_MIN_SHARE = 0.6
_PART_OF_DAY = re.compile(r"\d{1,4}(?:[-/.年月日天次\d]*|-?[A-Za-z]{3,9})-?$")
_BRACKETS = str.maketrans("（）：", "():")


@dataclass(frozen=True)
class Labels:
    """The column labels in force, made quick to look up."""

    exact: dict[str, Role]
    beginnings: frozenset[str]
    "what a label in print may begin with: Han labels are set with spaces (项　目), Latin ones part between words"
    patterns: tuple[tuple[re.Pattern[str], Role], ...]
    ends: tuple[re.Pattern[str], ...]
    known: dict[str, Role | None] = field(default_factory=dict, compare=False, repr=False)
    most: dict[str, int] = field(default_factory=dict, compare=False, repr=False)

    def role(self, text: str) -> Role | None:
        """The role of a header cell, or None for a label that no rule knows."""
        if text not in self.known:
            if len(self.known) >= _REMEMBERED:
                self.known.clear()
            self.known[text] = self._role(_normal(text))
        return self.known[text]

    def _role(self, label: str) -> Role | None:
        if not label:
            return None
        role = self.exact.get(label)
        if role is None and label[-1] == ")":
            role = self.exact.get(re.sub(r"\([^()]*\)$", "", label))
        return role or next((role for pattern, role in self.patterns if pattern.match(label)), None)

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.exact), default=0)

    @cached_property
    def _firsts(self) -> frozenset[str]:
        return frozenset(label[:2] for label in self.exact)

    def most_in(self, text: str) -> int:
        """How many column labels a word may hold or begin, at most: a quick test that lets most prose go unread."""
        if text not in self.most:
            if len(self.most) >= _REMEMBERED:
                self.most.clear()
            self.most[text] = len(self.run_together(text)) or int(self._may_begin(text))
        return self.most[text]

    def _may_begin(self, text: str) -> bool:
        label = _normal(text)
        if label in self.beginnings or _PART_OF_DAY.match(text) or self.role(text) is not None:
            return True
        ends = range(2, min(len(label), self._longest) + 1)  # of a label that something is glued to
        return label[:2] in self._firsts and any(label[:end] in self.exact for end in ends)

    def run_together(self, text: str) -> list[int]:
        """Where the labels end that a word without spaces is run together from (结果单位: [2, 4]); [] for another."""
        label = _normal(text)
        if len(label) != len(text) or label[:2] not in self._firsts:
            return []
        ends: list[int] = []
        start = 0
        while start < len(label):
            reach = range(min(len(label), start + self._longest), start + 1, -1)
            end = next((end for end in reach if label[start:end] in self.exact), 0)
            if not end:
                return []
            ends.append(end)
            start = end
        return ends

    def ends_table(self, text: str) -> bool:
        """Whether a line is one that follows tables: signatures, notes, page numbers."""
        return any(pattern.match(text.strip()) for pattern in self.ends)


@lru_cache(maxsize=8)
def load_labels(overrides: Path | None) -> Labels:
    """The labels of rules/tables.*.yaml.

    Raises:
        RuleError: a rule file is wrong.
    """
    rules: tuple[ColumnLabel, ...] = column_labels(overrides)
    columns = [rule for rule in rules if rule.role != "end"]
    return Labels(
        exact={_normal(label): rule.role for rule in columns for label in rule.labels},
        beginnings=frozenset(start for rule in columns for label in rule.labels for start in _beginnings(label)),
        patterns=tuple((re.compile(rule.pattern), rule.role) for rule in columns if rule.pattern),
        ends=tuple(re.compile(rule.pattern) for rule in rules if rule.role == "end" and rule.pattern),
    )


def _beginnings(label: str) -> Iterator[str]:
    ends = [match.start() for match in re.finditer(r"\s|$", label)] if label.isascii() else range(1, len(label) + 1)
    return (_normal(label[:end]) for end in ends)


def is_header(roles: Sequence[Role | None], filled: int, *, ruled: bool = False) -> bool:
    """Whether cells of these roles head a table. `filled` counts the cells that hold text.

    Without rules to hold it together a header needs three known labels that are most of its cells, one of them a key
    (what the row is about) or a vital sign; inside rules two do.
    """
    known = [role for role in roles if role is not None]
    if len(known) < (2 if ruled else MIN_LABELS) or len(known) < _MIN_SHARE * filled:
        return False
    kinds = set(known)
    return (bool(kinds & KEY_ROLES) and (len(kinds) > 1)) or known.count("vital") >= 2


def group_starts(roles: Sequence[Role | None]) -> list[int]:
    """First column of each analyte group: [0] for one, [0, 4] for two groups of four columns side by side."""
    key = next((role for role in roles if role in KEY_ROLES), None)
    places = [index for index, role in enumerate(roles) if role == key]
    if key is None or len(places) < 2:
        return [0]
    starts = [place - places[0] for place in places]
    ends = [*starts[1:], len(roles)]
    first = set(roles[: ends[0]]) - {None}
    alike = all(len(first & set(roles[start:end])) >= 2 for start, end in zip(starts, ends, strict=True))
    return starts if alike and "time" not in {key} else [0]


def _normal(text: str) -> str:
    return re.sub(r"\s", "", text).translate(_BRACKETS).strip(":").casefold()
