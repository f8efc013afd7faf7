"""Whatever becomes of the bytes of a file, reading ends in a record or in an error of ours: no crash, no hang."""

import faulthandler
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emr_rerank.errors import EmrRerankError
from emr_rerank.reading.reader import read_record
from emr_rerank.record import Record
from emr_rerank.settings import Settings
from tests.reading import mutated_pdfs

HANGS_S = 120
SETTINGS = Settings(ocr="never", max_page_seconds=60)
CASES = {
    "make": st.sampled_from(mutated_pdfs.MAKES),
    "seed": st.integers(0, 2**32 - 1),
    "how": st.sampled_from(sorted(mutated_pdfs.MUTATIONS)),
    "count": st.sampled_from([1, 1, 2, 5, 20]),
}


def read_mutated(folder: Path, make: str, seed: int, how: str, count: int) -> None:
    path = folder / "mutated.pdf"
    path.write_bytes(mutated_pdfs.mutated(make, seed, how, count))
    faulthandler.dump_traceback_later(HANGS_S, exit=True)  # a hang ends the run and shows where
    try:
        record = read_record(path, SETTINGS)
    except EmrRerankError as error:
        assert error.todo
    else:
        assert isinstance(record, Record)
        assert record.text
    finally:
        faulthandler.cancel_dump_traceback_later()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**CASES)
def test_mutated_files(folder: Path, make: str, seed: int, how: str, count: int) -> None:
    read_mutated(folder, make, seed, how, count)


@pytest.mark.slow
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**CASES)
def test_many_mutated_files(folder: Path, make: str, seed: int, how: str, count: int) -> None:
    read_mutated(folder, make, seed, how, count)
