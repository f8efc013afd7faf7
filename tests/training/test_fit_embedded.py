"""The fit of weights and doubts: what it learns from groups made by hand, and from a printed record."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import short_records
from emr_rerank.evidence.doubts import DOUBTS
from emr_rerank.evidence.embedded import FEATURES
from training.fit_embedded import STRICT, STRICT_COST, USUAL_COST, Group, fit, groups_of

RECORD = """=== zh | 心内科 出院记录
1 出院记录 › 入院情况 | 患者胸痛2小时入院，否认糖尿病史。
2 出院记录 › 诊疗经过 | 于右冠植入药物洗脱支架2枚，术后无胸痛。
3 出院记录 › 诊疗经过 | 复查肌钙蛋白下降。
Q 放了几枚支架 = 2
Q 有糖尿病吗 = 1
Q 做过搭桥手术吗 = 0 ~ 2
"""


def made(chance: np.random.Generator, doubt: str) -> Group:
    """Eight candidates; the proof scores high, and so does one with a doubt, which is none."""
    known = np.zeros((8, len(FEATURES) + len(DOUBTS)))
    known[:, FEATURES.index("cross_encoder")] = chance.normal(-2, 1, 8)
    known[:2, FEATURES.index("cross_encoder")] = chance.normal(2, 1, 2)
    known[1, len(FEATURES) + DOUBTS.index(doubt)] = -1.0
    answerable = bool(chance.random() < 0.7)
    if not answerable:
        known[0, FEATURES.index("cross_encoder")] = -2
    return Group("r", known, np.arange(8) == (0 if answerable else 9), answerable)


def test_a_doubt_costs_what_it_misleads_and_unseen_ones_what_is_usual() -> None:
    chance = np.random.default_rng(3)
    groups = [made(chance, "unnamed") for _ in range(200)]
    fitted = fit(groups)
    weights = dict(zip((*FEATURES, *DOUBTS), fitted.weights, strict=True))
    assert weights["cross_encoder"] > 0.5 and weights["unnamed"] > 1.5
    others = {doubt: weights[doubt] for doubt in DOUBTS if doubt != "unnamed"}
    usual = {doubt: STRICT_COST if doubt in STRICT else USUAL_COST for doubt in others}
    assert others == pytest.approx(usual, abs=1e-3)
    right = [(fitted.logits(group).max() > 0) == group.answerable for group in groups]
    assert np.mean(right) > 0.8


def test_a_printed_record_is_read_and_labelled(tmp_path: Path) -> None:
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "x_01.txt").write_text(RECORD, encoding="utf-8")
    assert short_records.write(tmp_path / "set", tmp_path / "bank") == 3
    stents, diabetes, bypass = groups_of(tmp_path / "set")
    assert stents.answerable and stents.proofs.sum() == 1
    assert diabetes.answerable and diabetes.proofs.sum() == 1
    assert not bypass.answerable and not bypass.proofs.any()
    assert len(bypass.proofs) < len(stents.proofs)  # the doubtful sentence is left out
