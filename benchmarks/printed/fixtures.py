"""Prints the few PDFs that the tests keep (tests/reading/pdfs), with what they say, so that any machine can read them.

python -m benchmarks.printed.fixtures [FOLDER]
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.printed.documents import documents
from benchmarks.printed.producers import print_set, producers

_KEPT = {
    "Chromium Noto": ["trend-spaced"],
    "Chromium ZenHei": ["lab-spaced-wrapped"],
    "LibreOffice odt": ["trend-spaced"],
    "LibreOffice docx": ["lab-ruled-merged", "lab-spaced-wrapped"],
}
_FOLDER = Path(__file__).parents[2] / "tests" / "reading" / "pdfs"


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    by_name = {document.name: document for document in documents()}
    with tempfile.TemporaryDirectory() as scratch:
        for producer in producers()[0]:
            for name in _KEPT.get(producer.name, ()):
                document = by_name[name]
                target = folder / f"{producer.name.replace(' ', '-').lower()}-{name}.pdf"
                shutil.copyfile(print_set(producer, [document], Path(scratch))[name], target)
                truth = {"texts": document.texts, "tables": [[grid.header, *grid.read] for grid in document.tables]}
                target.with_suffix(".json").write_text(
                    json.dumps(truth, ensure_ascii=False, indent=1), encoding="utf-8"
                )


if __name__ == "__main__":
    main()
