"""The JSON of `parse`: what the program read, in the shape other programs rely on (docs/json.md)."""

from typing import Any

from emr_rerank.record import Record, Section


def record_json(record: Record) -> dict[str, Any]:
    """Pages, section tree, tables and warnings of a record as plain JSON values."""
    page_fields = {"number", "width", "height", "source", "ocr_confidence"}
    return {
        "record_id": record.record_id,
        "language": record.language,
        "sha256": record.sha256,
        "page_count": record.page_count,
        "pages": [{**page.model_dump(include=page_fields), "text": page.text} for page in record.pages],
        "sections": [_section_json(section, record.text) for section in record.sections],
        "tables": [
            table.model_dump(mode="json", include={"page", "bbox", "section_code", "header", "rows"})
            for table in record.tables
        ],
        "warnings": [warning.model_dump() for warning in record.warnings],
    }


def _section_json(section: Section, text: str) -> dict[str, Any]:
    return {
        **section.model_dump(mode="json", exclude={"children", "body_start", "author"}),
        "text": text[section.start : section.end],
        "children": [_section_json(child, text) for child in section.children],
    }
