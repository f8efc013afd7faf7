"""python -m sample_records.generator.check [FOLDER]: does every expected answer stand on its page?"""

import json
import sys
from pathlib import Path
from typing import Any

from sample_records.generator.records import names
from sample_records.generator.truth import squeeze


def page_texts(pdf: Path) -> list[str]:
    """The text layer of each page without whitespace."""
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(str(pdf))
    texts = [squeeze(page.get_textpage().get_text_bounded()) for page in document]
    document.close()
    return [text.replace("\u00ad", "-").replace("\ufffe", "-") for text in texts]


def problems(name: str, folder: Path) -> list[str]:
    """What is wrong with one record, one line each; empty when all is right."""
    answers: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    pages = page_texts(folder / f"{name}.pdf")
    found = [] if len(pages) == answers["pages"] else [f"{name}: {len(pages)} pages, JSON says {answers['pages']}"]
    pages = answers.get("page_texts", pages)
    for question in answers["questions"]:
        for evidence in question["evidence"]:
            if squeeze(evidence["text"]) not in pages[evidence["page"] - 1]:
                found.append(f"{question['id']}: page {evidence['page']} lacks {evidence['text']}")
    for analyte, points in answers["series"].items():
        for point in points:
            if f"{point['value']:g}" not in pages[point["page"] - 1]:
                found.append(f"{name}: {analyte} {point['value']} not on page {point['page']}")
    return found


def main(arguments: list[str]) -> int:
    """Checks every record in the folder; exit code 1 when something is wrong."""
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[1]
    found = [line for name in names() for line in problems(name, folder)]
    print("\n".join(found) if found else f"{len(names())} records: every expected answer stands on its page")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
