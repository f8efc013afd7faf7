"""Importing the package and asking for help load nothing heavy."""

import subprocess
import sys

import pytest

HEAVY = (
    "torch",
    "FlagEmbedding",
    "transformers",
    "onnxruntime",
    "openvino",
    "tokenizers",
    "spacy",
    "pdfplumber",
    "pypdfium2",
    "numpy",
)


@pytest.mark.parametrize(
    "statement",
    [
        "import emr_rerank",
        "from emr_rerank import Answer, Record, Settings",
        "from typer.testing import CliRunner; from emr_rerank.cli.app import app; CliRunner().invoke(app, ['--help'])",
    ],
)
def test_nothing_heavy_is_imported(statement: str) -> None:
    code = f"import sys; {statement}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_every_public_name_is_there() -> None:
    import emr_rerank

    assert {name for name in emr_rerank.__all__ if getattr(emr_rerank, name, None) is None} == set()
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = emr_rerank.nothing
