import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emr_rerank.errors import ModelError
from emr_rerank.evidence.calibration import IDENTITY, Calibration, read_calibration, sigmoid

PROBABILITY = st.floats(0, 1)


@given(PROBABILITY)
def test_the_identity_changes_nothing(probability: float) -> None:
    assert IDENTITY.apply(probability) == pytest.approx(probability, abs=1e-9)


@given(PROBABILITY, PROBABILITY, st.floats(0.1, 5), st.floats(-3, 3))
def test_platt_keeps_the_order(low: float, high: float, a: float, b: float) -> None:
    low, high = sorted((low, high))
    platt = Calibration(kind="platt", a=a, b=b)
    assert 0 <= platt.apply(low) <= platt.apply(high) <= 1


def test_platt_works_on_the_logit() -> None:
    assert Calibration(a=2.0, b=-1.0).apply(sigmoid(0.7)) == pytest.approx(sigmoid(0.4))


def test_isotonic_interpolates_and_stays_within_its_ends() -> None:
    isotonic = Calibration(kind="isotonic", x=(0.2, 0.6, 0.9), y=(0.1, 0.1, 0.8))
    assert [isotonic.apply(p) for p in (0.0, 0.2, 0.5, 0.75, 1.0)] == pytest.approx([0.1, 0.1, 0.1, 0.45, 0.8])


def test_no_file_is_the_identity(tmp_path: Path) -> None:
    assert read_calibration(tmp_path / "calibration.json") == IDENTITY


@pytest.mark.parametrize(
    "content",
    [
        "{",
        '{"kind": "other"}',
        '{"kind": "platt", "a": -1}',
        '{"kind": "isotonic", "x": [0.1], "y": [0.1]}',
        '{"kind": "isotonic", "x": [0.5, 0.1], "y": [0.1, 0.2]}',
        '{"kind": "isotonic", "x": [0.1, 0.5], "y": [0.9, 0.2]}',
        json.dumps({"kind": "platt", "slope": 1}),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "calibration.json"
    file.write_text(content)
    with pytest.raises(ModelError, match="can't be used"):
        read_calibration(file)


@pytest.mark.parametrize("logit", [-800.0, -1.0, 0.0, 1.0, 800.0])
def test_sigmoid_never_overflows(logit: float) -> None:
    assert sigmoid(logit) + sigmoid(-logit) == pytest.approx(1.0)
