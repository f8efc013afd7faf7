import importlib
import multiprocessing
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from emr_rerank.archive.archive import Archive
from emr_rerank.archive.batch import Prepared, index_batch, pdf_files
from emr_rerank.errors import StoreError, UsageError

Prepare = Callable[[Path], Prepared]


@pytest.fixture
def prepare(monkeypatch: pytest.MonkeyPatch) -> Prepare:
    """A function that worker processes can import."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    function: Prepare = importlib.import_module("fake_reader").prepare
    return function


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(f"sqlite:///{tmp_path / 'archive' / 'a.sqlite'}")


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., Path]:
    """Writes files by relative path; returns their folder."""

    def write(**texts: str) -> Path:
        for name, text in texts.items():
            path = tmp_path / "pdfs" / f"{name.replace('__', '/')}.pdf"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path / "pdfs"

    return write


def names(paths: tuple[Path, ...]) -> list[str]:
    return sorted(path.stem for path in paths)


def test_folders_are_searched_and_each_file_taken_once(tmp_path: Path) -> None:
    for name in ("b.pdf", "a.PDF", "sub/c.pdf", "sub/._c.pdf", ".trash/d.pdf", "note.txt", "folder.pdf/e.pdf"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    found = pdf_files([tmp_path, tmp_path / "b.pdf", tmp_path / "sub" / ".." / "b.pdf", tmp_path / "missing.pdf"])
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "a.PDF",
        "b.pdf",
        "folder.pdf/e.pdf",
        "missing.pdf",
        "sub/c.pdf",
    ]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_bad_file_does_not_stop_the_batch(
    workers: int, archive: Archive, files: Callable[..., Path], prepare: Prepare
) -> None:
    folder = files(a="甲", b="damaged", c="bug", d="丁", sub__e="戊")
    told: list[tuple[str, str]] = []
    report = index_batch(
        [folder, folder / "gone.pdf"],
        prepare,
        archive,
        workers=workers,
        on_progress=lambda path, outcome: told.append((path.stem, outcome)),
    )
    assert names(report.indexed) == ["a", "d", "e"]
    assert report.skipped == ()
    failed = {path.stem: message for path, message in report.failed}
    assert failed["b"] == "The PDF is cut off. Copy it again."
    assert "RuntimeError" in failed["c"]
    assert "张三" not in failed["c"]
    assert "FileNotFoundError" in failed["gone"]
    assert [item.record_id for item in archive.list()] == ["a", "d", "e"]
    stored = archive.get("e", passage_ids=True)
    assert (stored.record.text, stored.passage_ids) == ("戊", ("sha256:fake", "戊".encode()))
    expected = {
        ("a", "indexed"),
        ("b", "failed"),
        ("c", "failed"),
        ("d", "indexed"),
        ("e", "indexed"),
        ("gone", "failed"),
    }
    assert set(told) == expected
    assert len(told) == 6


def test_a_dying_worker_costs_only_its_own_file(archive: Archive, files: Callable[..., Path], prepare: Prepare) -> None:
    folder = files(a="甲", b="exit", c="丙", d="killed", e="戊", f="己", g="庚")
    report = index_batch([folder], prepare, archive, workers=2)
    assert names(report.indexed) == ["a", "c", "e", "f", "g"]
    assert names(tuple(path for path, _ in report.failed)) == ["b", "d"]
    assert all("died" in message for _, message in report.failed)
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("workers", [1, 2])
def test_a_hanging_worker_is_ended_and_costs_only_its_own_file(
    workers: int, archive: Archive, files: Callable[..., Path], prepare: Prepare
) -> None:
    folder = files(a="甲", b="hangs", c="丙", d="embeds")
    report = index_batch([folder], prepare, archive, workers=workers, page_seconds=1.0)
    assert names(report.indexed) == ["a", "c", "d"]
    assert [path.stem for path, _ in report.failed] == ["b"]
    assert report.failed[0][1].startswith("Page 7 took longer than the limit of 1 s")
    assert [item.record_id for item in archive.list()] == ["a", "c", "d"]
    assert multiprocessing.active_children() == []


def test_workers_that_can_not_start_are_told_at_once(
    archive: Archive, files: Callable[..., Path], prepare: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emr_rerank.archive.workers._serve", importlib.import_module("fake_reader").die)
    with pytest.raises(UsageError, match="__main__"):
        index_batch([files(a="甲", b="乙")], prepare, archive)
    assert archive.list() == ()


def test_a_result_that_can_not_be_sent_is_a_failure(
    archive: Archive, files: Callable[..., Path], prepare: Prepare
) -> None:
    report = index_batch([files(a="unpicklable", b="乙")], prepare, archive, workers=2)
    assert names(report.indexed) == ["b"]
    assert [path.stem for path, _ in report.failed] == ["a"]


def test_work_that_can_not_be_sent_is_told_at_once(archive: Archive, files: Callable[..., Path]) -> None:
    with pytest.raises((pickle.PicklingError, AttributeError)):
        index_batch([files(a="甲")], lambda path: None, archive, workers=2)


def test_resume_skips_what_is_archived_with_the_same_bytes(
    archive: Archive, files: Callable[..., Path], prepare: Prepare
) -> None:
    folder = files(a="甲", b="damaged")
    index_batch([folder], prepare, archive)
    files(b="乙", c="丙")
    report = index_batch([folder], prepare, archive, resume=True)
    assert (names(report.indexed), names(report.skipped), report.failed) == (["b", "c"], ["a"], ())
    again = index_batch([folder], prepare, archive)
    assert (names(again.indexed), again.skipped) == (["a", "b", "c"], ())


@pytest.mark.parametrize("resume", [False, True])
def test_a_changed_file_replaces_its_record_only_on_purpose(
    resume: bool, archive: Archive, files: Callable[..., Path], prepare: Prepare
) -> None:
    folder = files(a="甲")
    index_batch([folder], prepare, archive)
    files(a="改")
    report = index_batch([folder], prepare, archive, resume=resume)
    assert [(path.stem, "'a' already" in message) for path, message in report.failed] == [("a", True)]
    assert archive.get("a").record.text == "甲"
    index_batch([folder], prepare, archive, resume=resume, replace=True)
    assert archive.get("a").record.text == "改"


@pytest.mark.parametrize("replace", [False, True])
def test_one_record_id_in_two_folders_is_reported(
    replace: bool, archive: Archive, files: Callable[..., Path], prepare: Prepare
) -> None:
    folder = files(x__a="甲", y__a="乙", z__a="甲", other="id=a")
    report = index_batch([folder], prepare, archive, replace=replace)
    assert len(report.indexed) == 1
    assert [path.parent.name for path in report.skipped] == ["z"]
    assert len(report.failed) == 2
    assert all("record id 'a'" in message or "'a' already" in message for _, message in report.failed)
    assert len(archive.list()) == 1


@pytest.mark.parametrize("workers", [1, 2])
def test_breaking_off_leaves_whole_records_and_resume_goes_on(
    workers: int, archive: Archive, files: Callable[..., Path], prepare: Prepare
) -> None:
    folder = files(**{f"r{number}": f"第{number}份" for number in range(8)})
    seen: list[Path] = []

    def interrupt(path: Path, outcome: str) -> None:
        seen.append(path)
        if len(seen) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index_batch([folder], prepare, archive, workers=workers, on_progress=interrupt)
    assert multiprocessing.active_children() == []
    assert len(archive.list()) == 3
    for item in archive.list():
        assert archive.get(item.record_id).vectors is not None
    report = index_batch([folder], prepare, archive, workers=workers, resume=True)
    assert (len(report.indexed), len(report.skipped)) == (5, 3)


def test_a_database_that_fails_stops_the_batch(
    archive: Archive, files: Callable[..., Path], prepare: Prepare, tmp_path: Path
) -> None:
    (tmp_path / "archive" / "a.sqlite").write_bytes(b"no database any more" * 99)
    with pytest.raises(StoreError):
        index_batch([files(a="甲")], prepare, archive)


def test_many_workers_fill_a_postgresql_archive(
    new_postgres: Callable[[], str], files: Callable[..., Path], prepare: Prepare
) -> None:
    with Archive(new_postgres()) as archive:
        report = index_batch([files(a="甲", b="乙", c="damaged")], prepare, archive, workers=3)
        assert (names(report.indexed), len(report.failed)) == (["a", "b"], 1)
        assert archive.get("b").record.text == "乙"
