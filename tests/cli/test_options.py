"""Settings that come from the environment alone."""

import pytest

from emr_rerank.cli.options import build_settings
from emr_rerank.errors import UsageError


def test_the_engine_is_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMR_RERANK_ENGINE", "flagembedding")
    monkeypatch.setenv("EMR_RERANK_PRECISION", "bf16")
    monkeypatch.setenv("EMR_RERANK_BATCH_TOKENS", "4096")
    monkeypatch.setenv("EMR_RERANK_GPUS", "2")
    settings = build_settings(candidates=7)
    assert (settings.engine, settings.precision, settings.batch_tokens, settings.gpus) == (
        "flagembedding",
        "bf16",
        4096,
        2,
    )
    assert settings.candidates == 7


def test_without_variables_the_defaults_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMR_RERANK_ENGINE", "")
    assert build_settings().engine == "packed"


@pytest.mark.parametrize(
    ("variable", "value"),
    [("EMR_RERANK_ENGINE", "onnx"), ("EMR_RERANK_BATCH_TOKENS", "many"), ("EMR_RERANK_GPUS", "0")],
)
def test_a_wrong_value_names_its_variable(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(UsageError, match=variable):
        build_settings()
