"""Stands in for the reader in worker processes: a file's text says what becomes of it."""

import hashlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from emr_rerank.archive.batch import Prepared
from emr_rerank.errors import DamagedPdfError
from emr_rerank.record import Record, Section, Sentence


def prepare(path: Path, tell: Callable[[int | None], None]) -> Prepared:
    """A record of the file's text; or a failure, if the text is the name of one."""
    data = path.read_bytes()
    text = data.decode()
    if text == "damaged":
        raise DamagedPdfError("The PDF is cut off.", "Copy it again.")
    if text == "bug":
        raise RuntimeError("张三肌酐108")
    if text == "exit":
        os._exit(3)
    if text == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if text == "hangs":
        tell(7)
        time.sleep(600)
    if text == "embeds":
        tell(None)
        time.sleep(1.5)
    if text == "unpicklable":
        return lambda: None
    record_id = text.removeprefix("id=") if text.startswith("id=") else path.stem
    section = Section(code="other", title="", path=(), page_start=1, page_end=1, start=0, end=len(text), body_start=0)
    sentence = Sentence(
        index=0, start=0, end=len(text), text=text, section_code="other", section_path=(), page=1, bbox=(0, 0, 1, 1)
    )
    record = Record(
        record_id=record_id,
        language="zh",
        sha256=hashlib.sha256(data).hexdigest(),
        page_count=1,
        text=text,
        sections=(section,),
        sentences=(sentence,),
    )
    vectors = np.ones((1, 4), np.float32) / 2
    return Prepared(record=record, vectors=vectors, embedder="fake", passage_ids=("sha256:fake", data))


def die(*arguments: object) -> None:
    """Stands in for a worker that does not come up."""
    os._exit(1)
