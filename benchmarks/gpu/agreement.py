"""Whether engines give the scores of the plain fp32 forward pass, on a small cross-encoder trained on the spot.

The task: does this sentence stand in the section that the question names? A few hundred steps learn it well enough for
scores between 0 and 1, which is where disagreement would show.
"""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from scipy.stats import kendalltau
from transformers import AutoTokenizer, XLMRobertaModel

from benchmarks.gpu.engines import Logits, Pair
from benchmarks.gpu.pairs import Material
from benchmarks.gpu.xlmr import save_reranker
from emr_rerank.evidence.bge import MAX_TOKENS
from emr_rerank.evidence.calibration import sigmoid
from emr_rerank.evidence.packed.load import PackedTextEncoder
from emr_rerank.evidence.packed.tokens import PairTokenizer

SHAPE = {"hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 256}
ASKED = "{}里写了什么？"
LIMITS = {"fp32": 1e-4, "fp16": 1e-2, "bf16": 1e-2}
"""Most that a probability may differ from the reference's."""


def train(folder: Path, size: int, material: Material, steps: int) -> float:
    """Trains and saves the model beside the tokenizer in the folder; returns the mean loss of the last tenth."""
    torch.manual_seed(11)
    chance = random.Random(11)
    model = save_reranker(folder, vocab_size=size, **SHAPE).train()
    tokenizer = PairTokenizer(folder, 128)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    titles = sorted({title for title in material.sections if title})
    losses = []
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # so small a model only waits for more
    for _ in range(steps):
        places = chance.choices(range(len(material.passages)), k=32)
        own = [material.sections[place] for place in places]
        asked = [title if chance.random() < 0.5 else chance.choice(titles) for title in own]
        texts = [material.passages[place] for place in places]
        sequences = tokenizer.pairs([(ASKED.format(title), text) for title, text in zip(asked, texts, strict=True)])
        longest = max(map(len, sequences))
        ids = torch.tensor([[*ids, *[1] * (longest - len(ids))] for ids in sequences])
        labels = torch.tensor([float(title == wanted) for title, wanted in zip(own, asked, strict=True)])
        logits = model(input_ids=ids, attention_mask=(ids != 1).long()).logits[:, 0]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    torch.set_num_threads(threads)
    model.eval().save_pretrained(folder)
    return float(np.mean(losses[-max(steps // 10, 1) :]))


def questions(material: Material, count: int) -> list[list[Pair]]:
    """For so many section titles 48 passages each, with one of one character and one that is far too long."""
    chance = random.Random(5)
    titles = chance.sample(sorted({title for title in material.sections if title}), count)
    ends = ["肌", material.passages[0] * 80]
    return [[(ASKED.format(title), text) for text in chance.sample(material.passages, 46) + ends] for title in titles]


def compare(engine: Logits, asked: Sequence[Sequence[Pair]], truth: Sequence[Sequence[float]]) -> dict[str, float]:
    """Against the reference's probabilities: largest difference, mean Kendall tau-b, questions with another top five,
    and the largest difference when the same pairs come one by one, all together, or in another order."""
    worst, company, flips, taus = 0.0, 0.0, 0, []
    together = np.split(probabilities(engine, [pair for pairs in asked for pair in pairs]), len(asked))
    for pairs, expected, among in zip(asked, truth, together, strict=True):
        made = probabilities(engine, pairs)
        company = max(company, float(np.abs(among - made).max()))
        worst = max(worst, float(np.abs(made - expected).max()))
        taus.append(float(kendalltau(made, expected).statistic))
        flips += set(np.argsort(-made)[:5]) != set(np.argsort(-np.asarray(expected))[:5])
        alone = np.concatenate([probabilities(engine, [pair]) for pair in pairs[:5]])
        turned = probabilities(engine, pairs[::-1])[::-1]
        company = max(company, float(np.abs(alone - made[:5]).max()), float(np.abs(turned - made).max()))
    return {"max_difference": worst, "kendall_tau": float(np.mean(taus)), "top5_flips": flips, "company": company}


def vector_difference(folder: Path, device: str, precision: str, texts: Sequence[str]) -> float:
    """Largest difference of a component between our dense vectors and those of the plain fp32 pass on CPU."""
    tokenizer, model = AutoTokenizer.from_pretrained(folder), XLMRobertaModel.from_pretrained(folder).float().eval()
    made = PackedTextEncoder(folder, [device], precision, 16384, MAX_TOKENS).vectors(texts)
    worst = 0.0
    for text, vector in zip(texts, made, strict=True):
        inputs = tokenizer(text, truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
        with torch.inference_mode():
            state = model(**inputs).last_hidden_state[0, 0]
        worst = max(worst, float(np.abs(vector - (state / state.norm()).numpy()).max()))
    return worst


def probabilities(engine: Logits, pairs: Sequence[Pair]) -> np.ndarray:
    """Sigmoid of the logits."""
    return np.array([sigmoid(logit) for logit in engine(pairs)])
