"""A backbone small enough to train within a test: one layer of what the real one has twelve of, and its tokeniser."""

import json
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertModel

from training.backbone import SPECIALS, tokenizer

LETTERS = "▁肌酐过敏史无有血压高低尿素钾钠是多少吗年月日青霉素|›0123456789abcdefghijklmnopqrstuvwxyz"


@pytest.fixture()
def work(tmp_path: Path) -> Path:
    """A work folder with a backbone of twelve tiny layers and a few groups."""
    torch.manual_seed(0)
    pieces = [*SPECIALS, *LETTERS]
    config = BertConfig(
        vocab_size=len(pieces), hidden_size=32, num_hidden_layers=12, num_attention_heads=2, intermediate_size=64,
        pad_token_id=1, type_vocab_size=1,
    )  # fmt: skip
    BertModel(config, add_pooling_layer=False).save_pretrained(tmp_path / "backbone")
    tokenizer(pieces, [0.0] * len(pieces)).save(str(tmp_path / "backbone" / "tokenizer.json"))
    groups = [
        {"question": "肌酐是多少", "positives": ["a | 肌酐 108"], "negatives": ["a | 尿素 8", "b | 无血压高", "钾 4"]},
        {"question": "有过敏吗", "positives": ["b | 青霉素过敏史"], "negatives": ["a | 肌酐 90", "钠 138"]},
        {"question": "尿素高吗", "positives": [], "negatives": ["a | 肌酐 70", "无过敏史"]},
    ]
    lines = "".join(json.dumps(group, ensure_ascii=False) + "\n" for group in groups * 4)
    for name in ("train", "outside"):
        (tmp_path / f"groups.{name}.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path
