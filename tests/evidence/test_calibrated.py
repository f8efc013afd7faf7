"""A calibration file in front of any reranker."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from emr_rerank.errors import ModelError
from emr_rerank.evidence import models
from emr_rerank.evidence.calibrated import calibrated
from emr_rerank.evidence.calibration import Calibration
from emr_rerank.settings import Settings


class Fixed:
    """A reranker that gives every passage the number it holds."""

    name = "fixed"
    weights_hash = "sha256:fixed"
    device = "cpu"

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        return [float(passage) for passage in passages]

    skim_error = 0.05

    def skim(self, question: str, passages: Sequence[str]) -> list[float]:
        return [round(score, 1) for score in self.score(question, passages)]


def written(folder: Path, **fields: object) -> Path:
    file = folder / "calibration.json"
    file.write_text(Calibration.model_validate(fields).model_dump_json(), encoding="utf-8")
    return file


def test_scores_go_through_the_calibration(tmp_path: Path) -> None:
    reranker = calibrated(Fixed(), written(tmp_path, kind="isotonic", x=(0, 0.5, 1), y=(0, 0.2, 0.6)))
    assert reranker.score("?", ["0.25", "1"]) == pytest.approx([0.1, 0.6])
    assert reranker.score("?", []) == []
    assert (reranker.name, reranker.device) == ("fixed", "cpu")


def test_the_hash_covers_model_and_calibration(tmp_path: Path) -> None:
    hashes = {Fixed.weights_hash}
    for a in (1.0, 2.0):
        hashes.add(calibrated(Fixed(), written(tmp_path, a=a)).weights_hash)
    other = Fixed()
    other.weights_hash = "sha256:other"  # type: ignore[misc]
    hashes.add(calibrated(other, written(tmp_path, a=2.0)).weights_hash)
    assert len(hashes) == 4
    again = calibrated(Fixed(), written(tmp_path, a=2.0)).weights_hash
    assert again in hashes and again.startswith("sha256:")


def test_a_calibration_serves_the_model_it_was_fitted_for(tmp_path: Path) -> None:
    calibrated(Fixed(), written(tmp_path, reranker="fixed", weights_hash="sha256:fixed"))
    with pytest.raises(ModelError, match="fitted for older with other weights"):
        calibrated(Fixed(), written(tmp_path, reranker="older", weights_hash="sha256:older"))


def test_a_missing_file_is_no_identity(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"absent\.json does not exist"):
        calibrated(Fixed(), tmp_path / "absent.json")


def test_the_setting_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "_reranker", lambda *_: Fixed())
    file = written(tmp_path, kind="isotonic", x=(0, 1), y=(0, 0.5))
    assert models.load_reranker(Settings(calibration=file)).score("?", ["0.5"]) == pytest.approx([0.25])
    assert models.load_reranker(Settings()).score("?", ["0.5"]) == [0.5]
