import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from emr_rerank.audit.event import AuditEvent, CitedSentence, ModelUsed
from emr_rerank.findings import Answer, Evidence, ModelNames, Timings

numbers = st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=()), max_size=40)  # with NUL and lone surrogates
cited = st.builds(
    CitedSentence,
    rank=st.integers(),
    score=numbers,
    start=st.integers(),
    end=st.integers(),
    page=st.integers(),
    section_code=texts,
)
models = st.builds(ModelUsed, name=texts, weights_hash=texts)
events = st.builds(
    AuditEvent,
    time=st.datetimes(
        min_value=datetime(1970, 1, 2), timezones=st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone.min])
    ),
    user=texts,
    purpose=texts,
    record_id=texts,
    question=texts,
    status=st.sampled_from(["answered", "insufficient_evidence", "conflicting"]),
    evidence=st.lists(cited, max_size=3).map(tuple),
    reranker=models,
    embedder=models,
    rules=texts,
    thresholds=st.dictionaries(texts, numbers, max_size=3),
    timings_ms=st.builds(Timings, total=numbers),
)


@given(events)
def test_canonical_json_reads_back_equal_and_has_one_form(event: AuditEvent) -> None:
    written = event.canonical_json()
    again = AuditEvent.from_json(written)
    assert again == event
    assert again.canonical_json() == written
    assert written.encode("utf-8")


def test_canonical_json_sorts_keys_and_keeps_characters(event_of) -> None:
    written = event_of(1).canonical_json()
    assert list(json.loads(written)) == sorted(json.loads(written))
    assert "肌酐较入院时有何变化？" in written
    assert '"score":0.30000000000000004' in written
    assert ": " not in written.replace("：", "")


def test_time_is_kept_in_utc_and_needs_a_zone() -> None:
    models = {"reranker": ModelUsed(name="a"), "embedder": ModelUsed(name="b"), "rules": "sha256:0"}
    common = {"user": "u", "record_id": "r", "question": "q", "status": "answered", **models}
    beijing = datetime(2026, 3, 2, 6, 10, tzinfo=timezone(timedelta(hours=8)))
    assert '"time":"2026-03-01T22:10:00.000000Z"' in AuditEvent(time=beijing, **common).canonical_json()
    with pytest.raises(ValidationError):
        AuditEvent(time=datetime(2026, 3, 2), **common)


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_a_number_without_json_form_is_refused(score: float) -> None:
    with pytest.raises(ValidationError):
        CitedSentence(rank=1, score=score, start=0, end=1, page=1, section_code="other")


def test_event_of_an_answer_holds_places_but_no_text_of_the_record() -> None:
    sentence = Evidence(
        rank=1,
        score=0.97,
        text="肌酐108μmol/L",
        section=("检验报告单",),
        section_code="lab_report",
        page=31,
        bbox=(1, 2, 3, 4),
        start=100,
        end=111,
        sentence=7,
    )
    answer = Answer(
        question="肌酐多少？",
        record_id="r1",
        status="answered",
        message="肌酐108μmol/L",
        evidence=(sentence,),
        rejected=(sentence.model_copy(update={"rank": 2, "score": 0.1}),),
        models=ModelNames(reranker="mix", embedder="e5", rules="sha256:aa"),
        timings_ms=Timings(total=120.5),
    )
    event = AuditEvent.of(
        answer, user="u", purpose="p", weights={"mix": "sha256:bb"}, thresholds={"min_score": 0.65}, record_sha256="cc"
    )
    assert (event.user, event.purpose, event.record_id, event.record_sha256) == ("u", "p", "r1", "cc")
    assert (event.question, event.status, event.rules) == ("肌酐多少？", "answered", "sha256:aa")
    assert event.evidence == (
        CitedSentence(rank=1, score=0.97, start=100, end=111, page=31, section_code="lab_report"),
    )
    assert [(item.rank, item.score) for item in event.rejected] == [(2, 0.1)]
    assert (event.reranker.weights_hash, event.embedder.weights_hash) == ("sha256:bb", "")
    assert event.timings_ms.total == 120.5
    assert "108" not in event.canonical_json()
