"""The noun of the journal: one question asked about one record, and what came of it. Frozen, without I/O."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from emr_rerank.findings import Answer, Evidence, Status, Timings
from emr_rerank.record import Noun

_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")

UtcTime = Annotated[AwareDatetime, AfterValidator(lambda time: time.astimezone(UTC))]
"""A moment with a time zone, kept in UTC."""


class _Event(Noun):
    """A noun whose numbers are finite, so that its JSON reads back equal."""

    model_config = ConfigDict(allow_inf_nan=False)


class CitedSentence(_Event):
    """A sentence of the record that was shown: where it stands, not what it says."""

    rank: int
    score: float = Field(description="calibrated probability, 0 to 1")
    start: int = Field(description="offset into the record's text")
    end: int
    page: int = Field(description="counts from 1")
    section_code: str


class ModelUsed(_Event):
    """A model that took part in the answer."""

    name: str
    weights_hash: str = Field("", description="hash of the weights; empty when not known")


class AuditEvent(_Event):
    """One question and its outcome. Holds the question, but no text of the record."""

    time: UtcTime = Field(default_factory=lambda: datetime.now(UTC), description="UTC")
    user: str
    purpose: str = ""
    record_id: str
    record_sha256: str = Field("", description="of the PDF's bytes; empty when not known")
    question: str
    status: Status
    evidence: tuple[CitedSentence, ...] = ()
    rejected: tuple[CitedSentence, ...] = Field((), description="shown as rejected, below the threshold")
    reranker: ModelUsed
    embedder: ModelUsed
    rules: str = Field(description="sha256:… over the rule files in force")
    thresholds: dict[str, float] = Field(default_factory=dict)
    timings_ms: Timings = Timings()

    @classmethod
    def of(
        cls,
        answer: Answer,
        *,
        user: str,
        purpose: str = "",
        weights: Mapping[str, str],
        thresholds: Mapping[str, float],
        record_sha256: str = "",
    ) -> Self:
        """The event of an answer.

        Args:
            answer: as given to the user.
            user: login name of who asked.
            purpose: why, in the user's words.
            weights: hash of the weights of each model, by the model's name.
            thresholds: the settings that decided, by name.
            record_sha256: of the bytes of the PDF that the record was read from.
        """
        names = answer.models
        return cls(
            user=user,
            purpose=purpose,
            record_id=answer.record_id,
            record_sha256=record_sha256,
            question=answer.question,
            status=answer.status,
            evidence=_cited(answer.evidence),
            rejected=_cited(answer.rejected),
            reranker=ModelUsed(name=names.reranker, weights_hash=weights.get(names.reranker, "")),
            embedder=ModelUsed(name=names.embedder, weights_hash=weights.get(names.embedder, "")),
            rules=names.rules,
            thresholds=dict(thresholds),
            timings_ms=answer.timings_ms,
        )

    def canonical_json(self) -> str:
        """The event as JSON in one form only: keys sorted, no blanks, characters as they are, shortest exact numbers.

        It reads back to an equal event, and that event has the same JSON. A lone surrogate, which UTF-8 can't hold, is
        written as its JSON escape.
        """
        data = self.model_dump(mode="python")
        data["time"] = self.time.isoformat(timespec="microseconds").replace("+00:00", "Z")
        written = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", written)

    @classmethod
    def from_json(cls, written: str) -> Self:
        """The event that `canonical_json` wrote.

        Raises:
            ValueError: it is no event.
        """
        return cls.model_validate(json.loads(written))


def _cited(evidence: Iterable[Evidence]) -> tuple[CitedSentence, ...]:
    return tuple(
        CitedSentence(
            rank=item.rank,
            score=item.score,
            start=item.start,
            end=item.end,
            page=item.page,
            section_code=item.section_code,
        )
        for item in evidence
    )
