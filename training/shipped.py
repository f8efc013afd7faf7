"""The shipped reranker as a start for more training.

    python -m training.shipped WORK     writes WORK/backbone/ (shape and tokeniser) and WORK/shipped/ (weights)

The weights come out of their 8 bits (`emr_rerank/evidence/compact/reranker.onnx`): what rounding took, a few steps of
training give back. `python -m training.train WORK --start shipped` goes on from there, without any step before it.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import ModelProto, numpy_helper
from transformers import BertConfig, BertModel

from emr_rerank.evidence.compact.network import FOLDER
from training.cross_encoder import KEPT, PAD, CrossEncoder

Arrays = dict[str, npt.NDArray[np.float32]]


def main() -> None:
    """Write both folders."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    work = parser.parse_args().work
    weights = unpacked(onnx.load(str(FOLDER / "reranker.onnx")))
    write_backbone(work / "backbone", weights)
    layers = 1 + max(int(name.split(".")[3]) for name in weights if name.startswith("encoder.encoder.layer."))
    model = CrossEncoder(work / "backbone", layers)
    model.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in weights.items()})
    folder = work / "shipped"
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(dict(model.named_parameters()), folder / "weights.pt")
    (folder / "training.json").write_text(json.dumps({"layers": layers}))
    print(f"{layers} layers, {sum(array.size for array in weights.values()):,} parameters in {folder}")


def unpacked(model: ModelProto) -> Arrays:
    """The float32 weights by their torch names.

    A linear layer's matrix has lost its name in the export; the bias that is added to its product has kept it.
    """
    arrays = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear":
            whole, scale = arrays[node.input[0]], arrays[node.input[1]]
            axis = next(part.i for part in node.attribute if part.name == "axis")
            shape = [1] * whole.ndim
            shape[axis] = -1
            arrays[node.output[0]] = whole.astype(np.float32) * scale.reshape(shape)
    named = {name.removesuffix("_dequantized"): array for name, array in arrays.items() if array.dtype == np.float32}
    products = {node.output[0]: node.input[1] for node in model.graph.node if node.op_type == "MatMul"}
    for node in model.graph.node:
        if node.op_type == "Add" and products.keys() & {*node.input}:
            product, bias = sorted(node.input, key=lambda name: name not in products)
            if bias in arrays:
                named[bias.removesuffix("bias") + "weight"] = arrays[products[product]].T
    return {name: array for name, array in named.items() if name.startswith(("encoder.", "dense.", "head."))
            and name.endswith((".weight", ".bias"))}  # fmt: skip


def write_backbone(folder: Path, weights: Arrays) -> None:
    """A network of the shape that `CrossEncoder` begins with, its layers untrained, and the shipped tokeniser."""
    words, width = weights["encoder.embeddings.word_embeddings.weight"].shape
    positions, _ = weights["encoder.embeddings.position_embeddings.weight"].shape
    inner, _ = weights["encoder.encoder.layer.0.intermediate.dense.weight"].shape
    config = BertConfig(
        vocab_size=words,
        hidden_size=width,
        num_hidden_layers=max(KEPT),
        num_attention_heads=12,
        intermediate_size=inner,
        max_position_embeddings=positions,
        pad_token_id=PAD,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    shutil.copyfile(FOLDER / "tokenizer.json", folder / "tokenizer.json")


if __name__ == "__main__":
    main()
