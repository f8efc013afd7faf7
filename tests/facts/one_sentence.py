"""Builds a record of invented sentences and reads its facts; every fact's offsets are checked on the way."""

from collections.abc import Sequence

from emr_rerank.facts.extract import extract_facts
from emr_rerank.findings import Evidence, Fact
from emr_rerank.record import Record, RowRef, Section, Sentence, Span, Table

ADMISSION = "2026-03-02"


def record_of(
    sentences: Sequence[str],
    *,
    section: str = "progress_note",
    date: str | None = "2026-03-05",
    language: str = "zh",
    dates: Sequence[str | None] | None = None,
) -> Record:
    """A one-page record; every sentence is its own section, dated `dates[i]` or `date`."""
    text, sections, made = "", [], []
    for index, sentence in enumerate(sentences):
        day = dates[index] if dates else date
        start, end = len(text), len(text) + len(sentence)
        text += sentence + "\n"
        sections.append(
            Section(
                code=section,
                title="",
                path=("病程记录",),
                date=day,
                page_start=1,
                page_end=1,
                start=start,
                end=end + 1,
                body_start=start,
            )
        )
        made.append(
            Sentence(
                index=index,
                start=start,
                end=end,
                text=sentence,
                section_code=section,
                section_path=("病程记录",),
                page=1,
                bbox=(0, 0, 1, 1),
                date=day,
            )
        )
    return Record(
        record_id="invented",
        language="en" if language == "en" else "zh",
        sha256="",
        page_count=1,
        text=text,
        sections=tuple(sections),
        sentences=tuple(made),
        demographics={"admission_date": ADMISSION},
    )


def table_of(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str = "", time: str | None = None
) -> Record:
    """A record that is one table, one sentence a row."""
    record = record_of(["\t".join(row) for row in rows], section="lab_report")
    table = Table(
        page=1,
        bbox=(0, 0, 1, 1),
        section_code="lab_report",
        header=tuple(header),
        rows=tuple(tuple(row) for row in rows),
        row_spans=tuple(Span(start=each.start, end=each.end) for each in record.sentences),
        caption=caption,
        time=time,
    )
    sentences = tuple(each.model_copy(update={"row": RowRef(table=0, row=each.index)}) for each in record.sentences)
    return record.model_copy(update={"tables": (table,), "sentences": sentences})


def facts_of(record: Record) -> tuple[Fact, ...]:
    """The facts of a record; each stands where its offsets say."""
    facts = extract_facts(record, record.sentences)
    for fact in facts:
        assert record.text[fact.start : fact.end] == fact.text
        sentence = record.sentences[fact.sentence]
        assert sentence.start <= fact.start <= fact.end <= sentence.end
    return facts


def evidence_of(record: Record) -> list[Evidence]:
    """Every sentence as evidence, ranked in reading order."""
    return [
        Evidence(
            rank=each.index + 1,
            score=0.9,
            text=each.text,
            section=each.section_path,
            section_code=each.section_code,
            page=1,
            bbox=each.bbox,
            start=each.start,
            end=each.end,
            date=each.date,
            sentence=each.index,
        )
        for each in record.sentences
    ]
