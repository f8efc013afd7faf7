"""Evidence search inside one inpatient record.

    from emr_rerank import Asker, Settings, read_record

    record = read_record("record.pdf")
    answer = Asker(Settings()).ask(record, "肌酐较入院时有何变化？")

Names are loaded on first use, so that importing the package stays quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emr_rerank.archive.archive import Archive
    from emr_rerank.audit.journal import Journal
    from emr_rerank.errors import EmrRerankError
    from emr_rerank.findings import Answer, Evidence, Fact, Question, Trend
    from emr_rerank.pipeline.asker import Asker
    from emr_rerank.pipeline.checking import check_record
    from emr_rerank.reading.reader import read_record
    from emr_rerank.record import Record, Section, Sentence
    from emr_rerank.record_check import RecordCheck
    from emr_rerank.settings import Settings

_HOME = {
    "Answer": "findings",
    "Archive": "archive.archive",
    "Asker": "pipeline.asker",
    "EmrRerankError": "errors",
    "Evidence": "findings",
    "Fact": "findings",
    "Journal": "audit.journal",
    "Question": "findings",
    "Record": "record",
    "RecordCheck": "record_check",
    "Section": "record",
    "Sentence": "record",
    "Settings": "settings",
    "Trend": "findings",
    "check_record": "pipeline.checking",
    "read_record": "reading.reader",
}

__version__ = "0.1.0"
__all__ = [
    "Answer",
    "Archive",
    "Asker",
    "EmrRerankError",
    "Evidence",
    "Fact",
    "Journal",
    "Question",
    "Record",
    "RecordCheck",
    "Section",
    "Sentence",
    "Settings",
    "Trend",
    "__version__",
    "check_record",
    "read_record",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'emr_rerank' has no attribute '{name}'")
    return getattr(import_module(f"emr_rerank.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
