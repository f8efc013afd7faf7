"""Validates the rule files of every purpose at once."""

from pathlib import Path

from emr_rerank.rules.files import Rule, load_rules


def check_rules(overrides: Path | None = None) -> dict[str, int]:
    """Number of rules in force by purpose.

    Raises:
        RuleError: a file or rule is wrong; names file, line and rule. Also for a file name of no known purpose.
    """
    return {purpose: len(load_rules(purpose, schema, overrides)) for purpose, schema in _schemas().items()}


def _schemas() -> dict[str, type[Rule]]:
    from emr_rerank.rules.messages import Message

    return {"messages": Message}
