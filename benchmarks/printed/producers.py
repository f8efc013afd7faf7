"""The producers at hand, and printing the whole set with each."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pypdfium2

from benchmarks.printed import chromium_printer, libreoffice_printer, reportlab_printer
from benchmarks.printed.document import Document


class Producer(NamedTuple):
    """A program with a font or format: its name, the set its speed counts in, and how it prints documents."""

    name: str
    family: str
    print_all: Callable[[Sequence[Document], Path], None]


def producers() -> tuple[list[Producer], list[str]]:
    """(what can print here, names of what is not installed)."""
    found = [Producer(name, "reportlab", _reportlab(font)) for name, font in reportlab_printer.fonts().items()]
    missing = []
    if chromium_printer.chromium():
        found += [
            Producer("Chromium Noto", "Chromium", _chromium("Noto Sans CJK SC")),
            Producer("Chromium ZenHei", "Chromium", _chromium("WenQuanYi Zen Hei")),
        ]
    else:
        missing.append("Chromium")
    if libreoffice_printer.soffice():
        found += [
            Producer("LibreOffice odt", "LibreOffice", _libreoffice("Noto Serif CJK SC", by_docx=False)),
            Producer("LibreOffice docx", "LibreOffice", _libreoffice("WenQuanYi Zen Hei", by_docx=True)),
        ]
    else:
        missing.append("LibreOffice")
    return found, missing


def print_set(producer: Producer, documents: Sequence[Document], folder: Path) -> dict[str, Path]:
    """Document name → its PDF below `folder`; what is there already is not printed again."""
    here = folder / producer.name.replace(" ", "-")
    here.mkdir(parents=True, exist_ok=True)
    waiting = [document for document in documents if not (here / f"{document.name}.pdf").exists()]
    if waiting:
        producer.print_all(waiting, here)
    if producer.family != "reportlab":
        for document in waiting:
            if document.turned == "sideways":
                _turn(here / f"{document.name}.pdf")
    return {document.name: here / f"{document.name}.pdf" for document in documents}


def _turn(path: Path) -> None:
    """Turn every page by 90 degrees, so that its text runs sideways."""
    document = pypdfium2.PdfDocument(path.read_bytes())
    for page in document:
        page.set_rotation(90)
    document.save(str(path))
    document.close()


def _reportlab(font: str) -> Callable[[Sequence[Document], Path], None]:
    def print_all(documents: Sequence[Document], folder: Path) -> None:
        for document in documents:
            reportlab_printer.print_document(document, folder / f"{document.name}.pdf", font)

    return print_all


def _chromium(font: str) -> Callable[[Sequence[Document], Path], None]:
    def print_all(documents: Sequence[Document], folder: Path) -> None:
        for document in documents:
            chromium_printer.print_document(document, folder / f"{document.name}.pdf", font)

    return print_all


def _libreoffice(font: str, *, by_docx: bool) -> Callable[[Sequence[Document], Path], None]:
    def print_all(documents: Sequence[Document], folder: Path) -> None:
        libreoffice_printer.print_documents(documents, folder, font, by_docx=by_docx)

    return print_all
