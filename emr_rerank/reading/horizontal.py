"""Horizontal rules that run over the same width: the frames of three-line tables (三线表) and of row-ruled ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from emr_rerank.reading.rawpage import Edge

_SAME_ENDS = 6.0
_SAME_HEIGHT = 3.0
_MIN_WIDTH = 100.0


@dataclass(frozen=True, slots=True)
class RuleStack:
    """Heights of three or more rules between the same left and right ends, from top to bottom."""

    x0: float
    x1: float
    tops: tuple[float, ...]

    def head_of(self, middle: float) -> int | None:
        """Index of the rule right above a row, when another two rules follow it; else None."""
        for index in range(len(self.tops) - 2):
            if self.tops[index] < middle < self.tops[index + 1]:
                return index
        return None


def rule_stacks(edges: Sequence[Edge]) -> list[RuleStack]:
    """Stacks of at least three long horizontal rules with common ends."""
    stacks: list[tuple[float, float, list[float]]] = []
    for edge in sorted((e for e in edges if e.orientation == "h" and e.x1 - e.x0 >= _MIN_WIDTH), key=lambda e: e.top):
        for x0, x1, tops in stacks:
            if abs(x0 - edge.x0) <= _SAME_ENDS and abs(x1 - edge.x1) <= _SAME_ENDS:
                if edge.top - tops[-1] > _SAME_HEIGHT:
                    tops.append(edge.top)
                break
        else:
            stacks.append((edge.x0, edge.x1, [edge.top]))
    return [RuleStack(x0, x1, tuple(tops)) for x0, x1, tops in stacks if len(tops) >= 3]
