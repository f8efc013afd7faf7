"""Sex, age, admission and discharge day, from the running header, else from the text. Never a name."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from emr_rerank.reading.date_order import in_calendar_order
from emr_rerank.reading.dates import DateReader, date_reader
from emr_rerank.record import Page
from emr_rerank.rules.demographics import demographic_rules

_FIRST_PART = 6000


def read_demographics(pages: Sequence[Page], text: str, overrides: Path | None = None) -> dict[str, str]:
    """What the record says of the stay, by key; dates as ISO. A key that is not found is absent."""
    dates = date_reader(overrides)
    found: dict[str, str] = {}
    month_first = dates.month_first(text)
    for source in (in_calendar_order(source, month_first) for source in _sources(pages, text)):
        for rule in demographic_rules(overrides):
            if rule.key in found:
                continue
            match = re.search(rule.pattern, source)
            value = _value(rule.key, match["value"], dates) if match else None
            if value:
                found[rule.key] = value
    return dict(sorted(found.items()))


def _sources(pages: Sequence[Page], text: str) -> Iterator[str]:
    """Where to look, best first: running lines, the first pages, everything."""
    yield "\n".join(dict.fromkeys(line.text for page in pages for line in page.running))
    yield text[:_FIRST_PART].replace("\t", " ")
    yield text.replace("\t", " ")


def _value(key: str, printed: str, dates: DateReader) -> str | None:
    if not key.endswith("_date"):
        return re.sub(r"\s+", "", printed)
    first = dates.first_date(printed.strip())
    return first[0] if first else None
