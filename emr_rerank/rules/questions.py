"""Question rules: what a question's wording says about the answer it wants."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from emr_rerank.findings import FactKind, Relation, Shape
from emr_rerank.rules.files import Pattern, Rule, load_rules


class QuestionRule(Rule):
    """One wording of questions.

    `pattern` is searched for in the question without regard to case. Analytes and concepts named in the question stand
    as U+E000 while it is tried, so 'when' (时间) is not found inside a name (凝血酶原时间), and a pattern may ask for a
    name with `\\ue000`; with `raw` it is tried on the question as it stands, and names inside the match are no matter
    of the answer. Rules are tried in file order.

    - `shape`, `window`: the first rule that fires decides; `kinds`, `sections`, `shows` add up.
    - `means`: concepts that the wording asks for without naming them.
    - `values` false: an analyte in the question is the matter (why did it rise), not a value that is asked for.
    - `treated`: diseases, symptoms and parts of the body named are what is treated; evidence need not name them.
    - `day` true: the pattern names the groups month and day, and may name year; a month may be an English name. With
      day2 (and month2) it names the first and the last of several days. `stay_day` true: group count, or `number`.
    - `period` true: the pattern names the group year, month, or both; with `ago` Y or M a time before admission, whose
      number is the group count or `number`. `past`: the time before this stay is asked for. `unresolved`: a time that
      no record can tell (yesterday).
    - `today`: the day of the note itself is asked for.
    - `operation`: before, during or after it; with the group count, or `number`, that many days after it.
    - `event`: the group event names what happened before, during or after the time asked for.
    - `shows`: what text that answers shows (an amount, a side); with `must_show`, other text is no evidence.
    - `entity`: tells which words that no rule knows name a thing, so that evidence must name it too; other words may be
      said differently in the record. name: the pattern is the thing's form (…霉素, …造影, …ectomy); after: the thing
      stands right behind the pattern (用过…); had: as after, in questions that name nothing else (有…吗); ordinary: the
      opposite, words that name no thing at all (OK, blamed), so that evidence need not hold them.
    - `phrase` true: the matched text is wording, not content, and yields no search term.
    """

    pattern: Pattern
    raw: bool = False
    shape: Shape | None = None
    window: Literal["admission", "discharge"] | None = None
    kinds: tuple[FactKind, ...] = ()
    sections: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    values: bool = True
    treated: bool = False
    day: bool = False
    stay_day: bool = False
    period: bool = False
    ago: Literal["Y", "M"] | None = None
    number: int | None = None
    past: bool = False
    unresolved: bool = False
    today: bool = False
    operation: Literal["before", "during", "after"] | None = None
    event: Relation | None = None
    shows: Pattern | None = None
    must_show: bool = False
    entity: Literal["name", "after", "had", "ordinary"] | None = None
    phrase: bool = True


@lru_cache(maxsize=8)
def question_rules(overrides: Path | None = None) -> tuple[QuestionRule, ...]:
    """All question rules in force.

    Raises:
        RuleError: a rule file is wrong.
    """
    return load_rules("questions", QuestionRule, overrides)
