"""The bge models by both engines, checked on a tiny XLM-RoBERTa against its plain forward pass."""

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer, XLMRobertaModel

from benchmarks.gpu.plain import PlainReranker
from emr_rerank.errors import ModelError
from emr_rerank.evidence.bge import BgeEmbedder, BgeReranker
from emr_rerank.evidence.calibration import sigmoid
from emr_rerank.evidence.models import load_embedder, load_reranker
from emr_rerank.evidence.weights import model_folder
from emr_rerank.settings import Settings
from tests.evidence.tiny_bge import CORPUS, QUESTION, options, tiny_encoder, tiny_reranker

ENGINES = ["packed", "flagembedding"]
SAME = 1e-4
"""How far probabilities may differ in fp32: kernels round by where an array lies in memory (docs/gpu.md)."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_reranker(tmp_path_factory.mktemp("tiny-reranker"))


@pytest.fixture(scope="module")
def encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_encoder(tmp_path_factory.mktemp("tiny-encoder"))


@pytest.fixture(scope="module")
def plain(folder: Path) -> PlainReranker:
    return PlainReranker(folder)


@pytest.fixture(scope="module", params=ENGINES)
def reranker(request: pytest.FixtureRequest, folder: Path) -> BgeReranker:
    return BgeReranker(str(folder), options(request.param))


def test_scores_equal_the_plain_forward_pass(plain: PlainReranker, reranker: BgeReranker) -> None:
    scores = reranker.score(QUESTION, CORPUS)
    assert scores == pytest.approx([sigmoid(plain.logit(QUESTION, text)) for text in CORPUS], abs=SAME)
    assert max(scores) - min(scores) > 0.01, "a constant model would prove nothing"


def test_a_score_does_not_depend_on_order_or_company(reranker: BgeReranker) -> None:
    together = dict(zip(CORPUS, reranker.score(QUESTION, CORPUS), strict=True))
    shuffled = random.Random(3).sample(CORPUS, len(CORPUS))
    assert reranker.score(QUESTION, shuffled) == pytest.approx([together[text] for text in shuffled], abs=SAME)
    for text in CORPUS:
        assert reranker.score(QUESTION, [text]) == pytest.approx([together[text]], abs=SAME)


def test_more_pairs_than_a_batch_holds(reranker: BgeReranker) -> None:
    many = CORPUS * 20
    assert reranker.score(QUESTION, many) == pytest.approx(reranker.score(QUESTION, CORPUS) * 20, abs=SAME)


def test_no_candidates_no_scores(reranker: BgeReranker) -> None:
    assert reranker.score(QUESTION, []) == []


def test_a_long_passage_is_cut_at_its_end(plain: PlainReranker, reranker: BgeReranker) -> None:
    long = " ".join(CORPUS * 60)
    [score] = reranker.score(QUESTION, [long])
    assert score == pytest.approx(sigmoid(plain.logit(QUESTION, long)), abs=SAME)
    assert reranker.score(QUESTION, [long + "出院"]) == pytest.approx([score], abs=SAME)


def test_a_long_question_leaves_room_for_the_passage(plain: PlainReranker, reranker: BgeReranker) -> None:
    long = " ".join(CORPUS * 20)
    scores = reranker.score(long, CORPUS)
    assert scores == pytest.approx([sigmoid(plain.logit(long, text)) for text in CORPUS], abs=SAME)
    assert len(set(scores)) == len(CORPUS)


@pytest.mark.parametrize("engine", ENGINES)
def test_loaded_by_folder_through_the_settings(engine: str, folder: Path) -> None:
    settings = Settings(reranker=str(folder), device="cpu", offline=True, engine=engine)
    loaded = load_reranker(settings)
    assert loaded is load_reranker(settings)
    assert loaded.device == "cpu"
    assert type(loaded.model).__name__ == {"packed": "PackedCrossEncoder", "flagembedding": "FlagCrossEncoder"}[engine]


def test_calibration_beside_the_model_is_applied(folder: Path, tmp_path: Path, reranker: BgeReranker) -> None:
    copy = tmp_path / "calibrated"
    copy.mkdir()
    for file in folder.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    (copy / "calibration.json").write_text(json.dumps({"kind": "platt", "a": 2.0, "b": -1.0}))
    calibrated = BgeReranker(str(copy), options())
    expected = [sigmoid(2 * logit - 1) for logit in reranker.logits(QUESTION, CORPUS)]
    assert calibrated.score(QUESTION, CORPUS) == pytest.approx(expected, abs=SAME)
    assert calibrated.weights_hash != reranker.weights_hash
    assert reranker.weights_hash.startswith("sha256:") and len(reranker.weights_hash) == 71


@pytest.mark.parametrize("engine", ENGINES)
def test_embedder_gives_the_unit_cls_vector(engine: str, encoder_folder: Path) -> None:
    embedder = load_embedder(Settings(embedder=str(encoder_folder), device="cpu", offline=True, engine=engine))
    assert isinstance(embedder, BgeEmbedder)
    texts = [*CORPUS, " ".join(CORPUS * 60)]
    vectors = embedder.passages(texts)
    assert vectors.shape == (len(texts), embedder.dim) == (len(texts), 32) and vectors.dtype == np.float32
    model = XLMRobertaModel.from_pretrained(encoder_folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(encoder_folder)
    for text, vector in zip(texts, vectors, strict=True):
        inputs = tokenizer(text, return_tensors="pt", truncation=True, max_length=512)
        with torch.no_grad():
            state = model(**inputs).last_hidden_state[0, 0]
        assert vector == pytest.approx((state / state.norm()).numpy(), abs=SAME)
    assert embedder.queries([]).shape == (0, 32)


@pytest.mark.parametrize(
    ("model", "what"),
    [
        ("/no/such/folder", "does not exist"),
        ("models/none/here", "does not exist"),
        ("no-such-owner/no-such-model", "offline mode is set"),
    ],
)
def test_a_missing_model_says_what_to_do(model: str, what: str) -> None:
    with pytest.raises(ModelError, match=what) as caught:
        model_folder(model, offline=True)
    assert caught.value.todo and caught.value.exit_code == 4


def test_an_empty_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"config\.json is missing"):
        BgeReranker(str(tmp_path), options())


@pytest.mark.parametrize("engine", ENGINES)
def test_a_broken_folder_says_so_without_a_traceback(engine: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="can't be loaded") as caught:
        BgeReranker(str(tmp_path), options(engine))
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("engine", "missing"), [("packed", "torch"), ("packed", "transformers"), ("flagembedding", "FlagEmbedding")]
)
def test_without_the_extra_the_message_names_it(
    engine: str, missing: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, missing, None)
    with pytest.raises(ModelError, match=rf"{missing}.*emr-rerank\[bge\]"):
        BgeReranker(str(folder), options(engine))


def test_flag_embedding_that_does_not_fit_transformers_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modules = __import__("sys").modules
    for name in [name for name in modules if name.partition(".")[0] == "FlagEmbedding"]:
        monkeypatch.delitem(modules, name)
    monkeypatch.setitem(modules, "transformers.modeling_attn_mask_utils", None)
    with pytest.raises(ModelError, match=r"does not work with the transformers .* engine 'packed'"):
        BgeReranker(str(folder), options("flagembedding"))


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"num_labels": 3}, "several labels"),
        ({"hidden_act": "relu"}, "XLM-RoBERTa"),
        ({"max_position_embeddings": 130}, "at least 512 tokens"),
        ({"pad_token_id": 3}, "with its own tokenizer"),
        ({"vocab_size": 100}, "with its own tokenizer"),
    ],
)
def test_another_architecture_is_refused(changed: dict[str, Any], what: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=what):
        BgeReranker(str(tiny_reranker(tmp_path, **changed)), options())


def test_cuda_asked_for_without_a_card(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ModelError, match="No CUDA device"):
        BgeReranker(str(folder), options(device="cuda"))


def test_a_score_that_is_no_number_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reranker = BgeReranker(str(folder), options())
    monkeypatch.setattr(reranker.model, "logits", lambda pairs: [0.3, float("nan")])
    with pytest.raises(ModelError, match="no number"):
        reranker.score(QUESTION, CORPUS[:2])


def test_a_failure_does_not_quote_the_text(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reranker = BgeReranker(str(folder), options())

    def fail(pairs: Any) -> Any:
        raise RuntimeError(f"bad pair {pairs}")

    monkeypatch.setattr(reranker.model, "logits", fail)
    with pytest.raises(ModelError) as caught:
        reranker.score(QUESTION, CORPUS)
    assert QUESTION not in str(caught.value) and caught.value.__suppress_context__
