"""Look-alikes in names are set right; numbers, units and everything unknown stay as read."""

import pytest

from emr_rerank.reading.scan_spelling import respelled


@pytest.mark.parametrize(
    ("read", "right"),
    [
        ("HbAlc", "HbA1c"),
        ("hs-cTnl", "hs-cTnI"),
        ("高敏肌钙蛋白l", "高敏肌钙蛋白I"),
        ("Y-谷氨酰转移酶(GGT)", "γ-谷氨酰转移酶(GGT)"),
        ("BP 158/92mmHg，Sp02 91%", "BP 158/92mmHg，SpO2 91%"),
        ("P02", "PO2"),
        ("HC03-", "HCO3-"),
    ],
)
def test_a_known_name_with_a_look_alike_is_set_right(read: str, right: str) -> None:
    assert respelled(read) == right
    assert respelled(right) == right


@pytest.mark.parametrize(
    "text", ["108", "10-60", "101", "0.85-1.51", "10^9/L", "μmol/L", "1.0g tid", "第1页", "B超", "IgG", "Sp0291%", ""]
)
def test_all_else_stays(text: str) -> None:
    assert respelled(text) == text
