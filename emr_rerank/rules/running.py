"""Schema of `rules/running.*.yaml`: what marks lines that a printer repeats at the edge of pages."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from emr_rerank.rules.files import Pattern, Rule, load_rules


class RunningRule(Rule):
    """A pattern that is searched for in a line at the top or bottom of a page."""

    kind: Literal["page_number", "stamp", "title", "report", "body"] = Field(
        description="page_number: of the page, changes from page to page; stamp: time of printing, may change too; "
        "title: names a document, kept where a stretch of pages with it begins; report: names a one-page report, "
        "always kept; body: content that may repeat and is never taken off"
    )
    pattern: Pattern


@lru_cache(maxsize=8)
def running_rules(overrides: Path | None = None) -> tuple[RunningRule, ...]:
    """All rules in force.

    Raises:
        RuleError: a file of purpose `running` is wrong.
    """
    return load_rules("running", RunningRule, overrides)
