"""A whole record checked against itself."""

from emr_rerank.facts.conflicts import find
from emr_rerank.record import Record
from emr_rerank.record_check import RecordCheck
from emr_rerank.settings import Settings


def check_record(record: Record, settings: Settings | None = None) -> RecordCheck:
    """Every contradiction of a record with both sides cited, and what changed during the stay.

    Args:
        record: from `read_record` or an archive.
        settings: `rules_dir` is used.

    Raises:
        RuleError: a rule file is wrong.
    """
    return find.check_record(record, (settings or Settings()).rules_dir)
