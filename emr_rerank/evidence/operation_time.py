"""Times told by an operation: before, during, after it, or so many days after."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from emr_rerank.evidence.days import days_apart
from emr_rerank.evidence.periods import NUMERALS
from emr_rerank.findings import Fact
from emr_rerank.record import Sentence
from emr_rerank.rules.evidence import Role, role_pattern, role_sections

_POSTOPERATIVE_DAY = r"术后第?(?:{count}|{numeral})[天日]|\b(?:post-?op(?:erative)? day|POD) ?{count}\b"
_DAY_ITSELF = re.compile(r"手术当[天日晚]|术日|\bday of (?:surgery|operation)\b", re.IGNORECASE)
_WORDS: dict[str, Role] = {"before": "before_operation", "during": "during_operation", "after": "after_operation"}


def operation_day(
    sentences: Sequence[Sentence],
    facts: Sequence[Fact] = (),
    admission: str | None = None,
    rules_dir: Path | None = None,
) -> str | None:
    """The day of this stay's first operation.

    By the first date of its notes, else by the first procedure fact or dated sentence that tells of one.
    """
    home = role_sections("operation", rules_dir)
    noted = [s.date[:10] for s in sentences if s.date and s.section_code in home and s.date_rule is None]
    if noted:
        return min(noted)
    done = [fact.time[:10] for fact in facts if fact.kind == "procedure" and fact.time and fact.assertion == "present"]
    performed = role_pattern("operation_done", rules_dir)
    done += [s.date[:10] for s in sentences if s.date and s.date_rule and performed.search(s.text)]
    return min((day for day in done if admission is None or day >= admission[:10]), default=None)


@dataclass(frozen=True)
class OperationTime:
    """Before, during, after an operation, or P1D: a day after it.

    Args:
        asked: `Question.operation`.
        operated: day of the operation, where the record tells it.
        rules_dir: a hospital's own rule files.
    """

    asked: str
    operated: str | None
    rules_dir: Path | None = None

    def holds(self, sentence: Sentence, when: str | None) -> bool:
        """By the sentence's own words, else by the days of value and operation; who leaves has been operated."""
        if self._told(" ".join((*sentence.section_path[-1:], sentence.text))):
            return True
        if self.asked == "after" and sentence.section_code in role_sections("discharge", self.rules_dir):
            return True
        if when is None or self.operated is None:
            return False
        if self.asked.startswith("P"):
            days = int(self.asked[1:-1])
            return when[:10] >= self.operated and days_apart(when, self.operated) == days
        if self.asked == "during":
            return when[:10] == self.operated and sentence.section_code in role_sections("operation", self.rules_dir)
        return when[:10] < self.operated if self.asked == "before" else when[:10] > self.operated

    def _told(self, text: str) -> bool:
        if not self.asked.startswith("P"):
            return role_pattern(_WORDS[self.asked], self.rules_dir).search(text) is not None
        count = int(self.asked[1:-1])
        if count == 0:
            return _DAY_ITSELF.search(text) is not None
        numeral = NUMERALS[count] if count < len(NUMERALS) else str(count)
        pattern = _POSTOPERATIVE_DAY.format(count=count, numeral=numeral)
        return re.search(pattern, text, re.IGNORECASE) is not None
