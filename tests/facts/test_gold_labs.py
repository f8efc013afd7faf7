"""Laboratory results and vital signs against the hand-written gold (tests/gold)."""

import pytest

from emr_rerank.rules.analytes import catalogue
from emr_rerank.rules.units import unit_table
from emr_rerank.rules.vitals import vital_signs
from tests.gold import labs

ALL = ("labs.zh", "labs.en", "labs.rows", "labs.later", "labs.third", "vitals")
LABS = ("labs.zh", "labs.en", "labs.rows")


@pytest.mark.parametrize(
    ("kind", "names"), [("lab", LABS), ("vital", ("vitals",)), (None, ("labs.later", "labs.third"))]
)
def test_value_unit_and_flag_are_exact(kind: str | None, names: tuple[str, ...]) -> None:
    result = labs.score(*names, kind=kind)
    assert result.share >= 0.98, "\n".join((*result.missed, *result.wrong))


def test_there_is_enough_gold() -> None:
    assert sum(len(labs.entries(name)) for name in ALL) >= 220


def test_the_gold_names_what_exists() -> None:
    signs = {sign.id for sign in vital_signs()}
    for name in ALL:
        for entry in labs.entries(name):
            for line in entry["facts"]:
                stated = labs.stated(line)
                assert stated.name in catalogue() or stated.name in signs, line
                assert stated.unit is None or unit_table().get(stated.unit)
                assert stated.flag in (None, "H", "L", "N")
                assert stated.kept_out in (None, *labs.KEPT_OUT)
