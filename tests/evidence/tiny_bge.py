"""Tiny bge models with a real tokenizer."""

from pathlib import Path
from typing import Any

import torch

from benchmarks.gpu.xlmr import save_encoder, save_reranker, save_tokenizer
from emr_rerank.evidence.bge import BgeOptions

CORPUS = [
    "患者因反复胸闷气促三年加重一周入院",
    "肌酐较入院时升高，考虑急性肾损伤",
    "否认药物过敏史，否认高血压糖尿病史",
    "血常规 白细胞 12.1 中性粒细胞 88 %",
    "serum creatinine rose from 72 to 108 umol/L",
    "the patient denies any drug allergy",
    "discharged on aspirin 100 mg once daily",
    "blood pressure 150/90 mmHg on admission",
]
QUESTION = "肌酐较入院时有何变化？"
CHARACTERS = "".join(sorted(set("".join(CORPUS))))
SHAPE: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
}
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


def options(engine: str = "packed", **changed: Any) -> BgeOptions:
    return BgeOptions(**{"device": "cpu", "offline": True, "engine": engine, **changed})


def tiny_reranker(folder: Path, **changed: Any) -> Path:
    """Weights so large that scores differ widely from passage to passage."""
    torch.manual_seed(7)
    size = save_tokenizer(folder, CORPUS * 4, 300)
    save_reranker(folder, **{**SHAPE, "vocab_size": size, "initializer_range": 0.6, **changed})
    return folder


def tiny_encoder(folder: Path) -> Path:
    torch.manual_seed(5)
    size = save_tokenizer(folder, CORPUS * 4, 300)
    save_encoder(folder, **SHAPE, vocab_size=size, initializer_range=0.6)
    return folder
