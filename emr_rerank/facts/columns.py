"""What the columns of a printed table hold, by the labels of `rules/tables.*.yaml`."""

import re
from functools import lru_cache
from pathlib import Path

from emr_rerank.rules.printed import fold_case
from emr_rerank.rules.tables import Role, column_labels
from emr_rerank.rules.vitals import VitalSign, vital_signs


@lru_cache(maxsize=256)
def roles(header: tuple[str, ...], overrides: Path | None = None) -> tuple[Role | None, ...]:
    """The role of each header cell; None for a label that no rule knows."""
    return tuple(_role(cell, overrides) for cell in header)


@lru_cache(maxsize=1024)
def sign_of(label: str, overrides: Path | None = None) -> VitalSign | None:
    """The vital sign that heads a column or a row: 体温(℃), BP mmHg."""
    plain = re.sub(r"[(\[].*|\s", "", fold_case(label))
    for sign in vital_signs(overrides):
        if plain in {re.sub(r"\s", "", fold_case(name)) for name in (*sign.names, *sign.cased)}:
            return sign
    return None


def _role(cell: str, overrides: Path | None) -> Role | None:
    label = _label(cell)
    exact, patterns = _labels(overrides)
    bare = re.sub(r"\(.*?\)$", "", label)
    return exact.get(label) or exact.get(bare) or next((role for look, role in patterns if look.match(label)), None)


def _label(cell: str) -> str:
    return re.sub(r"\s", "", fold_case(cell)).strip(":")


@lru_cache(maxsize=8)
def _labels(overrides: Path | None) -> tuple[dict[str, Role], tuple[tuple[re.Pattern[str], Role], ...]]:
    rules = [rule for rule in column_labels(overrides) if rule.role != "end"]
    exact = {_label(label): rule.role for rule in rules for label in rule.labels}
    return exact, tuple((re.compile(rule.pattern, re.IGNORECASE), rule.role) for rule in rules if rule.pattern)
