"""The model card tells of the files that are shipped, and they stay small."""

import hashlib
import re

import pytest

from emr_rerank.evidence.compact.network import FOLDER

CARD = (FOLDER / "MODEL_CARD.md").read_text(encoding="utf-8")
MOST_BYTES = 40_000_000


@pytest.mark.parametrize("name", ["reranker.onnx", "encoder.onnx", "tokenizer.json"])
def test_each_file_is_the_one_on_the_card(name: str) -> None:
    data = (FOLDER / name).read_bytes()
    (told,) = re.findall(rf"\| `{re.escape(name)}` \|.*`([0-9a-f]{{64}})`", CARD)
    assert told == hashlib.sha256(data).hexdigest()
    assert len(data) <= MOST_BYTES
