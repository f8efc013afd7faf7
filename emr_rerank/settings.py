"""Everything that can be set, in one frozen value; unknown keys are refused."""

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


def default_store() -> str:
    """SQLAlchemy URL of the SQLite file that holds archive and journal when none is given."""
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return f"sqlite:///{Path(home) / 'emr-rerank' / 'emr-rerank.sqlite'}"


class Settings(BaseModel):
    """Settings of reading, searching and answering. Build with keyword arguments; unknown ones raise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules_dir: Path | None = Field(None, description="a hospital's own rule files; they override or add to the shipped")
    reranker: str = Field("embedded", description="'embedded', or a hub name or local folder of a bge-reranker")
    calibration: Path | None = Field(
        None, description="file that `emr-rerank calibrate` wrote for this reranker, applied to its scores"
    )
    embedder: str = Field("embedded", description="'embedded', or a hub name or local folder of bge-m3")
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="where bge models run; auto takes CUDA if there")
    engine: Literal["packed", "flagembedding"] = Field(
        "packed", description="how bge models run: packed batches, or FlagEmbedding's own forward pass (the reference)"
    )
    precision: Literal["auto", "fp32", "bf16", "fp16"] = Field(
        "auto", description="of bge models; auto is fp32 on CPU and fp16 on CUDA"
    )
    batch_tokens: int = Field(16384, ge=512, description="most tokens of a packed batch; halved once if memory ends")
    gpus: int = Field(1, ge=1, description="CUDA cards that share the batches of a bge model, at most")
    offline: bool = Field(False, description="never ask a model hub; models must be local")
    min_score: float = Field(0.65, ge=0, le=1, description="a sentence below this probability is no evidence")
    conflict_margin: float = Field(
        0.1, ge=0, le=1, description="how far below the best a contradicting sentence may be"
    )
    sections: int = Field(12, ge=1, description="sections kept by the shortlist")
    candidates: int = Field(48, ge=1, description="shortlisted sentences; those that can be evidence are scored")
    evidence: int = Field(5, ge=1, description="sentences kept as evidence")
    rejected: int = Field(3, ge=0, description="best rejected sentences shown when nothing is proven")
    max_question_chars: int = Field(1000, ge=1, description="a longer question is refused")
    max_pages: int = Field(2000, ge=1, description="a longer PDF is refused")
    max_file_mb: int = Field(500, ge=1, description="a larger file is refused, in MiB")
    max_unpacked_mb: int = Field(
        1024, ge=1, description="a PDF with a compressed part that unpacks to more is refused, in MiB"
    )
    max_characters: int = Field(10_000_000, ge=1, description="a PDF whose pages hold more text is refused")
    max_image_mpx: int = Field(
        250, ge=1, description="a scanned page with a larger picture is refused, in millions of pixels"
    )
    max_page_seconds: float = Field(
        120.0,
        gt=0,
        le=86_400,
        description="reading is broken off when a page takes longer; a worker that hangs is ended",
    )
    ocr: Literal["auto", "never"] = Field(
        "auto", description="auto reads scanned pages when the ocr extra is installed"
    )
    journal: str | None = Field(
        default_factory=default_store, description="SQLAlchemy URL of the audit journal; null keeps none"
    )
    user: str = Field("", description="who asks, for the audit journal; empty takes the login name")
    purpose: str = Field("", description="why, for the audit journal")
