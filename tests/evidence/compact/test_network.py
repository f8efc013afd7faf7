"""The shipped networks: the same numbers in any company and from either runtime, and clear errors."""

import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import openvino
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emr_rerank.errors import ModelError
from emr_rerank.evidence.calibration import sigmoid
from emr_rerank.evidence.compact import network
from emr_rerank.evidence.compact.cross_encoder import CompactCrossEncoder
from emr_rerank.evidence.compact.encoder import CompactE5
from emr_rerank.evidence.compact.network import FOLDER, RUNTIMES, Network
from emr_rerank.evidence.compact.tokens import MOST, pair_ids, text_ids
from emr_rerank.evidence.embedded import EmbeddedReranker
from emr_rerank.pipeline.located import HARDLY_OFF
from training.cross_encoder import load_tokenizer

QUESTIONS = ["肌酐是多少", "有没有药物过敏？", "Which drugs at discharge?", "术后有没有发热", "胸片提示什么"]
PASSAGES = [
    "检验报告单 | 肌酐 108 μmol/L 57-97 ↑",
    "入院记录 › 过敏史 | 否认药物过敏史。",
    "Discharge Medications | Aspirin 100 mg daily, atorvastatin 20 mg at night.",
    "日常病程记录 | 术后第2天，体温38.2℃，予物理降温后降至37.1℃，切口无红肿，引流通畅。",
    "检查报告单 › 检查结论 | 胸片：双肺纹理增多，右下肺斑片影，考虑感染，建议治疗后复查。",
    "出院医嘱 | 1周后复查。",
    "入院记录 › 家族史 | 父亲患高血压。",
    "护理记录 | 患者夜间睡眠可。",
] * 3 + ["长" * 300]
PROBABILITY_APART = 0.02
"""The most by which a probability may move with its company or with the runtime."""


@pytest.fixture(scope="module", params=RUNTIMES)
def cross_encoder(request: pytest.FixtureRequest) -> CompactCrossEncoder:
    return CompactCrossEncoder(request.param)


def probabilities(model: CompactCrossEncoder, question: str, passages: list[str]) -> np.ndarray:
    return np.array([sigmoid(float(logit)) for logit in model.logits(question, passages)])


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_score_does_not_depend_on_its_company(cross_encoder: CompactCrossEncoder, question: str) -> None:
    together = probabilities(cross_encoder, question, PASSAGES)
    alone = np.concatenate([probabilities(cross_encoder, question, [passage]) for passage in PASSAGES])
    assert np.abs(together - alone).max() <= PROBABILITY_APART
    order = random.Random(3).sample(range(len(PASSAGES)), len(PASSAGES))
    shuffled = probabilities(cross_encoder, question, [PASSAGES[place] for place in order])
    assert np.abs(together[order] - shuffled).max() <= PROBABILITY_APART


def test_the_runtimes_agree() -> None:
    models = [CompactCrossEncoder(name) for name in RUNTIMES]
    assert [model.runtime for model in models] == list(RUNTIMES)
    for question in QUESTIONS:
        one, other = (np.array(EmbeddedReranker(model).score(question, PASSAGES[:8])) for model in models)
        assert np.abs(one - other).max() <= PROBABILITY_APART
        assert list(one.argsort()[:-6:-1]) == list(other.argsort()[:-6:-1])
    near, far = (CompactE5(name).passages(PASSAGES) for name in RUNTIMES)
    assert (near * far).sum(1).min() > 0.995


def test_no_passage_gives_no_logit(cross_encoder: CompactCrossEncoder) -> None:
    assert cross_encoder.logits("肌酐", []).shape == (0,)


@pytest.mark.parametrize(("bits", "most"), [("BF16", HARDLY_OFF), ("INT8", 0.11)])
def test_skimmed_scores_are_near_the_exact_ones(bits: str, most: float, monkeypatch: pytest.MonkeyPatch) -> None:
    class Core(openvino.Core):
        def get_property(self, *_: str) -> list[str]:
            return ["FP32", bits]

    monkeypatch.setattr(openvino, "Core", Core)
    model = CompactCrossEncoder("openvino")
    reranker = EmbeddedReranker(model)
    assert 0 < reranker.skim_error <= most
    for question in QUESTIONS:
        exact, skimmed = (np.array(read(question, PASSAGES)) for read in (reranker.score, reranker.skim))
        assert np.abs(exact - skimmed).max() <= reranker.skim_error
        assert skimmed.argmax() == exact.argmax()
    assert reranker.skim("肌酐", []) == []


def test_without_openvino_nothing_is_skimmed() -> None:
    reranker = EmbeddedReranker(CompactCrossEncoder("onnxruntime"))
    assert not reranker.skim_error
    assert reranker.skim(QUESTIONS[0], PASSAGES[:4]) == reranker.score(QUESTIONS[0], PASSAGES[:4])


@given(st.lists(st.integers(1, MOST), min_size=1, max_size=200))
def test_texts_of_like_length_go_together(lengths: list[int]) -> None:
    texts = [[0] * length for length in lengths]
    order = sorted(range(len(texts)), key=lambda place: lengths[place])
    parts = network._parts(texts, order)
    assert [place for part in parts for place in part] == order
    for part in parts:
        widths = [network._filled(lengths[place]) for place in part]
        assert len(part) * widths[-1] <= network.MOST_TOKENS
        steps = pairwise(widths)
        assert all(place * (after - before) <= network.CALL_TOKENS for place, (before, after) in enumerate(steps, 1))


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text_is_cut_to_what_the_networks_take(question: str, passage: str) -> None:
    (pair,) = pair_ids(question, [passage])
    (alone,) = text_ids([passage])
    assert 4 <= len(pair) <= MOST and 2 <= len(alone) <= MOST


@pytest.mark.parametrize("question", ["肌酐怎么样" * 60, "ﷺ" * 100, "⅓℃" * 60])  # some characters are many pieces
def test_a_long_question_keeps_room_for_the_passage(question: str) -> None:
    one, other = pair_ids(question, PASSAGES[:2])
    assert one != other and max(len(one), len(other)) <= MOST


def test_pairs_are_joined_as_in_training() -> None:
    tokens = load_tokenizer(FOLDER)
    tokens.no_padding()
    for question in QUESTIONS:
        encoded = tokens.encode_batch([(question, passage) for passage in PASSAGES])
        assert pair_ids(question, PASSAGES) == [each.ids for each in encoded]


def test_no_runtime_and_no_file_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "reranker.onnx"
    broken.write_bytes(b"not a network")
    for name in RUNTIMES:
        with pytest.raises(ModelError, match=r"reranker\.onnx can't be loaded"):
            Network(broken, name)
    monkeypatch.setattr(network, "find_spec", lambda _: None)
    with pytest.raises(ModelError) as told:
        Network(network.FOLDER / "reranker.onnx")
    assert "pip install" in told.value.todo


def test_threads_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert network._threads() == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "4,2")
    assert network._threads() == 0


def test_one_question_in_two_languages_stands_near_its_evidence() -> None:
    encoder = CompactE5()
    passages = encoder.passages(["肌酐 108 μmol/L", "患者今日出院", "肌酐 108 μmol/L"])
    assert passages.shape == (3, encoder.dim) == (3, 384)
    assert np.linalg.norm(passages, axis=1) == pytest.approx([1, 1, 1], abs=1e-3)
    assert (passages[0] == passages[2]).all()
    near, far, _ = passages @ encoder.queries(["creatinine level"])[0]
    assert near > far
    assert encoder.passages([]).shape == encoder.queries([]).shape == (0, 384)
