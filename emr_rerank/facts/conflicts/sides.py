"""Left against right: two sides of one lesion or operation, and an operation on the side that has no lesion."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from emr_rerank.facts.conflicts.ground import Contradiction, Ground, contradiction
from emr_rerank.facts.conflicts.statements import SIDES, asserted, assertion_at, stated_value
from emr_rerank.record import Sentence
from emr_rerank.rules.conflicts import BodyRegion, body_region, exclusive_statements


@dataclass(frozen=True)
class _Sided:
    """One statement of a side: of a lesion or an operation (`role`), in a leaf section."""

    role: str
    subject: str
    region: BodyRegion | None
    value: str
    sentence: int
    leaf: int


def side_contradictions(ground: Ground) -> Iterator[Contradiction]:
    """Sides of this stay's lesions and operations that disagree.

    What one section lists on both sides is a matter of both sides and no contradiction; so is 双侧. An operation
    contradicts a lesion of the same region only when all lesions there lie on one side and all operations on the other.
    """
    found = _named_alike([side for sentence in ground.sentences for side in _sides(sentence, ground)])
    told: set[int] = set()
    for role, subject in dict.fromkeys((side.role, side.subject) for side in found):
        made = _opposed(subject, [side for side in found if (side.role, side.subject) == (role, subject)])
        if made:
            told |= made.sentences
            yield made
    for region in dict.fromkeys(side.region for side in found):
        sides = [side for side in found if side.region == region]
        if region is None or not _one_side_a_role(sides):
            continue
        made = _opposed(region.region, sides, region.zh if ground.chinese else region.en)
        if made and not made.sentences <= told:
            yield made


def _sides(sentence: Sentence, ground: Ground) -> Iterator[_Sided]:
    """Sides that the sentence states of this stay; what lies in the past may lie on any side."""
    for rule in exclusive_statements(ground.rules_dir):
        for found in asserted(rule, sentence, ground) if rule.about == SIDES else ():
            if assertion_at(sentence, *found.span("value"), ground) != "historical":
                subject = found["subject"].lower()
                region = body_region(subject, ground.rules_dir)
                value = stated_value(rule, found)
                yield _Sided(rule.role, subject, region, value, sentence.index, ground.leaf(sentence))


def _named_alike(found: list[_Sided]) -> list[_Sided]:
    """Each subject under the shortest one of its role that ends it: 股骨粗隆间骨折 is a 粗隆间骨折."""
    short: dict[tuple[str, str], str] = {}
    for role, subject in sorted({(side.role, side.subject) for side in found}, key=lambda pair: len(pair[1])):
        ends = (name for (other, _), name in short.items() if other == role and subject.endswith(name))
        short[role, subject] = next(ends, subject)
    return [replace(side, subject=short[side.role, side.subject]) for side in found]


def _opposed(subject: str, sides: list[_Sided], name: str = "") -> Contradiction | None:
    """The contradiction, when there are two sides and no section lists both."""
    values: dict[str, set[int]] = defaultdict(set)
    leaves: dict[str, set[int]] = defaultdict(set)
    for side in sides:
        values[side.value].add(side.sentence)
        leaves[side.value].add(side.leaf)
    if "both" in values or len(values) < 2 or set.intersection(*leaves.values()):
        return None
    return contradiction(f"{SIDES}:{subject}", values.items(), name or subject)


def _one_side_a_role(sides: list[_Sided]) -> bool:
    """Whether lesions all lie on one side and operations all on one."""
    values: dict[str, set[str]] = defaultdict(set)
    for side in sides:
        values[side.role].add(side.value)
    return len(values) > 1 and all(len(each) == 1 for each in values.values())
