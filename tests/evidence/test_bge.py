"""The FlagEmbedding path, checked on a tiny XLM-RoBERTa against its plain forward pass."""

import json
import random
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaForSequenceClassification,
    XLMRobertaModel,
)

from emr_rerank.errors import ModelError
from emr_rerank.evidence.bge import BgeEmbedder, BgeReranker
from emr_rerank.evidence.calibration import sigmoid
from emr_rerank.evidence.models import load_embedder, load_reranker
from emr_rerank.evidence.weights import model_folder
from emr_rerank.settings import Settings

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
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def save_tokenizer(folder: Path) -> int:
    """A SentencePiece-type Unigram tokenizer with XLM-R's special tokens and pair layout; returns its size."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=300, special_tokens=SPECIAL, unk_token="<unk>")
    tokenizer.train_from_iterator(CORPUS * 4, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        cls_token="<s>",
        eos_token="</s>",
        sep_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        mask_token="<mask>",
    ).save_pretrained(folder)
    return tokenizer.get_vocab_size()


def config(size: int) -> XLMRobertaConfig:
    return XLMRobertaConfig(
        vocab_size=size,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=514,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
        type_vocab_size=1,
        num_labels=1,
        initializer_range=0.6,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tiny-reranker")
    torch.manual_seed(7)
    XLMRobertaForSequenceClassification(config(save_tokenizer(path))).save_pretrained(path)
    return path


@pytest.fixture(scope="module")
def reranker(folder: Path) -> BgeReranker:
    return BgeReranker(str(folder), device="cpu", offline=True)


def plain(folder: Path, question: str, passage: str) -> float:
    """sigmoid of the plain forward pass, one pair at a time, without padding."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    inputs = tokenizer(question, passage, truncation="only_second", max_length=512, return_tensors="pt")
    with torch.no_grad():
        return sigmoid(model(**inputs).logits.item())


def test_scores_equal_the_plain_forward_pass(folder: Path, reranker: BgeReranker) -> None:
    scores = reranker.score(QUESTION, CORPUS)
    assert scores == pytest.approx([plain(folder, QUESTION, text) for text in CORPUS], abs=1e-4)
    assert max(scores) - min(scores) > 0.01, "a constant model would prove nothing"


def test_a_score_does_not_depend_on_order_or_company(reranker: BgeReranker) -> None:
    together = dict(zip(CORPUS, reranker.score(QUESTION, CORPUS), strict=True))
    shuffled = random.Random(3).sample(CORPUS, len(CORPUS))
    assert reranker.score(QUESTION, shuffled) == pytest.approx([together[text] for text in shuffled], abs=1e-5)
    for text in CORPUS:
        assert reranker.score(QUESTION, [text]) == pytest.approx([together[text]], abs=1e-5)


def test_more_pairs_than_a_batch_holds(reranker: BgeReranker) -> None:
    many = CORPUS * 20
    assert reranker.score(QUESTION, many) == pytest.approx(reranker.score(QUESTION, CORPUS) * 20, abs=1e-5)


def test_no_candidates_no_scores(reranker: BgeReranker) -> None:
    assert reranker.score(QUESTION, []) == []


def test_a_long_passage_is_cut_at_its_end(folder: Path, reranker: BgeReranker) -> None:
    long = " ".join(CORPUS * 60)
    [score] = reranker.score(QUESTION, [long])
    assert score == pytest.approx(plain(folder, QUESTION, long), abs=1e-4)
    assert reranker.score(QUESTION, [long + "出院"]) == pytest.approx([score], abs=1e-6)


def test_loaded_by_folder_through_the_settings(folder: Path, reranker: BgeReranker) -> None:
    settings = Settings(reranker=str(folder), device="cpu", offline=True)
    loaded = load_reranker(settings)
    assert loaded is load_reranker(settings)
    assert loaded.device == "cpu"
    assert loaded.score(QUESTION, CORPUS) == pytest.approx(reranker.score(QUESTION, CORPUS), abs=1e-6)


def test_calibration_beside_the_model_is_applied(folder: Path, tmp_path: Path, reranker: BgeReranker) -> None:
    copy = tmp_path / "calibrated"
    copy.mkdir()
    for file in folder.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    (copy / "calibration.json").write_text(json.dumps({"kind": "platt", "a": 2.0, "b": -1.0}))
    calibrated = BgeReranker(str(copy), device="cpu", offline=True)
    expected = [sigmoid(2 * logit - 1) for logit in reranker.logits(QUESTION, CORPUS)]
    assert calibrated.score(QUESTION, CORPUS) == pytest.approx(expected, abs=1e-5)
    assert calibrated.weights_hash != reranker.weights_hash
    assert reranker.weights_hash.startswith("sha256:") and len(reranker.weights_hash) == 71


def test_embedder_gives_the_unit_cls_vector(tmp_path: Path) -> None:
    torch.manual_seed(5)
    XLMRobertaModel(config(save_tokenizer(tmp_path))).save_pretrained(tmp_path)
    embedder = load_embedder(Settings(embedder=str(tmp_path), device="cpu", offline=True))
    assert isinstance(embedder, BgeEmbedder)
    vectors = embedder.passages(CORPUS)
    assert vectors.shape == (len(CORPUS), embedder.dim) == (len(CORPUS), 32)
    model = XLMRobertaModel.from_pretrained(tmp_path).eval()
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    with torch.no_grad():
        states = model(**tokenizer(CORPUS[1], return_tensors="pt")).last_hidden_state[0, 0]
    assert vectors[1] == pytest.approx((states / states.norm()).numpy(), abs=1e-4)
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
        BgeReranker(str(tmp_path), device="cpu", offline=True)


def test_a_broken_folder_says_so_without_a_traceback(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="can't be loaded") as caught:
        BgeReranker(str(tmp_path), device="cpu", offline=True)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("missing", ["FlagEmbedding", "torch"])
def test_without_the_extra_the_message_names_it(missing: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, missing, None)
    with pytest.raises(ModelError, match=r"emr-rerank\[bge\]"):
        BgeReranker(str(folder), device="cpu", offline=True)


def test_cuda_asked_for_without_a_card(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ModelError, match="No CUDA device"):
        BgeReranker(str(folder), device="cuda", offline=True)
