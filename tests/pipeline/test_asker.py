"""The pipeline on one small record, from PDF to the journal."""

from io import StringIO
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from emr_rerank import Archive, Asker, Journal, Record, Settings, read_record
from emr_rerank.errors import StoreError, UsageError
from emr_rerank.evidence.passage import passage
from emr_rerank.evidence.shortlist import embed_sections
from emr_rerank.pipeline.indexing import load_archived, prepare_record
from tests.evidence.tiny_bge import tiny_reranker

LINES = (
    "入院记录",
    "入院日期：2026-03-02 09:40",
    "主诉：乏力3天。",
    "既往史：否认药物及食物过敏史。2024年住院时血肌酐65μmol/L。",
    "家族史：父亲血肌酐300μmol/L。",
    "辅助检查：2026-03-02 血肌酐72μmol/L，血钾4.1mmol/L。",
    "病程记录",
    "2026-03-08 09:00 主治医师查房记录",
    "今日复查血肌酐108μmol/L，无胸痛。",
    "护理记录",
    "过敏史：青霉素过敏，表现为皮疹。",
)


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("record") / "small.pdf"
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setFont("STSong-Light", 11)
    for number, line in enumerate(LINES):
        canvas.drawString(60, 780 - 22 * number, line)
    canvas.save()
    return path


@pytest.fixture(scope="module")
def record(pdf: Path) -> Record:
    return read_record(pdf)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(journal=f"sqlite:///{tmp_path / 'journal.sqlite'}", user="tester", purpose="test")


def test_a_change_is_answered_with_this_stays_values_only(record: Record, settings: Settings) -> None:
    answer = Asker(settings).ask(record, "肌酐较入院时有何变化？")
    assert answer.status == "answered"
    (trend,) = answer.trends
    assert (trend.first, trend.last, trend.change, trend.change_pct) == (72.0, 108.0, 36.0, 50.0)
    assert trend.direction == "up"
    assert {fact.value for fact in answer.facts} == {72.0, 108.0}
    assert "72" in answer.message and "108" in answer.message


def test_evidence_is_the_record_text_at_its_offsets(record: Record, settings: Settings) -> None:
    answer = Asker(settings).ask(record, "血钾是多少？")
    assert answer.evidence
    for item in (*answer.evidence, *answer.rejected):
        assert record.text[item.start : item.end] == item.text


def test_an_analyte_the_record_lacks_is_refused_in_the_questions_language(record: Record, settings: Settings) -> None:
    asker = Asker(settings)
    for question, word in (("糖化血红蛋白是多少？", "主管医师"), ("What was the HbA1c?", "treating physician")):
        answer = asker.ask(record, question)
        assert answer.status == "insufficient_evidence"
        assert not answer.evidence and not answer.facts and not answer.trends
        assert word in answer.message


def test_the_reranker_reads_what_can_be_evidence_and_a_few_others(
    record: Record, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emr_rerank.pipeline.located.HELD_DOWN_READ", 1)
    asker, given = Asker(settings), []
    question = "患者对青霉素过敏吗？"
    located = asker.locate(record, question)
    monkeypatch.setattr(asker.reranker, "skim", lambda _, passages: given.extend(passages) or [0.1] * len(passages))
    scores = located.score(asker.reranker)
    given.clear()
    asker.ask(record, question)
    texts = [passage(sentence) for sentence in located.candidates]
    assert {text for text, score in zip(texts, scores, strict=True) if score > 0} == set(given)
    allowed = [text for text, verdict in zip(texts, located.verdicts, strict=True) if verdict.allowed]
    assert allowed and set(allowed) < set(given) < set(texts)
    assert len(given) == len(allowed) + settings.rejected
    assert len(asker.locate(record, question, 2).candidates) == 2


def test_a_contradiction_shows_both_sides(record: Record, settings: Settings) -> None:
    answer = Asker(settings).ask(record, "患者对青霉素过敏吗？")
    assert answer.status == "conflicting"
    ((about, ranks),) = [(conflict.about, conflict.evidence) for conflict in answer.conflicts]
    assert about == "allergy:penicillin"
    assert {answer.evidence[rank - 1].assertion for rank in ranks} == {"absent", "present"}


def test_every_ask_appends_one_event(record: Record, settings: Settings) -> None:
    asker = Asker(settings)
    answers = [asker.ask(record, "血钾是多少？"), asker.ask(record, "有胸痛吗？")]
    assert settings.journal is not None
    journal = Journal(settings.journal)
    events = dict(journal.events())
    assert list(events) == [answer.audit_id for answer in answers]
    event = events[answers[0].audit_id or ""]
    assert (event.user, event.purpose, event.record_id) == ("tester", "test", record.record_id)
    assert event.record_sha256 == record.sha256
    assert event.reranker.weights_hash.startswith("sha256:") and event.embedder.weights_hash.startswith("sha256:")
    assert event.thresholds == {"min_score": 0.65, "conflict_margin": 0.1}
    assert [(c.start, c.end) for c in event.evidence] == [(e.start, e.end) for e in answers[0].evidence]
    assert journal.verify().ok


def test_no_answer_without_its_audit_event(record: Record) -> None:
    with pytest.raises(StoreError):
        Asker(Settings(journal="sqlite:////proc/nowhere/journal.sqlite")).ask(record, "血钾是多少？")


def test_the_archive_answers_like_the_pdf(record: Record, settings: Settings, tmp_path: Path) -> None:
    asker = Asker(settings)
    vectors = embed_sections(record, asker.embedder)
    archive = Archive(f"sqlite:///{tmp_path / 'archive.sqlite'}")
    archive.add(record, vectors.vectors, vectors.embedder)
    again = archive.get(record.record_id).record
    unlike = {"timings_ms", "audit_id"}
    first, second = (asker.ask(source, "血钾是多少？").model_dump(exclude=unlike) for source in (record, again))
    assert first == second


@pytest.mark.parametrize("question", ["", " \n", "？！", "肌" * 1001])
def test_bad_questions_are_refused(record: Record, settings: Settings, question: str) -> None:
    with pytest.raises(UsageError):
        Asker(settings).ask(record, question)


def test_sizes_are_kept(record: Record, settings: Settings) -> None:
    small = settings.model_copy(update={"evidence": 1, "rejected": 0, "candidates": 3})
    answer = Asker(small).ask(record, "血肌酐的结果？")
    assert len(answer.evidence) == 1 and not answer.rejected


def test_an_answer_shows_itself(record: Record, settings: Settings) -> None:
    from rich.console import Console

    answer = Asker(settings).ask(record, "肌酐较入院时有何变化？")
    console = Console(width=140, file=StringIO())
    console.print(answer)
    shown = console.file.getvalue()
    assert "肌酐" in shown and "▁█" in shown and "+50" in shown
    page = answer._repr_html_()
    assert "<table>" in page and "今日复查血肌酐108" in page
    assert "入院记录" in record._repr_html_()


@pytest.fixture(scope="module")
def bge(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tiny_reranker(tmp_path_factory.mktemp("bge"))
    return Settings(reranker=str(folder), device="cpu", offline=True, min_score=0, journal=None)


def test_archived_token_ids_change_no_answer_and_only_the_question_is_tokenised(
    pdf: Path, bge: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, question = f"sqlite:///{tmp_path / 'archive.sqlite'}", "肌酐较入院时有何变化？"
    made = prepare_record(pdf, lambda page: None, bge)
    with Archive(url) as archive:
        archive.add(made.record, made.vectors, made.embedder, passage_ids=made.passage_ids)
    asker = Asker(bge)
    loaded = load_archived(url, "small", bge)
    tokenizer = asker.reranker.model.tokenizer
    assert loaded.passage_ids is not None and loaded.passage_ids.tokenizer == tokenizer.fingerprint
    unlike = {"id", "timings_ms", "audit_id"}
    expected = asker.ask(loaded.record, question, vectors=loaded.vectors).model_dump(exclude=unlike)
    seen: list[str] = []
    own = tokenizer._distinct
    monkeypatch.setattr(tokenizer, "_distinct", lambda texts, most: (seen.extend(texts), own(texts, most))[1])
    answer = asker.ask(loaded.record, question, vectors=loaded.vectors, passage_ids=loaded.passage_ids)
    assert answer.model_dump(exclude=unlike) == expected
    assert answer.evidence and set(seen) == {question}


def test_the_embedded_reranker_neither_stores_nor_reads_token_ids(pdf: Path, bge: Settings, tmp_path: Path) -> None:
    assert prepare_record(pdf, lambda page: None, Settings()).passage_ids is None
    url = f"sqlite:///{tmp_path / 'archive.sqlite'}"
    made = prepare_record(pdf, lambda page: None, bge)
    with Archive(url) as archive:
        archive.add(made.record, made.vectors, made.embedder, passage_ids=made.passage_ids)
    assert load_archived(url, "small", Settings()).passage_ids is None
