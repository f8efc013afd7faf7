import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, inspect, text

from emr_rerank.archive import vectors as vector_forms
from emr_rerank.archive.archive import Archive, RecordTakenError
from emr_rerank.errors import StoreError
from emr_rerank.record import Page as RecordPage
from emr_rerank.record import Place, PrintedLine, Record, Section
from emr_rerank.store.urls import parse_url

RecordOf = Callable[..., Record]
REFUSE_EXTENSIONS = """
    CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql
    AS 'BEGIN RAISE EXCEPTION ''no extensions here''; END'
"""
TABLES = ("records", "sections", "sentences", "section_vectors")

numbers = st.floats(allow_nan=False, allow_infinity=False)
boxes = st.tuples(numbers, numbers, numbers, numbers)
texts = st.text(max_size=30)


@st.composite
def odd_records(draw: st.DrawFn) -> Record:
    """Records of odd text: NUL, line separators, characters beyond the basic plane; empty sections too."""
    body = draw(st.text(max_size=80))
    cuts = sorted({0, len(body), *draw(st.lists(st.integers(0, len(body)), max_size=4))})
    spans = list(pairwise(cuts)) or [(0, 0)]
    titles = draw(st.lists(texts, min_size=len(spans), max_size=len(spans)))
    sections = tuple(
        Section(code="other", title=title, path=(title,), page_start=1, page_end=1, start=a, end=b, body_start=a)
        for title, (a, b) in zip(titles, spans, strict=True)
    )
    lines = draw(st.lists(st.builds(PrintedLine, text=texts, bbox=boxes, size=numbers), max_size=3))
    return Record(
        record_id="odd",
        language="mixed",
        sha256="00",
        page_count=1,
        text=body,
        pages=(RecordPage(number=1, width=draw(numbers), height=1, lines=tuple(lines)),),
        places=tuple(draw(st.lists(st.builds(Place, start=st.just(0), end=st.just(0), page=st.just(1), bbox=boxes)))),
        sections=sections,
        demographics=draw(st.dictionaries(texts, texts, max_size=3)),
    )


def counts(url: str) -> dict[str, int]:
    engine = create_engine(parse_url(url))
    with engine.connect() as connection:
        found = {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in TABLES}
    engine.dispose()
    return found


def _first_vector(url: str) -> object:
    engine = create_engine(parse_url(url))
    with engine.connect() as connection:
        vector: object = connection.execute(text("SELECT vector FROM section_vectors")).scalars().first()
    engine.dispose()
    return vector


def test_a_record_comes_back_equal(store_url: str, record_of: RecordOf, vectors: np.ndarray) -> None:
    record = record_of()
    with Archive(store_url) as archive:
        archive.add(record, vectors, "e5")
    with Archive(store_url, create=False) as archive:
        stored = archive.get("invented-1")
    assert stored.record == record
    assert stored.record.model_dump() == record.model_dump()
    assert stored.embedder == "e5"
    assert stored.vectors is not None
    assert stored.vectors.dtype == np.float32
    assert np.array_equal(stored.vectors, vectors)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=odd_records(), seed=st.integers(0, 2**32 - 1))
def test_odd_records_come_back_equal(store_url: str, record: Record, seed: int) -> None:
    bits = np.random.default_rng(seed).integers(0, 2**32, (len(list(record.leaves())), 3), dtype=np.uint32)
    vectors = np.nan_to_num(bits.view(np.float32), nan=0.5, posinf=1, neginf=-1)
    with Archive(store_url) as archive:
        archive.add(record, vectors, "e5")
        stored = archive.get("odd")
    assert stored.record == record
    assert np.array_equal(stored.vectors, vectors)


def test_vectors_can_be_left_out(store_url: str, record_of: RecordOf) -> None:
    with Archive(store_url) as archive:
        archive.add(record_of())
        stored = archive.get("invented-1")
    assert (stored.vectors, stored.embedder) == (None, "")


@pytest.mark.parametrize("shape", [(3, 8), (5, 8), (4,), (2, 2, 2)])
def test_vectors_that_do_not_fit_the_leaves_are_refused(store_url: str, record_of: RecordOf, shape) -> None:
    with Archive(store_url) as archive:
        with pytest.raises(ValueError, match="4 leaf sections"):
            archive.add(record_of(), np.zeros(shape, np.float32), "e5")
        with pytest.raises(ValueError, match="finite"):
            archive.add(record_of(), np.full((4, 8), np.nan, np.float32), "e5")
        assert archive.list() == ()


IDS = ("sha256:" + "0" * 64, b"\0ids\xff" * 40_000)


def _has_table_of_ids(url: str) -> bool:
    engine = create_engine(parse_url(url))
    there = inspect(engine).has_table("passage_ids")
    engine.dispose()
    return there


def _change(url: str, statement: str) -> None:
    engine = create_engine(parse_url(url))
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _stored_ids(archive: Archive, record_id: str = "invented-1") -> tuple[str, bytes] | None:
    return archive.get(record_id, passage_ids=True).passage_ids


def test_token_ids_come_back_when_asked_for(store_url: str, record_of: RecordOf, vectors: np.ndarray) -> None:
    with Archive(store_url) as archive:
        archive.add(record_of(), vectors, "e5", passage_ids=IDS)
        archive.add(record_of("second", "cd" * 32), vectors, "e5")
    with Archive(store_url, create=False) as archive:
        stored = archive.get("invented-1", passage_ids=True)
        assert stored.passage_ids == IDS
        assert stored.record == record_of() and np.array_equal(stored.vectors, vectors)
        assert archive.get("invented-1").passage_ids is None
        assert _stored_ids(archive, "second") is None


def test_an_archive_without_token_ids_has_no_table_for_them(store_url: str, record_of: RecordOf) -> None:
    with Archive(store_url) as archive:
        archive.add(record_of())
        assert _stored_ids(archive) is None
        assert not _has_table_of_ids(store_url)
        archive.add(record_of(), passage_ids=IDS)
        assert _stored_ids(archive) == IDS
    assert _has_table_of_ids(store_url)


def test_token_ids_are_replaced_and_go_with_their_record(store_url: str, record_of: RecordOf) -> None:
    newer = ("sha256:" + "1" * 64, b"")
    with Archive(store_url) as archive:
        archive.add(record_of(), passage_ids=IDS)
        archive.add(record_of("other", "cd" * 32), passage_ids=IDS)
        archive.add(record_of(), passage_ids=newer)
        assert _stored_ids(archive) == newer
        archive.add(record_of())
        assert _stored_ids(archive) is None
        archive.remove("other")
        archive.add(record_of("other", "cd" * 32))
        assert _stored_ids(archive, "other") is None


def test_a_record_whose_token_ids_can_not_be_stored_is_not_stored(store_url: str, record_of: RecordOf) -> None:
    with Archive(store_url) as archive:
        archive.add(record_of(), passage_ids=IDS)
        _change(store_url, "ALTER TABLE passage_ids RENAME TO gone")
        with pytest.raises(StoreError):
            archive.add(record_of("second", "ef" * 32), passage_ids=IDS)
        assert [item.record_id for item in archive.list()] == ["invented-1"]


def test_token_ids_of_another_version_are_not_read(store_url: str, record_of: RecordOf) -> None:
    with Archive(store_url) as archive:
        archive.add(record_of(), passage_ids=IDS)
        _change(store_url, "UPDATE emr_rerank_schema SET version = 2 WHERE part = 'passage_ids'")
        assert _stored_ids(archive) is None
        with pytest.raises(StoreError, match=r"passage_ids .* schema version 2"):
            archive.add(record_of("second", "ef" * 32), passage_ids=IDS)


def test_rows_follow_the_record(store_url: str, record_of: RecordOf, vectors: np.ndarray) -> None:
    record = record_of()
    with Archive(store_url) as archive:
        archive.add(record, vectors, "e5")
    engine = create_engine(parse_url(store_url))
    with engine.connect() as connection:
        sections = connection.execute(text("SELECT * FROM sections ORDER BY position")).all()
        sentences = connection.execute(text("SELECT * FROM sentences ORDER BY position")).all()
        leaves = connection.execute(text("SELECT leaf, section FROM section_vectors ORDER BY leaf")).all()
    engine.dispose()
    tree = [
        ("admission_note", None, None),
        ("preamble", 0, 0),
        ("chief_complaint", 0, 1),
        ("allergy_history", 0, 2),
        ("lab_report", None, 3),
    ]
    assert [(row.code, row.parent, row.leaf) for row in sections] == tree
    assert [tuple(row) for row in leaves] == [(0, 1), (1, 2), (2, 3), (3, 4)]
    for row in sections:
        assert row.text == (None if row.leaf is None else record.text[row.start_offset : row.end_offset])
    assert "".join(row.text for row in sections if row.leaf is not None) == record.text
    assert [row.path for row in sections][2] == "入院记录 › 主诉"
    for row, sentence in zip(sentences, record.sentences, strict=True):
        assert row.text == sentence.text == record.text[row.start_offset : row.end_offset]
        assert (row.section_code, row.page, row.date) == (sentence.section_code, sentence.page, sentence.date)
    assert [bool(row.low_confidence) for row in sentences] == [False, False, True]


def test_list_has_and_remove(store_url: str, record_of: RecordOf, vectors: np.ndarray) -> None:
    with Archive(store_url) as archive:
        for name in ("b", "a"):
            archive.add(record_of(name, name * 64), vectors, "e5")
        listed = archive.list()
        assert [(item.record_id, item.sha256, item.page_count) for item in listed] == [
            ("a", "a" * 64, 2),
            ("b", "b" * 64, 2),
        ]
        assert datetime.now(UTC) - listed[0].indexed_at < timedelta(minutes=5)
        assert archive.has_sha256("a" * 64)
        assert not archive.has_sha256("c" * 64)
        assert archive.sha256_of("b") == "b" * 64
        archive.remove("a")
        assert not archive.has_sha256("a" * 64)
        archive.remove("b")
    assert counts(store_url) == dict.fromkeys(TABLES, 0)


@pytest.mark.parametrize("call", ["get", "remove"])
def test_an_unknown_record_is_named(store_url: str, call: str) -> None:
    with Archive(store_url) as archive, pytest.raises(StoreError, match=r"'nobody'.*list\(\)"):
        getattr(archive, call)("nobody")


def test_another_file_does_not_take_a_records_place_unasked(
    store_url: str, record_of: RecordOf, vectors: np.ndarray
) -> None:
    other = record_of(sha256="cd" * 32)
    with Archive(store_url) as archive:
        archive.add(record_of(), vectors, "e5")
        archive.add(record_of(), vectors, "other embedder")
        assert archive.get("invented-1").embedder == "other embedder"
        with pytest.raises(RecordTakenError, match="invented-1"):
            archive.add(other, vectors, "e5")
        assert archive.sha256_of("invented-1") == "ab" * 32
        archive.add(other, None, replace=True)
        assert archive.get("invented-1").record == other
    assert counts(store_url) == {"records": 1, "sections": 5, "sentences": 3, "section_vectors": 0}


def test_a_record_is_stored_whole_or_not_at_all(store_url: str, record_of: RecordOf, vectors: np.ndarray) -> None:
    with Archive(store_url) as archive:
        archive.add(record_of(), vectors, "e5")
        engine = create_engine(parse_url(store_url))
        with engine.begin() as connection:  # the last table to be written can't be any more
            connection.execute(text("ALTER TABLE section_vectors RENAME TO gone"))
        with pytest.raises(StoreError):
            archive.add(record_of("second", "ef" * 32), vectors, "e5")
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE gone RENAME TO section_vectors"))
        engine.dispose()
        assert [item.record_id for item in archive.list()] == ["invented-1"]
    assert counts(store_url) == {"records": 1, "sections": 5, "sentences": 3, "section_vectors": 4}


def test_text_that_is_no_unicode_is_refused_before_anything_is_written(store_url: str, record_of: RecordOf) -> None:
    broken = record_of().model_copy(update={"text": "\ud800"})
    with Archive(store_url) as archive:
        with pytest.raises(StoreError, match="not valid Unicode"):
            archive.add(broken)
        assert archive.list() == ()


def test_a_damaged_record_is_told(tmp_path: Path, record_of: RecordOf) -> None:
    archive = Archive(f"sqlite:///{tmp_path / 'a.sqlite'}")
    archive.add(record_of())
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        connection.execute("UPDATE records SET content = x'00'")
    with pytest.raises(StoreError, match="'invented-1' is damaged"):
        archive.get("invented-1")


def test_archive_and_journal_share_a_database(store_url: str, record_of: RecordOf) -> None:
    from emr_rerank.audit.journal import Journal

    with Archive(store_url) as archive, Journal(store_url) as journal:
        archive.add(record_of())
        assert journal.verify().ok
    with Archive(store_url, create=False) as archive:
        assert len(archive.list()) == 1


def test_an_archive_of_a_newer_schema_is_refused(store_url: str) -> None:
    Archive(store_url).close()
    _change(store_url, "UPDATE emr_rerank_schema SET version = 99")
    with pytest.raises(StoreError, match="schema version 99"):
        Archive(store_url)


def test_reading_does_not_start_an_archive(store_url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        Archive(store_url, create=False)
    assert list(tmp_path.iterdir()) == []


def test_postgresql_finds_near_sections_by_itself(
    new_postgres: Callable[[], str], record_of: RecordOf, vectors: np.ndarray
) -> None:
    url = new_postgres()
    with Archive(url) as archive:
        archive.add(record_of(), vectors, "e5")
    engine = create_engine(parse_url(url))
    with engine.connect() as connection:
        wanted = "[" + ",".join(map(str, vectors[2])) + "]"
        query = text("SELECT leaf FROM section_vectors ORDER BY vector <=> CAST(:wanted AS vector) LIMIT 1")
        assert connection.execute(query, {"wanted": wanted}).scalar_one() == 2
    engine.dispose()


def test_postgresql_without_pgvector_stores_bytes(
    new_postgres: Callable[[], str], record_of: RecordOf, vectors: np.ndarray
) -> None:
    url = new_postgres()
    engine = create_engine(parse_url(url))
    with engine.begin() as connection:  # a user who may make tables, but no extensions
        connection.execute(text("DROP ROLE IF EXISTS clerk"))
        connection.execute(text("CREATE ROLE clerk LOGIN"))
        connection.execute(text("GRANT CREATE, USAGE ON SCHEMA public TO clerk"))
        connection.execute(text(REFUSE_EXTENSIONS))
        connection.execute(
            text(
                "CREATE EVENT TRIGGER refuse ON ddl_command_start "
                "WHEN TAG IN ('CREATE EXTENSION') EXECUTE FUNCTION refuse()"
            )
        )
    engine.dispose()
    with Archive(url.replace("postgres@", "clerk@")) as archive:
        archive.add(record_of(), vectors, "e5")
        assert np.array_equal(archive.get("invented-1").vectors, vectors)
    assert isinstance(_first_vector(url), bytes)
    with Archive(url, create=False) as archive:
        assert np.array_equal(archive.get("invented-1").vectors, vectors)


def test_an_archive_with_pgvector_needs_the_package(
    new_postgres: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_postgres()
    Archive(url).close()
    monkeypatch.setattr(vector_forms, "_pgvector_type", lambda: None)
    with pytest.raises(StoreError, match=r"emr-rerank\[postgres\]"):
        Archive(url)


def test_the_archives_file_is_the_owners_only(tmp_path: Path, record_of: RecordOf) -> None:
    Archive(f"sqlite:///{tmp_path / 'new' / 'a.sqlite'}").add(record_of())
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "new" / "a.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_removed_record_leaves_no_text_in_the_file(tmp_path: Path, record_of: RecordOf) -> None:
    file = tmp_path / "a.sqlite"
    archive = Archive(f"sqlite:///{file}")
    archive.add(record_of(), passage_ids=IDS)
    needles = "反复胸闷".encode(), IDS[1][:1000]
    assert all(needle in file.read_bytes() for needle in needles)
    archive.remove("invented-1")
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not any(needle in left for needle in needles)
