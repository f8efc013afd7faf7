"""Pages → Record: text, section tree, sentences, dates, tables, in this order."""

import datetime
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from emr_rerank.reading.dates import DateReader, OwnDate, date_reader, operation_days
from emr_rerank.reading.demographics import read_demographics
from emr_rerank.reading.headings import heading_finder
from emr_rerank.reading.margins import take_off_edges
from emr_rerank.reading.record_text import RecordText, assemble
from emr_rerank.reading.sections import build_sections
from emr_rerank.reading.sentences import Stretch, boxes, find_sentences, leaves_with_owner
from emr_rerank.reading.tables_of_record import tables_of_record
from emr_rerank.record import Language, Page, Place, Record, Section, Sentence, Table
from emr_rerank.rules.days import Stay, day_of

if TYPE_CHECKING:
    from emr_rerank.reading.pages import PagesRead

_OPERATIONS = frozenset({"operation_note"})
_ADMISSION_NOTES = frozenset({"admission_note", "first_progress_note"})
_DISCHARGE_NOTES = frozenset({"discharge_summary"})
_MOSTLY, _HARDLY = 0.65, 0.05


def build_record(record_id: str, read: "PagesRead", rules_dir: Path | None) -> Record:
    """The record that the pages make.

    Args:
        record_id: the record's name in archive and audit.
        read: pages, hash and warnings of one PDF.
        rules_dir: a hospital's own rule files, or None.

    Raises:
        RuleError: a rule file is wrong.
    """
    pages, text = text_of(read, rules_dir)
    sections = build_sections(text, rules_dir)
    leaves = list(leaves_with_owner(sections))
    tables = tables_of_record(text.text, text.lines, text.tables, leaves, rules_dir)
    demographics = _with_stay(read_demographics(pages, text.text, rules_dir), sections)
    dates = date_reader(rules_dir)
    stay = stay_of(demographics, sections, text.text, dates)
    stretches = find_sentences(text.text, text.lines, sections, rules_dir)
    sentences = _sentences(text.text, stretches, text.places, tables, dates, stay)
    return Record(
        record_id=record_id, language=language_of(text.text), sha256=read.sha256, page_count=len(pages),
        text=text.text, pages=pages, places=tuple(text.places), sections=sections, sentences=sentences,
        tables=tables, demographics=demographics, warnings=read.warnings,
    )  # fmt: skip


def text_of(read: "PagesRead", rules_dir: Path | None) -> tuple[tuple[Page, ...], RecordText]:
    """The pages without what stands on the edge of the paper, and the text that their lines and tables make."""
    pages = tuple(take_off_edges(read.pages, rules_dir))
    return pages, assemble(pages, heading_finder(rules_dir), rules_dir)


def _with_stay(demographics: dict[str, str], sections: Sequence[Section]) -> dict[str, str]:
    """With the day of the first admission note and of the last discharge summary where the stay's own are not printed.

    病历书写基本规范 wants the first progress note within 8 hours of admission, the admission note and the discharge
    summary within 24 hours of admission and discharge.
    """
    first = min((node.date[:10] for node in sections if node.code in _ADMISSION_NOTES and node.date), default=None)
    last = max((node.date[:10] for node in sections if node.code in _DISCHARGE_NOTES and node.date), default=None)
    notes = {"admission_date": first, "discharge_date": last}
    return dict(sorted({**{key: day for key, day in notes.items() if day}, **demographics}.items()))


def stay_of(demographics: dict[str, str], sections: Sequence[Section], text: str, dates: DateReader) -> Stay:
    """The days of admission and of operations that other dates are counted from."""
    notes = [node.date for section in sections for node in section.walk() if node.code in _OPERATIONS]
    return Stay(
        admission=day_of(demographics.get("admission_date")),
        operations=tuple(operation_days(notes)),
        month_first=dates.month_first(text),
    )


def language_of(text: str) -> Language:
    """By the share of Chinese letters among all letters: two thirds are Chinese, under a twentieth English."""
    han = len(re.findall(r"[\u3400-\u9fff]", text))
    latin = len(re.findall(r"[A-Za-z]", text))
    share = han / max(1, han + latin)
    if share >= _MOSTLY:
        return "zh"
    return "en" if share <= _HARDLY else "mixed"


def _sentences(
    text: str, stretches: Sequence[Stretch], places: Sequence[Place], tables: Sequence[Table], dates: DateReader,
    stay: Stay,
) -> tuple[Sentence, ...]:  # fmt: skip
    starts = [place.start for place in places]
    found = []
    leaf, named = None, None
    for index, stretch in enumerate(stretches):
        if stretch.leaf is not leaf:
            leaf, named = stretch.leaf, None
        words = text[stretch.start : stretch.end]
        printed, unsure = boxes(
            text, stretch.start, stretch.end, places, starts, whole=stretch.whole_box or stretch.row is not None
        )
        (page, box), *more = printed
        date, rule, named = _date(words, stretch, tables, dates, stay, named)
        found.append(
            Sentence(
                index=index, start=stretch.start, end=stretch.end, text=words, section_code=stretch.owner.code,
                section_path=stretch.owner.path, rule=stretch.owner.rule, page=page, bbox=box, more_boxes=tuple(more),
                date=date, date_rule=rule, row=stretch.row, low_confidence=unsure,
            )
        )  # fmt: skip
    return tuple(found)


def _date(
    words: str, stretch: Stretch, tables: Sequence[Table], dates: DateReader, stay: Stay, named: datetime.date | None
) -> tuple[str | None, str | None, datetime.date | None]:
    """(date, rule, day named last): its own date where it states one, else that of its table's report or document."""
    document = stretch.leaf.date
    reported = tables[stretch.row.table].time if stretch.row else None
    own: OwnDate = dates.own_date(words, reported or document, stay, named)
    if stretch.row:
        first = dates.own_date(words.partition("\t")[0], reported or document, stay)
        own = first if first.iso else own
    if own.stated:
        return own.iso, own.rule if own.iso else None, own.named or named
    return reported or document, None, own.named or named
