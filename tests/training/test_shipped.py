"""The shipped reranker, unpacked for more training, scores as it does in 8 bits."""

from pathlib import Path

import numpy as np
import pytest
import torch

from emr_rerank.evidence.compact.cross_encoder import CompactCrossEncoder
from training.cross_encoder import batch, load_tokenizer, load_trained
from training.shipped import main


def test_the_unpacked_weights_score_as_the_shipped_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["shipped", str(tmp_path)])
    main()
    model, tokens = load_trained(tmp_path, "shipped").eval(), load_tokenizer(tmp_path / "backbone")
    passages = ["检验报告 | 肌酐 108 μmol/L", "既往史 | 否认糖尿病", "Discharge | Home on metoprolol."]
    with torch.no_grad():
        unpacked = model(*batch(tokens, [("肌酐多少", text) for text in passages])).numpy()
    np.testing.assert_allclose(unpacked, CompactCrossEncoder().logits("肌酐多少", passages), atol=1e-3)
