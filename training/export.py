"""From torch to the file that is shipped: ONNX, then 8 bits.

    python -m training.export WORK reranker [--model model]     WORK/model/weights.pt → evidence/compact/reranker.onnx
    python -m training.export WORK encoder                      WORK/backbone         → evidence/compact/encoder.onnx

NNCF does both. Of the reranker only the weights are in 8 bits, a scale a row; it computes in float32, because rounding
between the layers goes another way in every runtime and moved a probability by up to 0.09. The encoder, whose vectors
only rank sections, is quantised whole (model type TRANSFORMER: SmoothQuant, Xiao et al. 2023, and fast bias correction)
with scales fixed by a few hundred texts: half the time, and a vector depends on no other text of its batch.
"""

import argparse
import hashlib
import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import nncf
import numpy as np
import onnx
import torch
from tokenizers import Tokenizer
from transformers import BertModel

from emr_rerank.evidence.compact.network import FOLDER, Network
from training.cross_encoder import batch, load_tokenizer, load_trained
from training.texts import vocabulary_texts

CALIBRATION = 300
"""Pairs or texts that fix the scales."""


class Encoder(torch.nn.Module):
    """Unit vectors of texts: the mean over their tokens (e5's pooling)."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Vectors, shape (texts, width)."""
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(states.dtype)
        return torch.nn.functional.normalize((states * weights).sum(1) / weights.sum(1), dim=1)


def main() -> None:
    """Export, quantise, compare with torch."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("what", choices=("reranker", "encoder"))
    parser.add_argument("--model", default="model")
    parser.add_argument("--out", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    work, out = arguments.work, arguments.out / f"{arguments.what}.onnx"
    out.parent.mkdir(parents=True, exist_ok=True)
    tokens = load_tokenizer(work / "backbone")
    if arguments.what == "reranker":
        made, texts = load_trained(work, arguments.model), pairs(work)
    else:
        made = Encoder(BertModel.from_pretrained(work / "backbone", add_pooling_layer=False))
        texts = passages()
    made.eval().encoder.set_attn_implementation("eager")  # the one that the exporter can follow
    plain = work / f"{arguments.what}.fp32.onnx"
    to_onnx(made, tokens, texts, plain)
    if arguments.what == "reranker":
        compress(plain, out)
    else:
        quantise(plain, tokens, texts[::2], out)
    shutil.copyfile(work / "backbone" / "tokenizer.json", out.parent / "tokenizer.json")
    compare(made, tokens, texts[1::2], out)
    print(f"{out.name}: {out.stat().st_size / 1e6:.1f} MB, sha256 {hashlib.sha256(out.read_bytes()).hexdigest()}")


def pairs(work: Path) -> list[tuple[str, str]]:
    """Questions with a proof and a trap each, of groups that are trained on."""
    lines = [line for name in ("train", "outside") for line in (work / f"groups.{name}.jsonl").open(encoding="utf-8")]
    groups = map(json.loads, random.Random(7).sample(lines, min(len(lines), 2 * CALIBRATION)))
    return [(g["question"], text) for g in groups for text in (*g["positives"][:1], *g["negatives"][:1])][
        : 2 * CALIBRATION
    ]


def passages() -> list[str]:
    """Texts as the encoder reads them."""
    texts = [text[:200] for text in vocabulary_texts() if len(text) > 5]
    chosen = random.Random(7).sample(texts, 2 * CALIBRATION)
    return [f"{'query' if place % 5 == 0 else 'passage'}: {text}" for place, text in enumerate(chosen)]


def to_onnx(model: torch.nn.Module, tokens: Tokenizer, texts: Sequence[str | tuple[str, str]], out: Path) -> None:
    """The network in float32; ids and mask have shape (texts, tokens), both free."""
    names = {"ids": {0: "texts", 1: "tokens"}, "mask": {0: "texts", 1: "tokens"}, "out": {0: "texts"}}
    example = batch(tokens, texts[:3])
    torch.onnx.export(model, example, str(out), input_names=["ids", "mask"], output_names=["out"], dynamic_axes=names,
                      opset_version=17, dynamo=False)  # fmt: skip


def compress(plain: Path, out: Path) -> None:
    """The same network, its weights in 8 bits."""
    made = nncf.compress_weights(onnx.load(str(plain)), mode=nncf.CompressWeightsMode.INT8_SYM)
    onnx.save(made, str(out))


def quantise(plain: Path, tokens: Tokenizer, texts: Sequence[str | tuple[str, str]], out: Path) -> None:
    """The same network, its weights and the states between its layers in 8 bits."""

    def inputs(text: str | tuple[str, str]) -> dict[str, np.ndarray]:
        ids, mask = batch(tokens, [text])
        return {"ids": ids.numpy(), "mask": mask.numpy()}

    made = nncf.quantize(
        onnx.load(str(plain)),
        nncf.Dataset(list(texts), inputs),
        model_type=nncf.ModelType.TRANSFORMER,
        subset_size=len(texts),
    )
    onnx.save(made, str(out))


def compare(model: torch.nn.Module, tokens: Tokenizer, texts: Sequence[str | tuple[str, str]], out: Path) -> None:
    """How far the shipped file is from torch in float32."""
    network = Network(out)
    with torch.no_grad():
        exact = torch.cat([model(*batch(tokens, texts[at : at + 50])) for at in range(0, len(texts), 50)]).numpy()
    tokens.no_padding()
    own = network.run([encoded.ids for encoded in tokens.encode_batch(list(texts))])
    if exact.ndim == 2:
        print(f"mean cosine to float32: {float((exact * own).sum(1).mean()):.5f}")
        return
    sigmoid = [1 / (1 + np.exp(-logits)) for logits in (exact, own)]
    apart = np.abs(sigmoid[0] - sigmoid[1])
    ranks = np.corrcoef(*(logits.argsort().argsort() for logits in (exact, own)))[0, 1]
    print(
        f"probability apart from float32: mean {apart.mean():.4f}, most {apart.max():.4f}; rank correlation {ranks:.4f}"
    )


if __name__ == "__main__":
    main()
