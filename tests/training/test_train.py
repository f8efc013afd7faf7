"""Scores of pairs in a row, and a whole small run: teacher, student, 8 bits, figures."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from emr_rerank.evidence.compact.network import RUNTIMES, Network
from training import train
from training.batches import encoded
from training.cross_encoder import KEPT, CrossEncoder, batch, load_tokenizer, load_trained
from training.losses import NOTHING


def test_pairs_of_any_length_in_a_row_score_as_one_by_one(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(train.CHUNK, "cpu", 3)
    model, tokens = CrossEncoder(work / "backbone", 6).eval(), load_tokenizer(work / "backbone")
    texts = ["钾4", "入院记录 | 肌酐108，尿素8，钠138", "无过敏史", "尿素8"]
    groups = [{"question": "肌酐多少", "positives": texts[:1], "negatives": texts[1:]},
              {"question": "血钾高吗", "positives": [], "negatives": texts[:1]}]  # fmt: skip
    read = encoded(tokens, groups)
    rows = torch.tensor([1, 0, 4, 2])
    with torch.no_grad():
        made = train.scores(model, read, rows)
        pairs = [("肌酐多少", texts[1]), ("肌酐多少", texts[0]), ("血钾高吗", texts[0]), ("肌酐多少", texts[2])]
        alone = torch.stack([model(*batch(tokens, [pair]))[0] for pair in pairs])
    assert torch.allclose(made, alone, atol=1e-5)
    placed = train.matrix(made, rows, read)
    assert placed[0].tolist() == [float(made[1]), float(made[0]), float(made[3]), NOTHING]
    assert placed[1].tolist() == [float(made[2]), *[NOTHING] * 3]


def run(*arguments: str | Path) -> str:
    done = subprocess.run([sys.executable, "-m", *map(str, arguments)], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.slow
def test_a_teacher_its_student_and_the_file_that_is_shipped(work: Path) -> None:
    small = ("--minutes", "0.05", "--groups-a-step", "4")
    twice = ("--beside", "6", "--out", "teacher", "--readers", "1", "--dropout", "0.1")
    run("training.train", work, "--layers", "12", *small, *twice)
    beside = load_trained(work, "teacher-6").state_dict()["head.weight"]
    assert len(load_trained(work, "teacher").encoder.encoder.layer) == 12
    assert not torch.equal(beside, load_trained(work, "teacher").state_dict()["head.weight"])
    assert "groups in" in run("training.train", work, "--layers", "6", "--teacher", "teacher", "teacher", *small)
    note = json.loads((work / "model" / "training.json").read_text())
    assert note["layers"] == len(KEPT[6]) and note["groups"] > 0
    (work / "held.asked.jsonl").write_text((work / "groups.train.jsonl").read_text("utf-8"), "utf-8")
    assert "model held.asked zh: 8 with an answer, 4 without, Hit@1" in run("training.measure", work)
    run("training.export", work, "reranker", "--out", work / "shipped")
    model, tokens = load_trained(work, "model").eval(), load_tokenizer(work / "backbone")
    pairs = [("肌酐是多少", "a | 肌酐 108"), ("有过敏吗", "b | 青霉素过敏史"), ("尿素高吗", "钾 4")]
    with torch.no_grad():
        exact = model(*batch(tokens, pairs)).numpy()
    tokens.no_padding()
    ids = [each.ids for each in tokens.encode_batch(pairs)]
    for name in RUNTIMES:
        assert np.abs(Network(work / "shipped" / "reranker.onnx", name).run(ids) - exact).max() < 0.25
