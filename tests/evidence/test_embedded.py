"""The embedded reranker: absolute, independent scores, and what the shipped fit can tell apart."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from emr_rerank.errors import ModelError
from emr_rerank.evidence.calibration import log_odds
from emr_rerank.evidence.compact.cross_encoder import CompactCrossEncoder
from emr_rerank.evidence.embedded import FEATURES, SHIPPED, EmbeddedReranker
from emr_rerank.evidence.models import load_reranker
from emr_rerank.settings import Settings

PASSAGES = [
    "检验报告单 | 肌酐 108 μmol/L 57-97 ↑",
    "检验报告单 | 尿素 8.2 mmol/L",
    "入院记录 › 过敏史 | 否认药物过敏史。",
    "日常病程记录 | 患者诉夜间睡眠可。",
]


@pytest.fixture(scope="module")
def reranker() -> EmbeddedReranker:
    loaded = load_reranker(Settings(offline=True))
    assert isinstance(loaded, EmbeddedReranker)
    return loaded


CLEAR = [
    ("肌酐是多少", "检验报告单 | 肌酐 108 μmol/L", "入院记录 › 个人史 | 生于原籍。"),
    ("盗汗有没有", "病程记录 | 夜间盗汗明显。", "病程记录 | 双下肢无水肿。"),
    ("Any drug allergies?", "ALLERGIES | Trimethoprim - rash in 2019.", "SOCIAL HISTORY | Lives with her son."),
    ("有没有药物过敏", "入院记录 › 既往史 | 青霉素皮试阳性。", "入院记录 › 体格检查 | 双肺呼吸音清。"),
    ("What was the creatinine?", "检验报告单 | 肌酐 108 μmol/L", "检验报告单 | 钠 138 mmol/L"),
    ("对青霉素过敏吗", "入院记录 › 过敏史 | 否认药物过敏史。", "入院记录 › 个人史 | 否认吸烟史。"),
    ("出院诊断", "出院记录 › 出院诊断 | 1.慢性支气管炎", "入院记录 › 主诉 | 咳嗽5年。"),
    ("Does the patient smoke?", "入院记录 › 个人史 | 吸烟20年。", "入院记录 › 个人史 | 生于原籍。"),
]


@pytest.mark.parametrize(("question", "evidence", "other"), CLEAR)
def test_evidence_passes_the_default_threshold_and_other_lines_do_not(
    reranker: EmbeddedReranker, question: str, evidence: str, other: str
) -> None:
    high, low = reranker.score(question, [evidence, other])
    assert high >= Settings().min_score > low


@pytest.mark.parametrize(
    ("question", "evidence", "near"),
    [
        ("有胸痛吗", "日常病程记录 | 患者无胸痛。", "日常病程记录 | 患者无腹痛。"),
        ("用过华法林吗", "长期医嘱 | 华法林 2.5mg qd", "长期医嘱 | 阿司匹林 100mg qd"),
    ],
)
def test_another_symptom_or_drug_stands_below_the_one_asked_for(
    reranker: EmbeddedReranker, question: str, evidence: str, near: str
) -> None:
    """Its score alone may let it pass: that the matter itself must be named is for the anchors to see to."""
    asked, other = reranker.score(question, [evidence, near])
    assert asked > 0.9 and log_odds(asked) - log_odds(other) > 1


def test_a_score_does_not_depend_on_the_other_candidates(reranker: EmbeddedReranker) -> None:
    together = dict(zip(PASSAGES, reranker.score("肌酐是多少", PASSAGES), strict=True))
    for text in PASSAGES:
        assert reranker.score("肌酐是多少", [text]) == pytest.approx([together[text]], abs=1e-4)
    shuffled = random.Random(1).sample(PASSAGES, len(PASSAGES))
    assert reranker.score("肌酐是多少", shuffled) == pytest.approx([together[text] for text in shuffled], abs=1e-4)


def test_nothing_relevant_stays_low_throughout(reranker: EmbeddedReranker) -> None:
    assert max(reranker.score("有没有做过骨髓移植", PASSAGES)) < 0.5


def test_empty_inputs(reranker: EmbeddedReranker) -> None:
    assert reranker.score("肌酐", []) == []
    assert reranker.score("肌酐", [""])[0] < Settings().min_score


def test_the_features_are_on_an_absolute_scale(reranker: EmbeddedReranker) -> None:
    rows = reranker.features("肌酐是多少", PASSAGES)
    assert rows.shape == (len(PASSAGES), len(FEATURES))
    coverage = rows[:, FEATURES.index("coverage")]
    assert coverage.tolist() == [1, 0, 0, 0]
    assert (rows[:, FEATURES.index("bm25")] <= 1).all()
    assert rows[:, FEATURES.index("cross_encoder")].argmax() == 0


@pytest.mark.slow
def test_the_shipped_fit_tells_its_pairs_apart(reranker: EmbeddedReranker) -> None:
    file = Path(__file__).parents[2] / "training" / "embedded_pairs.jsonl"
    pairs = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()][:315]
    labels = np.array([pair["label"] for pair in pairs])
    scores = np.array([reranker.score(pair["question"], [pair["passage"]])[0] for pair in pairs])
    better = (scores[labels == 1][:, None] > scores[labels == 0][None, :]).mean()
    assert better >= 0.9, "share of (evidence, other) pairs in the right order, over all questions"


def test_weights_are_shipped_and_hashed(reranker: EmbeddedReranker) -> None:
    mix = json.loads(SHIPPED.read_text())
    assert tuple(mix["features"]) == FEATURES and min(mix["weights"]) >= 0
    assert reranker.weights_hash.startswith("sha256:")
    assert (reranker.name, reranker.device) == ("emr-rerank-compact", "cpu")


@pytest.mark.parametrize("content", ["", "{}", '{"features": ["a"], "weights": [1], "bias": 0, "pairs": 1}'])
def test_wrong_weights_are_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "embedded.json"
    file.write_text(content)
    with pytest.raises(ModelError, match="embedded reranker"):
        EmbeddedReranker(CompactCrossEncoder(), weights_file=file)
