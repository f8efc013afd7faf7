"""The held-out short records print as a data set that `emr-rerank eval` takes."""

import json
from pathlib import Path

from benchmarks import short_records
from emr_rerank.evaluation.dataset import load_dataset
from emr_rerank.evaluation.matching import best_rank
from emr_rerank.reading.reader import read_record
from emr_rerank.settings import Settings
from training.records import FOLDER, read_file


def test_every_proof_is_found_by_the_reader_on_its_page(tmp_path: Path) -> None:
    bank = tmp_path / "bank"
    bank.mkdir()
    files = [file for name in ("a_01.txt", "l_01.txt", "m_01.txt") for file in FOLDER.glob(name)]
    for file in files:
        (bank / file.name).write_bytes(file.read_bytes())
    asked = short_records.write(tmp_path / "set", bank)
    held = [read_file(file)[-1] for file in files]
    assert len(held) == 3 and asked == sum(len(record.questions) for record in held)
    found = []
    for labelled, record in zip(load_dataset(tmp_path / "set"), held, strict=True):
        read = read_record(labelled.pdf, Settings(journal=None))
        assert [bool(each.evidence) for each in labelled.questions] == [bool(each.proofs) for each in record.questions]
        found += [best_rank(each.evidence, read.sentences) is not None for each in labelled.questions if each.evidence]
        content = json.loads(labelled.pdf.with_suffix(".json").read_text(encoding="utf-8"))
        assert len(content["doubtful"]) == sum(bool(each.doubtful) for each in record.questions)
    assert sum(found) >= 0.95 * len(found)
