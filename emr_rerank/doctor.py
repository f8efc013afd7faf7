"""What is installed, which models load from where and on which device, and what to do for what is missing."""

import importlib.util
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib import metadata
from typing import Literal

from emr_rerank.audit.journal import Journal
from emr_rerank.errors import EmrRerankError
from emr_rerank.evidence.models import EMBEDDED, load_embedder, load_reranker
from emr_rerank.evidence.weights import model_folder
from emr_rerank.record import Noun
from emr_rerank.rules.check import check_rules
from emr_rerank.settings import Settings

State = Literal["ok", "missing", "failed"]

_PACKAGES = ("pypdfium2", "pdfplumber", "sqlalchemy", "tokenizers", "onnxruntime", "openvino")
_EXTRAS = {
    "bge": ("FlagEmbedding", "torch"),
    "ocr": ("rapidocr",),
    "postgres": ("psycopg", "pgvector"),
    "plot": ("matplotlib",),
    "spacy": ("spacy",),
}
_QUESTION = "肌酐是多少？"
_SENTENCES = ("复查血肌酐 108 μmol/L。", "患者今日无胸痛。")
_KIND = {"emr-rerank-compact": "the compact cross-encoder with lexical match"}


class Check(Noun):
    """One thing that was looked at."""

    name: str
    state: State
    detail: str
    todo: str = ""


def examine(settings: Settings) -> Iterator[Check]:
    """Every check, one after another; a failing one never stops the next."""
    for package in _PACKAGES:
        yield _package(package, "pip install emr-rerank")
    for extra, packages in _EXTRAS.items():
        for package in packages:
            yield _package(package, f"pip install 'emr-rerank[{extra}]'", f"extra {extra}: ")
    yield _tried("rules", lambda: _rules(settings))
    yield _tried("embedder, embedded default", lambda: _embed(_with(settings, "embedder", EMBEDDED)))
    yield _tried("reranker, embedded default", lambda: _rerank(_with(settings, "reranker", EMBEDDED)))
    yield from _production(settings)
    yield _tried("journal", lambda: _journal(settings))


def _production(settings: Settings) -> Iterator[Check]:
    """The models that the settings name; where they name none, bge if it happens to be on this machine."""
    for role, named, usual, run in (
        ("embedder", settings.embedder, "BAAI/bge-m3", _embed),
        ("reranker", settings.reranker, "BAAI/bge-reranker-v2-m3", _rerank),
    ):
        if named != EMBEDDED:
            yield _tried(f"{role} {named}", partial(run, settings))
        elif _is_here(usual):
            yield _tried(f"{role} {usual}", partial(run, _with(settings, role, usual, offline=True)))
        else:
            yield Check(
                name=f"{role} {usual}",
                state="missing",
                detail="not on this machine (optional)",
                todo=f"pip install 'emr-rerank[bge]', then --{role} {usual} (downloads it) or --{role} FOLDER",
            )


def _with(settings: Settings, role: str, model: str, **changed: bool) -> Settings:
    """The settings with a model; without the calibration, which belongs to the reranker that they name."""
    calibration = settings.calibration if settings.reranker == model else None
    return settings.model_copy(update={role: model, "calibration": calibration, **changed})


def _is_here(model: str) -> bool:
    try:
        model_folder(model, offline=True)
    except EmrRerankError:
        return False
    return importlib.util.find_spec("FlagEmbedding") is not None


def _package(name: str, todo: str, prefix: str = "") -> Check:
    if importlib.util.find_spec(name) is None:
        return Check(name=name, state="missing", detail=f"{prefix}not installed", todo=todo)
    return Check(name=name, state="ok", detail=prefix + metadata.version(name))


def _tried(name: str, attempt: Callable[[], str]) -> Check:
    try:
        return Check(name=name, state="ok", detail=attempt())
    except EmrRerankError as error:
        return Check(name=name, state="failed", detail=error.what, todo=error.todo)


def _rules(settings: Settings) -> str:
    return f"{sum(check_rules(settings.rules_dir).values())} rules, all valid"


def _embed(settings: Settings) -> str:
    model = load_embedder(settings)
    start = time.perf_counter()
    model.passages(list(_SENTENCES))
    spent = (time.perf_counter() - start) * 1000
    speed = f"{spent:.0f} ms for {len(_SENTENCES)} sentences"
    return f"{model.name}, {model.dim} dimensions, {speed}, {model.weights_hash[:19]}…"


def _rerank(settings: Settings) -> str:
    model = load_reranker(settings)
    start = time.perf_counter()
    right, wrong = model.score(_QUESTION, list(_SENTENCES))
    spent = (time.perf_counter() - start) * 1000
    return (
        f"{_KIND.get(model.name, model.name)} on {model.device}: the proving sentence scores {right:.2f}, "
        f"the other {wrong:.2f}, {spent:.0f} ms, {model.weights_hash[:19]}…"
    )


def _journal(settings: Settings) -> str:
    if settings.journal is None:
        return "none is kept"
    journal = Journal(settings.journal)
    return f"{journal.location}, {journal.count()} events"
