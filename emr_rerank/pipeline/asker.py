"""From a record and a question to an audited answer: the pipeline, read from top to bottom."""

import getpass
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from emr_rerank.audit.event import AuditEvent
from emr_rerank.audit.journal import Journal
from emr_rerank.evidence.candidates import with_values
from emr_rerank.evidence.choice import Choice
from emr_rerank.evidence.embedder import Embedder
from emr_rerank.evidence.models import load_embedder, load_reranker
from emr_rerank.evidence.passage_ids import PassageIds, with_passage_ids
from emr_rerank.evidence.reranker import Reranker
from emr_rerank.evidence.shortlist import SectionVectors, embed_sections, shortlist
from emr_rerank.evidence.typed import asked_names
from emr_rerank.evidence.understand import understand
from emr_rerank.facts.conflicts.find import find_changes, find_conflicts
from emr_rerank.facts.extract import extract_facts
from emr_rerank.facts.trends import build_trends
from emr_rerank.findings import Answer, Conflict, Evidence, Fact, ModelNames, Question, Status, Timings
from emr_rerank.pipeline.located import Located
from emr_rerank.pipeline.questions import checked_question
from emr_rerank.pipeline.wording import word_answer
from emr_rerank.record import Record
from emr_rerank.rules.files import rules_hash
from emr_rerank.settings import Settings


@dataclass
class _Clock:
    """Milliseconds spent a stage."""

    spent: dict[str, float] = field(default_factory=dict)
    began: float = field(default_factory=time.perf_counter)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.spent[name] = round((time.perf_counter() - start) * 1000, 1)

    def timings(self, read_ms: float) -> Timings:
        total = (time.perf_counter() - self.began) * 1000 + read_ms
        return Timings(**self.spent, read=round(read_ms, 1), total=round(total, 1))


@dataclass(frozen=True)
class _Prepared:
    """What is computed once a record and serves every question about it."""

    record: Record
    vectors: SectionVectors
    facts: tuple[Fact, ...]


class Asker:
    """Answers questions about records. Models and journal are opened on first use and kept.

    Args:
        settings: models, thresholds, sizes, rules folder, journal; see `Settings`.

    Every answer is appended to the audit journal (`settings.journal`) before it is returned; when the journal can't be
    written, no answer is given. One Asker serves one thread.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self._last: _Prepared | None = None

    @cached_property
    def reranker(self) -> Reranker:
        """The sentence reranker.

        Raises:
            ModelError: it can't be loaded.
        """
        return load_reranker(self.settings)

    @cached_property
    def embedder(self) -> Embedder:
        """The section and sentence embedder.

        Raises:
            ModelError: it can't be loaded.
        """
        return load_embedder(self.settings)

    @cached_property
    def journal(self) -> Journal | None:
        """The audit journal, None when the settings keep none.

        Raises:
            StoreError: it can't be opened.
        """
        return Journal(self.settings.journal) if self.settings.journal else None

    def ask(
        self,
        record: Record,
        question: str,
        *,
        question_id: str | None = None,
        vectors: SectionVectors | None = None,
        passage_ids: PassageIds | None = None,
        read_ms: float = 0.0,
    ) -> Answer:
        """Answer one question about one record.

        Args:
            record: from `read_record` or an archive.
            question: Chinese or English, up to `settings.max_question_chars` characters.
            question_id: handed on to the answer.
            vectors: stored section vectors; those of another embedder are made anew.
            passage_ids: stored token ids of the record's sentences; those of another tokenizer are not used.
            read_ms: time already spent on reading the record, for the answer's timings.

        Raises:
            UsageError: the question is empty or too long.
            ModelError: a model can't be loaded or run.
            StoreError: the journal can't be written.
        """
        text = checked_question(question, self.settings)
        rules, clock = self.settings.rules_dir, _Clock()
        asked = understand(text, rules)
        with clock.stage("locate"):
            ready = self._prepare(record, vectors)
            located = self._locate(ready, asked, self.settings)
        with clock.stage("rerank"):
            scores = located.score(with_passage_ids(self.reranker, passage_ids))
        with clock.stage("facts"):
            choice = located.choose(scores, self.settings.min_score)
            rivals = _rivals(choice.kept, self.settings.conflict_margin)
            conflicts = find_conflicts(record, rivals, rules, facts=ready.facts)
            changes = find_changes(record, choice.kept, asked.language, rules, facts=ready.facts)
            trends = build_trends(ready.facts, asked.analytes, rules) if _of_this_stay(asked, choice.facts) else ()
        status = _status(choice, conflicts)
        answer = Answer(
            id=question_id,
            question=text,
            record_id=record.record_id,
            status=status,
            message=word_answer(asked, status, choice.kept, choice.facts, trends, conflicts, rules, changes),
            evidence=choice.kept,
            rejected=choice.rejected,
            facts=choice.facts,
            trends=trends,
            conflicts=conflicts,
            models=ModelNames(reranker=self.reranker.name, embedder=self.embedder.name, rules=rules_hash(rules)),
            timings_ms=clock.timings(read_ms),
        )
        return self._journalled(answer, record)

    def locate(self, record: Record, question: str, most: int | None = None) -> Located:
        """The candidates that the reranker scores for a question, and how evidence is chosen of them; not journalled.

        Args:
            record: as for `ask`.
            question: as for `ask`.
            most: how many candidates at most; `settings.candidates` when not given.

        Raises:
            UsageError: the question is empty or too long.
            ModelError: the embedder can't be loaded or run.
        """
        asked = understand(checked_question(question, self.settings), self.settings.rules_dir)
        sizes = {} if most is None else {"candidates": most}
        return self._locate(self._prepare(record, None), asked, self.settings.model_copy(update=sizes))

    def _locate(self, ready: _Prepared, asked: Question, settings: Settings) -> Located:
        record = ready.record
        sentences = shortlist(record, asked, ready.vectors, self.embedder, settings)
        names = asked_names(asked, settings.rules_dir)
        candidates = with_values(record, asked, names, sentences, ready.facts, settings.candidates)
        return Located(record, asked, candidates, ready.facts, settings)

    def _prepare(self, record: Record, vectors: SectionVectors | None) -> _Prepared:
        last = self._last
        if last is not None and last.record is record:
            return last
        if vectors is None or vectors.embedder != self.embedder.name:
            vectors = embed_sections(record, self.embedder)
        facts = extract_facts(record, record.sentences, self.settings.rules_dir)
        ready = _Prepared(record=record, vectors=vectors, facts=facts)
        self._last = ready
        return ready

    def _journalled(self, answer: Answer, record: Record) -> Answer:
        if self.journal is None:
            return answer
        settings = self.settings
        event = AuditEvent.of(
            answer,
            user=settings.user or _login(),
            purpose=settings.purpose,
            record_sha256=record.sha256,
            weights={
                self.reranker.name: self.reranker.weights_hash,
                self.embedder.name: self.embedder.weights_hash,
            },
            thresholds={"min_score": settings.min_score, "conflict_margin": settings.conflict_margin},
        )
        return answer.model_copy(update={"audit_id": self.journal.append(event)})


def _login() -> str:
    """The login name; the user's number where the system knows no name (containers)."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid:{os.getuid()}"


def _rivals(kept: Sequence[Evidence], margin: float) -> tuple[Evidence, ...]:
    """The evidence close enough to the best to contradict it."""
    best = max((item.score for item in kept), default=0.0)
    return tuple(item for item in kept if item.score >= best - margin)


def _of_this_stay(question: Question, facts: Sequence[Fact]) -> bool:
    """Whether the answer is about the patient's own stay as a whole: only then its series belongs to the answer."""
    own = all(fact.assertion == "present" and "other_stay" not in fact.notes for fact in facts)
    points = (question.day, question.stay_day, question.period, question.operation, question.past)
    bounded = any(points) or question.relation in ("before", "during", "after")
    return bool(facts) and own and not bounded


def _status(choice: Choice, conflicts: Sequence[Conflict]) -> Status:
    if not choice.kept:
        return "insufficient_evidence"
    return "conflicting" if conflicts else "answered"
